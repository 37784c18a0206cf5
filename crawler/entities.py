"""HTML's escapes undone, however many digits a number has. Pure."""

from __future__ import annotations

import html
import re

# No letter has more than seven digits; Python refuses to read a number of thousands of them.
_TOO_LONG = re.compile(r"&#\d{9,};?")


def unescaped(text: str) -> str:
    """A text with its escapes undone; a number that is no letter's becomes U+FFFD, as in browsers.

    >>> unescaped("Gi&aacute; &#273;i&#7879;n"), unescaped("&#" + "9" * 5000 + ";")
    ('Giá điện', '\\ufffd')
    """
    return html.unescape(_TOO_LONG.sub("\ufffd", text))
