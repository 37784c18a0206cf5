"""Reads and checks the TOML files of sites and families, and lays them over each other.

A site stands over its family, which stands over ``families/generic.toml``. Selectors of a field
are tried in that order; ``drop``, ``lead_prefixes`` and ``date_formats`` add up; for any other key
the nearest file wins. A wrong file fails at once: its name, the key, and what is allowed.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from archive.models import Source
from crawler.errors import SiteError
from crawler.site import Address, Listing, ListingKind, Politeness, Selector, Site
from crawler.site_schema import (
    SLUG,
    AddressTable,
    FamilyFile,
    FieldsTable,
    LayerFile,
    ListingTable,
    PolitenessTable,
    SiteFile,
    Table,
    explain_fault,
    meant,
)

SITES = Path(__file__).parent / "sites"
FAMILIES = Path(__file__).parent / "families"
GENERIC = "generic"


def sites_folder() -> Path:
    """The folder of site files: MOIT_NEWS_SITES where that is set, else the program's own."""
    folder = os.environ.get("MOIT_NEWS_SITES")
    return Path(folder) if folder else SITES


def site_slugs(folder: Path | None = None) -> list[str]:
    """The slugs of all sites, sorted; raises SiteError where there is no such folder."""
    folder = folder or sites_folder()
    if not folder.is_dir():
        raise SiteError(f"{folder}: no such folder of site files; set MOIT_NEWS_SITES to one")
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_sites(folder: Path | None = None) -> dict[str, Site]:
    """All sites by slug; raises SiteError at the first wrong file."""
    return {slug: load_site(slug, folder) for slug in site_slugs(folder)}


def load_site(slug: str, folder: Path | None = None) -> Site:
    """One site by its slug, laid over its family; raises SiteError."""
    folder = folder or sites_folder()
    path = folder / f"{slug}.toml"
    if not path.is_file():
        known = site_slugs(folder)
        raise SiteError(f"no site {slug!r}{meant(slug, known)} There are: {', '.join(known)}")
    if not re.match(SLUG, slug):
        raise SiteError(f"{path}: a site's file name is lower-case letters, digits and hyphens")
    file = _read(path, SiteFile)
    return compose(slug, file, path)


def compose(slug: str, file: SiteFile, path: Path = FAMILIES) -> Site:
    """The site that a file's keys make over its family; ``path`` is named where there is none."""
    layers: list[tuple[str, LayerFile]] = [("site", file)]
    if file.family:
        layers.append(("family", _family(file.family, path)))
    layers.append((GENERIC, _family(GENERIC, path)))
    return _compose(slug, file, layers)


def site_of(url: str, sites: Iterable[Site]) -> Site | None:
    """The site that reads a URL: of several on its host the one whose articles have its form."""
    at_home = [site for site in sites if site.owns(url)]
    return next((site for site in at_home if site.is_article(url)), next(iter(at_home), None))


def unknown_site(url: str) -> Site:
    """A site of ``generic`` alone, for an address that no site file describes."""
    host = urlsplit(url).netloc.lower()
    slug = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.")).strip("-")
    homepage = f"{urlsplit(url).scheme}://{host}/"
    file = SiteFile(name=host, homepage=homepage, hosts=(host,))
    return _compose(slug, file, [(GENERIC, _family(GENERIC, FAMILIES))])


def fingerprints() -> dict[str, tuple[str, ...]]:
    """The selectors that give a page of each family away."""
    names = sorted(path.stem for path in FAMILIES.glob("*.toml"))
    return {name: found for name in names if (found := _family(name, FAMILIES).fingerprint)}


def _family(name: str, wanted_by: Path) -> FamilyFile:
    path = FAMILIES / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in FAMILIES.glob("*.toml") if p.stem != GENERIC)
        raise SiteError(
            f"{wanted_by}: family: no family {name!r}{meant(name, known)} "
            f"There are: {', '.join(known)}"
        )
    return _read(path, FamilyFile)


def _compose(slug: str, file: SiteFile, layers: list[tuple[str, LayerFile]]) -> Site:
    source = file.source
    home = urlsplit(file.homepage).netloc.lower()
    nearest = _nearest(layers)
    return Site(
        slug=slug,
        name=file.name,
        homepage=file.homepage,
        source=source.slug if source else slug,
        source_name=source.name if source else file.name,
        source_homepage=(source and source.homepage) or file.homepage,
        language=nearest["language"] or "vi",
        family=file.family,
        evidence=file.evidence,
        hosts=file.hosts or _with_www(home),
        article_url=tuple(re.compile(text) for text in nearest["article_url"]),
        address=_address([layer.address for _, layer in layers], home),
        keep=nearest["keep"],
        fields=_chains(layers),
        drop=_union(layer.drop for _, layer in layers),
        lead_prefixes=_union(layer.lead_prefixes for _, layer in layers),
        date_formats=_union(layer.date_formats for _, layer in layers),
        listings=tuple(one for table in nearest["listings"] for one in _listings(table)),
        politeness=_politeness(nearest["politeness"]),
        articles_per_week=file.articles_per_week,
        revisit=next((v for _, layer in layers if (v := layer.revisit) is not None), None),
    )


def _address(tables: list[AddressTable], home: str) -> Address:
    told: dict[str, Any] = {
        key: next((v for table in tables if (v := getattr(table, key)) is not None), None)
        for key in AddressTable.model_fields
    }
    # An address in numbers, or one with a port, has no mobile twin.
    bare = None if re.search(r"[\d:]$", home) else home.removeprefix("www.")
    hosts = [name for name in told["hosts"] or () if bare or "{host}" not in name]
    return Address(
        hosts=tuple(name.replace("{host}", bare or "") for name in hosts),
        paths=told["paths"] or {},
        query=told["query"],
        id=told["id"] or (),
    )


def _nearest(layers: list[tuple[str, LayerFile]]) -> dict[str, Any]:
    keys = ("language", "article_url", "keep", "listings", "politeness")
    return {
        key: next((v for _, layer in layers if (v := getattr(layer, key))), None) or _empty(key)
        for key in keys
    }


def _empty(key: str) -> tuple[()] | None:
    return () if key in ("article_url", "listings") else None


def _chains(layers: list[tuple[str, LayerFile]]) -> dict[str, tuple[Selector, ...]]:
    return {
        name: tuple(
            Selector(text=text, layer=layer)
            for layer, file in layers
            for text in getattr(file.fields, name)
        )
        for name in FieldsTable.model_fields
    }


def _union(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for one in lists for text in one))


def _with_www(host: str) -> tuple[str, ...]:
    bare = host.removeprefix("www.")
    # An address in numbers, or one with a port, has no www twin.
    return (host,) if re.search(r"[\d:]$", host) else (bare, f"www.{bare}")


def _politeness(table: PolitenessTable | None) -> Politeness:
    return Politeness(delay=table.delay, timeout=table.timeout) if table else Politeness()


def _listings(table: ListingTable) -> Iterable[Listing]:
    values = table.model_dump(exclude={"each", "kind"})
    kind = ListingKind(table.kind)
    if not table.each:
        return [Listing(kind=kind, **values)]
    ((name, choices),) = table.each.items()
    return [
        Listing(kind=kind, **_fill(values, name, value) | {"section": table.section or label})
        for label, value in choices.items()
    ]


def _fill(values: Mapping[str, Any], name: str, value: str) -> dict[str, Any]:
    mark = "{" + name + "}"
    filled = {k: v.replace(mark, value) if isinstance(v, str) else v for k, v in values.items()}
    filled["form"] = {k: v.replace(mark, value) for k, v in values["form"].items()}
    return filled


def source_of(site: Site) -> Source:
    """The source that a site's articles are cited by."""
    return Source(
        slug=site.source,
        name=site.source_name or site.name,
        homepage=site.source_homepage or site.homepage,
        language=site.language,
    )


T = TypeVar("T", bound=Table)


def _read(path: Path, kind: type[T]) -> T:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError(f"{path}: not TOML: {error}") from error
    except OSError as error:
        raise SiteError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        faults = [f"{path}: {explain_fault(kind, fault)}" for fault in error.errors()]
        raise SiteError("\n".join(faults)) from error
