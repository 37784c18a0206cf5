"""One address per article: the canonical form of a URL, pure.

http and https stay as they are: an address is asked as it is stored, and whether a host answers
both with the same page only the host can tell, by redirecting.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from archive.errors import UrlError

LONGEST = 2000
DEFAULT_PORTS = {"http": 80, "https": 443}

# What mail, adverts and social networks append; none of them changes the page that is answered.
TRACKING = re.compile(
    r"(?:utm_\w*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|igshid|igsh"
    r"|zarsrc|gidzl|fb_\w+|mc_[ce]id|_ga|_gl|_hsenc|_hsmi|ref_src)",
    re.IGNORECASE,
)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?|\[[0-9a-f:.]+\]")
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_ESCAPE_OR_UNSAFE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=]")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_DOT_SEGMENT = re.compile(r"/\.{1,2}(?:/|$)")


@lru_cache(maxsize=256)  # a page's few addresses are asked for again and again
def canonical(url: str) -> str:
    """The one form in which the archive knows a web page; raises UrlError for anything else.

    >>> canonical("HTTP://Www.Moit.gov.VN:80/tin/../tin-tuc/a.html?id=7&utm_source=zalo#top")
    'http://www.moit.gov.vn/tin-tuc/a.html?id=7'
    """
    if len(url) > LONGEST:
        raise UrlError(f"the address is longer than {LONGEST} characters: {url[:60]!r}…")
    try:
        parts = urlsplit(url.strip())
        address = parts.scheme + "://" + _netloc(parts, url) + _path(parts.path)
        query = _query(parts.query)
    except ValueError as error:  # bad IPv6, port or IDN, or a lone surrogate
        raise UrlError(f"not the address of a web page: {url[:200]!r} ({error})") from error
    address += "?" + query if query else ""
    if len(address) > LONGEST:
        raise UrlError(f"the address is longer than {LONGEST} characters: {url[:60]!r}…")
    return address


def host(url: str) -> str:
    """The host that answers for a URL, with its port where that is not the usual one.

    >>> host("http://127.0.0.1:8080/tin"), host("https://Moit.gov.vn:443/")
    ('127.0.0.1:8080', 'moit.gov.vn')
    """
    return canonical(url).split("/", 3)[2]


def _netloc(parts: SplitResult, url: str) -> str:
    if parts.scheme not in DEFAULT_PORTS:
        raise UrlError(f"only http and https addresses can be asked, not {url[:200]!r}")
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        name = f"[{name}]"
    elif not name.isascii():
        name = name.encode("idna").decode("ascii").lower()
    # Browsers read a backslash as a slash: such an address would name two hosts.
    if "\\" in parts.netloc or not _HOST.fullmatch(name):
        raise UrlError(f"the address names no host that can be asked: {url[:200]!r}")
    port = parts.port  # raises ValueError above 65535
    return name if port in {None, DEFAULT_PORTS[parts.scheme]} else f"{name}:{port}"


def _path(path: str) -> str:
    path = _SESSION.sub("", _escape(path)) or "/"
    return _without_dots(path) if _DOT_SEGMENT.search(path) else path


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    """The pairs in their order, because some sites read them by position, but the tracking ones."""
    pairs = [pair for pair in _escape(query).split("&") if pair]
    return "&".join(p for p in pairs if not TRACKING.fullmatch(p.partition("=")[0]))


def _escape(text: str) -> str:
    """Needless escapes undone, needed ones in upper case, everything unsafe as UTF-8 escapes."""
    return _ESCAPE_OR_UNSAFE.sub(_escape_one, text)


def _escape_one(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 3:
        letter = chr(int(found[1:], 16))
        return letter if _UNRESERVED.fullmatch(letter) else found.upper()
    return "".join(f"%{byte:02X}" for byte in found.encode())
