"""The errors of crawling and reading; each message says what to do next.

MoitNewsError (archive)
├── SiteError              a site or family file is wrong: file, key, what is allowed
├── AlreadyRunningError    another crawl holds the lock (exit 75)
├── ListingError           a feed, sitemap, page of headlines or API answer that cannot be read
└── ExtractError           a page that gives no article
    ├── NotHtmlError           not a web page: a PDF, a picture, an empty answer
    ├── TooComplexError        a page built to hurt: attribute bombs, absurd nesting or size
    ├── NoTitleError           no layer found a title
    └── NoBodyError            no layer found a text
"""

from archive.errors import MoitNewsError


class SiteError(MoitNewsError):
    """A site or family file is wrong."""


class AlreadyRunningError(MoitNewsError):
    """Another crawl runs on the same data folder."""


class ListingError(MoitNewsError):
    """A listing's answer cannot be read."""


class ExtractError(MoitNewsError):
    """A page that gives no article."""


class NotHtmlError(ExtractError):
    """The answer is not a web page."""


class TooComplexError(ExtractError):
    """The page would cost more to parse than a page may."""


class NoTitleError(ExtractError):
    """No layer found a title."""


class NoBodyError(ExtractError):
    """No layer found a text."""
