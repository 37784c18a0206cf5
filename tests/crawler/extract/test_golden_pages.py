"""Every site file has a page of its true structure, and reading it gives what its label says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.extract import extract
from crawler.labels import said
from crawler.saved_pages import GOLDEN, saved_page
from crawler.site import Site
from crawler.site_file import SITES, load_site, site_slugs, unknown_site

UNKNOWN = "unknown"
PAGES = sorted(GOLDEN.glob("*/*.html"))


def site_of(path: Path, label: dict[str, Any]) -> Site:
    slug = path.parent.name
    return unknown_site(label["url"]) if slug == UNKNOWN else load_site(slug, SITES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_reads_as_labelled(path: Path) -> None:
    label = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    article = extract(saved_page(path, label), site_of(path, label))
    got = said(article)
    expected = {key: value for key, value in label.items() if key in got}
    assert {key: got[key] for key in expected} == expected
    assert len(expected) >= 5


@pytest.mark.parametrize("slug", site_slugs(SITES))
def test_site_file_has_a_golden_page(slug: str) -> None:
    assert list((GOLDEN / slug).glob("*.html")), f"tests/sites/{slug}/ needs a page and its label"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_address_is_an_article_of_its_site(path: Path) -> None:
    label = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    site = site_of(path, label)
    assert site.owns(label["url"])
    assert path.parent.name == UNKNOWN or site.is_article(label["url"])
