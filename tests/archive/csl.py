"""CSL-JSON as its specification has it, for tests to hold what we give against.

The types and variables are those of the official CSL schema (1.0.2: appendices III and IV of the
specification), read from the csl.rng that ships with citeproc-py. Names and dates are what the
specification lets them be: these keys and no others; one date or the two of a span, each of one to
three numbers.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

import citeproc
from lxml import etree
from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

_SCHEMA = etree.parse(Path(citeproc.__file__).parent / "data/schema/schemas/styles/csl.rng")
_RELAX_NG = {"r": "http://relaxng.org/ns/structure/1.0"}


def _official(name: str) -> list[str]:
    """The words that the official schema allows under one of its names."""
    words = _SCHEMA.xpath(
        "//r:define[@name=$name]//r:value/text()", namespaces=_RELAX_NG, name=name
    )
    assert words
    return [str(word) for word in words]


def _of(name: str, keys: dict[str, Any]) -> Any:
    """An object with these keys and no others."""
    return with_config(ConfigDict(extra="forbid", strict=True))(TypedDict(name, keys))


_YES = NotRequired[str | int | bool]
_NUMBER = str | int
_PARTS = ("family", "given", "dropping-particle", "non-dropping-particle", "suffix", "literal")
_NAME = _of(
    "Name",
    dict.fromkeys(_PARTS, NotRequired[str])
    | dict.fromkeys(("comma-suffix", "static-ordering", "parse-names"), _YES),
)
_DAY = Annotated[list[_NUMBER], Field(min_length=1, max_length=3)]
_DATE = _of(
    "Date",
    {
        "date-parts": NotRequired[Annotated[list[_DAY], Field(min_length=1, max_length=2)]],
        **dict.fromkeys(("literal", "raw"), NotRequired[str]),
        "season": NotRequired[_NUMBER],
        "circa": _YES,
    },
)
_KINDS = {"dates": _DATE, "names": list[_NAME], "numbers": _NUMBER, "titles": str, "strings": str}
_REFERENCE = _of(
    "Reference",
    {
        variable: NotRequired[kind]
        for name, kind in _KINDS.items()
        for variable in _official(f"variables.{name}")
    }
    | {"id": _NUMBER, "type": Literal[*_official("item-types")]}
    | {"language": NotRequired[str], "categories": NotRequired[list[str]]},
)
CSL_JSON: TypeAdapter[Any] = TypeAdapter(list[_REFERENCE])
