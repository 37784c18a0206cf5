"""What a site or family file may say: every key, its type and its bounds."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from crawler.extract.select import check_selector
from crawler.site import Keep

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _selector(text: str) -> str:
    check_selector(text)
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


def _one_group(text: str) -> str:
    if re.compile(_pattern(text)).groups != 1:
        raise ValueError(f"{text!r} needs exactly one group (…), around what tells the article")
    return text


def _alias(text: str) -> str:
    if not re.fullmatch(r"(?:[a-z0-9-]+\.)*(?:\{host\}|[a-z0-9-]+)(?::\d{1,5})?", text):
        raise ValueError(f"{text!r} is no host: write m.bao.vn, or m.{{host}} for any homepage")
    return text


def _parameter(text: str) -> str:
    if not re.fullmatch(r"[^=&?#\s]+", text):
        raise ValueError(f"{text!r} is no parameter: name it without its value, as in 'id'")
    return text


def _path_form(text: str) -> str:
    if text.count("*") != 1 or text[0] not in "/*" or re.search(r"[\s?#\\]", text):
        raise ValueError(f"{text!r} is no form of paths: write one * for what stays, as in /amp/*")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is not an http or https address")
    return text


def _placeholders(text: str) -> str:
    try:
        text.format_map(_AnyValue())
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"{text!r} has a placeholder that cannot be filled: {error}") from error
    return text


class _AnyValue(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 1


SelectorText = Annotated[str, AfterValidator(_selector)]
SelectorList = Annotated[tuple[SelectorText, ...], BeforeValidator(_as_list)]
PatternList = Annotated[
    tuple[Annotated[str, AfterValidator(_pattern)], ...], BeforeValidator(_as_list)
]
IdList = Annotated[
    tuple[Annotated[str, AfterValidator(_one_group)], ...], BeforeValidator(_as_list)
]
AliasList = Annotated[tuple[Annotated[str, AfterValidator(_alias)], ...], BeforeValidator(_as_list)]
NameList = Annotated[
    tuple[Annotated[str, AfterValidator(_parameter)], ...], BeforeValidator(_as_list)
]
PathForm = Annotated[str, AfterValidator(_path_form)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Template = Annotated[str, AfterValidator(_placeholders)]


_AGE = re.compile(r"(\d{1,4}) ?(h|d)")
_MOST_AGES = 20


def _ages(value: object) -> object:
    """Ages as people write them, as timedelta: ["6h", "1d", "30d"]."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or len(texts) > _MOST_AGES:
        raise ValueError(f"must be a list of at most {_MOST_AGES} ages like '6h' or '30d'")
    found = [_AGE.fullmatch(text) if isinstance(text, str) else None for text in texts]
    for text, match in zip(texts, found, strict=True):
        if match is None or int(match[1]) == 0:
            raise ValueError(f"{text!r} is no age; write hours as '6h' or days as '30d'")
    hours = [int(m[1]) * (24 if m[2] == "d" else 1) for m in found if m is not None]
    return tuple(dt.timedelta(hours=number) for number in sorted(set(hours)))


class Table(BaseModel):
    """A TOML table in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class FieldsTable(Table):
    """``[fields]``: the selectors of each field, the first that gives something wins."""

    title: SelectorList = ()
    lead: SelectorList = ()
    body: SelectorList = ()
    published: SelectorList = ()
    modified: SelectorList = ()
    authors: SelectorList = ()
    origin: SelectorList = ()
    section: SelectorList = ()
    tags: SelectorList = ()
    captions: SelectorList = ()
    images: SelectorList = ()
    attachments: SelectorList = ()
    language: SelectorList = ()


class AddressTable(Table):
    """``[address]``: what is one address on the site. A key that is left out is the family's; an
    empty list says that there is nothing of the kind."""

    hosts: AliasList | None = None
    paths: dict[PathForm, PathForm] | None = None
    query: NameList | None = None
    id: IdList | None = None


class PolitenessTable(Table):
    """``[politeness]``: seconds. A delay of 0 would switch off the limit of one request a host."""

    delay: float = Field(default=1.0, ge=0.001, le=600)
    timeout: float = Field(default=30.0, ge=1, le=180)


class ListingTable(Table):
    """``[[listings]]``: one place where the site names its articles."""

    kind: Literal["feed", "sitemap", "headlines", "api"]
    url: Template
    section: str | None = None
    method: Literal["GET", "POST"] = "GET"
    form: dict[str, Template] = {}
    first_page: int = Field(default=1, ge=0)
    pages: int = Field(default=1, ge=1, le=1000)
    next: Template | None = None
    items: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    date_format: str | None = None
    each: dict[str, dict[str, str]] = Field(default={}, max_length=1)


class LayerFile(Table):
    """The keys that a family, a site and ``generic`` share."""

    language: Literal["vi", "en"] | None = None
    evidence: str | None = None
    article_url: PatternList = ()
    keep: Keep | None = None
    drop: SelectorList = ()
    lead_prefixes: PatternList = ()
    date_formats: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    fields: FieldsTable = FieldsTable()
    address: AddressTable = AddressTable()
    politeness: PolitenessTable | None = None
    revisit: Annotated[tuple[dt.timedelta, ...], BeforeValidator(_ages)] | None = None
    listings: tuple[ListingTable, ...] = ()


class FamilyFile(LayerFile):
    """What several sites share; ``fingerprint`` is what gives a page of the family away."""

    fingerprint: SelectorList = ()


class SourceTable(Table):
    """``source``: who says it, where that is not the site itself."""

    slug: str = Field(pattern=SLUG)
    name: str = Field(min_length=1)
    homepage: WebAddress | None = None


class SiteFile(LayerFile):
    """One website."""

    name: str = Field(min_length=1)
    homepage: WebAddress
    source: SourceTable | None = None
    family: str | None = None
    hosts: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ()
    articles_per_week: int | None = Field(default=None, ge=0)


def explain_fault(table: type[Table], fault: Any) -> str:
    """One fault that pydantic found, as: the key, what is wrong, what is allowed.

    >>> from pydantic import ValidationError
    >>> try:
    ...     FamilyFile.model_validate({"lnguage": "vi"})
    ... except ValidationError as error:
    ...     print(explain_fault(FamilyFile, error.errors()[0])[:62])
    lnguage: no such key, did you mean 'language'? There are: addr
    """
    place = [step for step in fault["loc"] if isinstance(step, str)]
    key = _dotted(fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = sorted(_table_at(table, place[:-1]).model_fields)
        return f"{key}: no such key{meant(place[-1], known)} There are: {', '.join(known)}"
    if fault["type"] == "missing":
        return f"{key}: this key is missing; add it"
    if fault["type"] in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']+)'", fault["ctx"]["expected"])
        return f"{key}: must be one of {', '.join(allowed)}{meant(str(fault['input']), allowed)}"
    return f"{key}: {fault['msg'].removeprefix('Value error, ')}"


def meant(wrong: str, known: Iterable[str]) -> str:
    """What the writer probably meant, as the end of a sentence.

    >>> meant("titel", ["title", "lead"])
    ", did you mean 'title'?"
    >>> meant("xyz", ["title"])
    '.'
    """
    near = difflib.get_close_matches(wrong, list(known), n=1)
    return f", did you mean {near[0]!r}?" if near else "."


def _dotted(place: tuple[str | int, ...]) -> str:
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _table_at(table: type[Table], place: list[str]) -> type[Table]:
    """The table that a path of keys leads to."""
    for step in place:
        found = _tables_in(table.model_fields[step].annotation)
        table = found[0] if found else table
    return table


def _tables_in(annotation: Any) -> list[type[Table]]:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return [annotation]
    return [one for part in get_args(annotation) for one in _tables_in(part)]
