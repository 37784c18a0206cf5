"""A query's tree taken apart into ways to be a hit: words for the index, filters; pure."""

from dataclasses import dataclass
from functools import reduce

from archive.query import All, Any, Filter, Node, Not, Phrase, Query

MOST_BRANCHES = 8


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to be a hit: words that the index knows, and filters that columns answer."""

    words: tuple[Node, ...] = ()
    filters: tuple[Node, ...] = ()

    @property
    def wanted(self) -> tuple[Node, ...]:
        return tuple(part for part in self.words if not isinstance(part, Not))

    @property
    def unwanted(self) -> tuple[Node, ...]:
        return tuple(part.part for part in self.words if isinstance(part, Not))

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The words that must all be there; empty where one of them stands in a choice."""
        found = [part for part in self.wanted if isinstance(part, Phrase)]
        return tuple(found) if len(found) == len(self.wanted) else ()

    def __add__(self, other: "Branch") -> "Branch":
        return Branch(self.words + other.words, self.filters + other.filters)


def branches(query: Query) -> tuple[Branch, ...]:
    """A query as the ways to be a hit: most have one; `điện OR site:cafef` has two."""
    return tuple(_ways(query.tree)[:MOST_BRANCHES]) if query.tree else ()


def words_alone(node: Node) -> Branch | None:
    """A part of a query as a branch, where it asks for nothing but words that FTS5 can say."""
    if _holds_filter(node) or not _finds(node):
        return None
    return Branch(node.parts if isinstance(node, All) else (node,))


def _ways(node: Node) -> list[Branch]:
    if is_filter(node):
        return [Branch(filters=(node,))]
    if not _holds_filter(node) and _finds(node.part if isinstance(node, Not) else node):
        return [Branch(node.parts if isinstance(node, All) else (node,))]
    if isinstance(node, Not):
        return _ways(_inside_out(node.part))
    if isinstance(node, All):
        return reduce(_crossed, map(_ways, node.parts), [Branch()])
    parts = node.parts if isinstance(node, Any) else ()
    return [way for part in parts for way in _ways(part)][:MOST_BRANCHES]


def _inside_out(node: Node) -> Node:
    """Not (a and b) is not a or not b; not (a or b) is not a and not b."""
    if isinstance(node, All):
        return Any(tuple(map(_denied, node.parts)))
    return All(tuple(map(_denied, node.parts))) if isinstance(node, Any) else _denied(node)


def _crossed(left: list[Branch], right: list[Branch]) -> list[Branch]:
    return [a + b for a in left for b in right][:MOST_BRANCHES]


def _denied(node: Node) -> Node:
    return node.part if isinstance(node, Not) else Not(node)


def _holds_filter(node: Node) -> bool:
    if isinstance(node, All | Any):
        return any(map(_holds_filter, node.parts))
    return isinstance(node, Filter) or (isinstance(node, Not) and _holds_filter(node.part))


def is_filter(node: Node) -> bool:
    """Whether columns alone answer a part of a query."""
    if isinstance(node, All | Any):
        return all(map(is_filter, node.parts))
    return isinstance(node, Filter) or (isinstance(node, Not) and is_filter(node.part))


def _finds(node: Node) -> bool:
    """Whether FTS5 can say it: it excludes only from what something else has found."""
    if isinstance(node, All):
        return any(map(_finds, node.parts)) and all(
            _finds(part.part if isinstance(part, Not) else part) for part in node.parts
        )
    if isinstance(node, Any):
        return all(map(_finds, node.parts))
    return isinstance(node, Phrase)
