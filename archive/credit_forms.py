"""Credits as programs read them: BibTeX, RIS and CSL-JSON. Pure.

What a page says is hostile: no title ends its field, no line of it becomes one of the file's.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from archive.credit import ARCHIVE_NAME, Credit, family_and_given
from archive.models import VIETNAM

# LaTeX's own signs; letters with accents stand as they are. Braces have a name, because even behind
# a backslash they would have to be in pairs. The forms are those that Zotero knows.
_ESCAPED = str.maketrans(
    {
        "\\": r"{\textbackslash}",
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
    }
    | {sign: f"\\{sign}" for sign in "%&_#$"}
)
# An address stands in LaTeX's \url, where nothing is escaped; these would break out of its field.
_IN_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
_LANGUAGES = {"vi": "vietnamese", "en": "english"}
_BREAKS = re.compile(r"\s+")


def as_bibtex(credits_: Iterable[Credit], *, split_names: bool = False) -> str:
    """An @online of biblatex each, which Zotero and JabRef read too."""
    return "\n".join(_bibtex(credit, split_names=split_names) for credit in credits_)


def as_ris(credits_: Iterable[Credit], *, split_names: bool = False) -> str:
    """A newspaper article of RIS each; its lines end as RIS wants."""
    return "".join(_ris(credit, split_names=split_names) for credit in credits_)


def as_csl_json(credits_: Iterable[Credit], *, split_names: bool = False) -> str:
    """The list that CSL processors read."""
    found = [csl_values(credit, split_names=split_names) for credit in credits_]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def as_coins(credit: Credit) -> str:
    """A COinS of OpenURL, which Zotero's button reads off a page: a newspaper article.

    A name stands whole where a family name is asked for: Zotero cuts an `rft.au` before its last
    word, as if that were the family name.
    """
    values = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "newspaperArticle"),
        ("rft.title", credit.title),
        ("rft.source", credit.source),
        *(("rft.aulast", name) for name in credit.authors),
        ("rft.date", _day(credit.published_at) if credit.published_at else ""),
        ("rft.identifier", credit.url),
        ("rft.language", credit.language),
        ("rft.description", credit.note),
    ]
    return urlencode([(name, value) for name, value in values if value], quote_via=quote)


def csl_values(credit: Credit, *, split_names: bool = False) -> dict[str, object]:
    """A credit in the words of CSL-JSON; what is unknown is left out."""
    names = [_csl_name(name, split_names=split_names) for name in credit.authors]
    values = {
        "id": credit.key,
        "type": "article-newspaper",
        "title": credit.title,
        "author": names,
        "container-title": credit.source,
        "issued": credit.published_at and _date_parts(credit.published_at),
        "accessed": _date_parts(credit.seen_at),
        "URL": credit.url,
        "language": credit.language,
        "archive": ARCHIVE_NAME,
        "archive_location": str(credit.id),
        "note": credit.note,
    }
    return {name: value for name, value in values.items() if value}


def escaped(text: str) -> str:
    """A text that LaTeX prints as it is, and that cannot end its field.

    >>> print(escaped("Giá tăng 5 % & {hết}"))
    Giá tăng 5 \\% \\& {\\textbraceleft}hết{\\textbraceright}
    """
    return text.translate(_ESCAPED)


def _bibtex(credit: Credit, *, split_names: bool) -> str:
    published = credit.published_at and _day(credit.published_at)
    names = " and ".join(_bibtex_name(n, split_names=split_names) for n in credit.authors)
    fields = {
        "title": f"{{{escaped(credit.title)}}}",  # doubled: no style may change its capitals
        "author": names,
        "organization": escaped(credit.source),
        "journaltitle": escaped(credit.source),
        "date": published,
        "year": published and published[:4],
        "url": credit.url.translate(_IN_ADDRESS),
        "urldate": _day(credit.seen_at),
        "langid": _LANGUAGES.get(credit.language),
        "language": escaped(credit.language),
        "note": escaped(credit.note),
    }
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return f"@online{{{credit.key},\n{chr(10).join(lines)}\n}}\n"


def _bibtex_name(name: str, *, split_names: bool) -> str:
    """In braces a name is one: no style turns it round or cuts it to initials."""
    parts = family_and_given(name) if split_names else None
    return ", ".join(map(escaped, parts)) if parts else f"{{{escaped(name)}}}"


def _ris(credit: Credit, *, split_names: bool) -> str:
    published = _ris_day(credit.published_at) if credit.published_at else None
    lines: list[tuple[str, str | None]] = [
        ("TY", "NEWS"),
        ("ID", credit.key),
        ("TI", credit.title),
        *(("AU", _ris_name(name, split_names=split_names)) for name in credit.authors),
        ("T2", credit.source),
        ("PY", published and published[:4]),
        ("DA", published),
        ("UR", credit.url),
        ("Y2", _ris_day(credit.seen_at)),
        ("LA", credit.language),
        ("DB", ARCHIVE_NAME),
        ("AN", str(credit.id)),
        ("N1", credit.note),
        ("ER", ""),
    ]
    told = ((tag, _BREAKS.sub(" ", value)) for tag, value in lines if value is not None)
    return "".join(f"{tag}  - {value}\r\n" for tag, value in told) + "\r\n"


def _ris_day(moment: dt.datetime) -> str:
    return f"{_day(moment).replace('-', '/')}/"


def _ris_name(name: str, *, split_names: bool) -> str:
    """A comma would part a name; in one without it, readers take the whole for the name."""
    parts = family_and_given(name) if split_names else None
    return ", ".join(parts) if parts else name.replace(",", " ")


def _csl_name(name: str, *, split_names: bool) -> dict[str, object]:
    parts = family_and_given(name) if split_names else None
    if parts is None:
        return {"literal": name}
    return {"family": parts[0], "given": parts[1], "static-ordering": True}


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(VIETNAM).date().isoformat()


def _date_parts(moment: dt.datetime) -> dict[str, object]:
    day = moment.astimezone(VIETNAM).date()
    return {"date-parts": [[day.year, day.month, day.day]]}
