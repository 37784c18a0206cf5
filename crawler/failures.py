"""What went wrong with a request, in words for `moit-news why` and for the breaker."""

from __future__ import annotations

from scrapy import exceptions
from scrapy.core.downloader.handlers.http11 import TunnelError

from archive.errors import MoitNewsError

_SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (exceptions.DownloadTimeoutError, "no whole answer came in time"),
    (exceptions.CannotResolveHostError, "the host's name has no address that may be asked"),
    (exceptions.DownloadConnectionRefusedError, "the host lets nobody connect"),
    (exceptions.ResponseDataLossError, "the body ends before its announced length"),
    (exceptions.DownloadCancelledError, "the body is larger than a page may be"),
    (exceptions.DownloadFailedError, "the connection broke"),
    (TunnelError, "the proxy opens no way to the host"),
    (exceptions.IgnoreRequest, "the request was given up"),
)
_SILENCES = (
    exceptions.DownloadTimeoutError,
    exceptions.CannotResolveHostError,
    exceptions.DownloadConnectionRefusedError,
    exceptions.DownloadFailedError,
    TunnelError,
    OSError,
)
_LONGEST_DETAIL = 160


def explain_failure(error: BaseException) -> str:
    """One sentence, with what the network library says as a detail.

    >>> explain_failure(exceptions.IgnoreRequest("max redirections reached"))
    'the request was given up (max redirections reached)'
    """
    if isinstance(error, MoitNewsError):
        return str(error)
    sentence = next((text for kind, text in _SENTENCES if isinstance(error, kind)), None)
    detail = " ".join(str(error).split())[:_LONGEST_DETAIL]
    if sentence is None:
        return f"this program failed: {type(error).__name__}: {detail}"
    return f"{sentence} ({detail})" if detail else sentence


def is_silence(error: BaseException) -> bool:
    """Whether the host gave no answer at all."""
    return isinstance(error, _SILENCES)
