"""The errors of crawling and reading; each message says what to do next.

MoitNewsError (archive)
├── SiteError              a site or family file is wrong: file, key, what is allowed
├── LabelError             the JSON beside a saved page is none
├── NotWarcError           a file that is no WARC file
├── CaptureError           a record of a WARC file that gives no page
├── ListingError           a feed, sitemap, page of headlines or API answer that cannot be read
├── AnswerError            a request that brought nothing that may be read
│   ├── ForbiddenError         we may not ask: robots.txt, a private address
│   ├── StrayError             a redirect leads off the site
│   ├── BrokenAnswerError      the body is cut, unpacks to too much, or cannot be unpacked
│   └── HostSilentError        the host's robots.txt cannot be had, so nothing of it may be asked
└── ExtractError           a page that gives no article
    ├── NotHtmlError           not a web page: a PDF, a picture, an empty answer
    ├── TooComplexError        a page built to hurt: attribute bombs, absurd nesting or size
    ├── NoTitleError           no layer found a title
    └── NoBodyError            no layer found a text
"""

from archive.errors import MoitNewsError

# What the program ends with: docs/operations.md says what to do at each.
WELL, SOME_FAILED, WRONG_USE, NOTHING_USABLE, ALREADY_RUNNING = 0, 1, 2, 3, 75


class SiteError(MoitNewsError):
    """A site or family file is wrong."""


class LabelError(MoitNewsError):
    """The JSON beside a saved page is not a label."""


class NotWarcError(MoitNewsError):
    """A file that is no WARC file, or cannot be read."""


class CaptureError(MoitNewsError):
    """A record of a WARC file that gives no page; ``fate`` is what it is counted as."""

    def __init__(self, fate: str, message: str = "") -> None:
        super().__init__(message or fate)
        self.fate = fate


class ListingError(MoitNewsError):
    """A listing's answer cannot be read."""


class AnswerError(MoitNewsError):
    """A request that brought nothing that may be read."""


class ForbiddenError(AnswerError):
    """An address that we may not ask."""


class StrayError(AnswerError):
    """A request or redirect that leads off the site."""


class BrokenAnswerError(AnswerError):
    """A body that is not whole, or that would unpack to more than a page may be."""


class HostSilentError(AnswerError):
    """A host whose robots.txt cannot be had: RFC 9309 lets nobody ask it anything."""


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
