"""What decides how a site's pages are read: the extractor and what the site's files say. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re

from crawler.site import Site

# What a site's file says of asking it; another value of these reads no page in another way.
NOT_OF_READING = ("evidence", "listings", "politeness", "articles_per_week", "revisit", "address")


def rules_of(site: Site) -> str:
    """The SHA-256 of what a site's file, its family and generic say of reading: with another one,
    or with another version of the extractor, the same page may give another article.

    >>> from crawler.site import Politeness
    >>> site = Site(slug="a", name="A", homepage="https://a.vn/", source="a")
    >>> slow = dataclasses.replace(site, politeness=Politeness(delay=9))
    >>> rules_of(site) == rules_of(slow), rules_of(site) == rules_of(dataclasses.replace(site,
    ...     drop=("div.quang-cao",)))
    (True, False)
    """
    names = (field.name for field in dataclasses.fields(site) if field.name not in NOT_OF_READING)
    said = json.dumps({name: getattr(site, name) for name in names}, default=_plain, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, re.Pattern):
        return [value.pattern, value.flags]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    raise TypeError(f"a site's file holds {value!r}, which rules_of cannot write down")
