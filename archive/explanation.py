"""What a query was understood as, in words; pure."""

from archive.query import All, Any, Filter, Node, Not, Query

_FIELDS = {
    "title": "in the title {}",
    "lead": "in the lead {}",
    "author": "by an author {}",
    "site": "on the site {}",
    "source": "from the source {}",
    "section": "in a section {}",
    "tag": "with a tag {}",
    "cites": "that name the legal document {}",
    "before": "published before {}",
    "after": "published on {} or later",
    "has": "that have: {}",
}


def explanation(query: Query, *, only_exact: bool = False, is_ranked: bool = True) -> str:
    """One line that says what is looked for.

    >>> from archive.query import parse
    >>> explanation(parse('giá (xăng OR dầu) -vàng after:2024'))
    'Articles that hold “giá” and (“xăng” or “dầu”), but not “vàng”; published on 2024-01-01 or \
later. With any accents, those typed first.'
    """
    if query.tree is None:
        return "Nothing: no word and no number was typed."
    words = [part for part in query.parts if not _is_filter(part)]
    filters = "; ".join(_said(part) for part in query.parts if _is_filter(part))
    wanted = " and ".join(_said(part) for part in words if not isinstance(part, Not))
    unwanted = ", ".join(_said(part.part) for part in words if isinstance(part, Not))
    held = f" that hold {wanted}" if wanted else ""
    without = f", but not {unwanted}" if unwanted else ""
    about = f"Articles{held}{without}{f'; {filters}' if filters else ''}."
    any_ = "With any accents, those typed first" if is_ranked else "With any accents"
    accents = "With the accents as typed" if only_exact else any_
    return f"{about} {accents}." if words else about


def _is_filter(node: Node) -> bool:
    if isinstance(node, Not):
        return _is_filter(node.part)
    return isinstance(node, Filter)


def _said(node: Node) -> str:
    if isinstance(node, All | Any):
        word = " and " if isinstance(node, All) else " or "
        return f"({word.join(map(_said, node.parts))})"
    if isinstance(node, Not):
        return f"not {_said(node.part)}"
    if isinstance(node, Filter):
        return _FIELDS[node.field].format(_quoted(node.value))
    said = _quoted(" ".join(node.syllables))
    if node.prefix:
        said = f"a word that begins with {said}"
    elif len(node.syllables) > 1:
        said = f"{said} side by side"
    return _FIELDS[node.field].format(said) if node.field else said


def _quoted(text: str) -> str:
    return text if text[:4].isdigit() and text[4:5] == "-" else f"“{text}”"
