"""Answers searches with tantivy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path

import tantivy

from benchmarks.peers.serving import SIDE_BY_SIDE, TITLE, Index, Row, are_plain, serve, weight_of

FIELDS = ["title", "lead", "body"]
MEMORY = 200_000_000


class Tantivy(Index):
    """An index in a folder, mapped into memory."""

    release = version("tantivy")

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("id", stored=True)
        for name in FIELDS:
            builder.add_text_field(name)
        self._folder = folder
        self._index = tantivy.Index(builder.build(), path=str(folder))

    def fill(self, rows: Iterator[Row]) -> None:
        writer = self._index.writer(MEMORY, 1)
        for number, *texts in rows:
            document = tantivy.Document(**dict(zip(FIELDS, texts, strict=True)))
            document.add_unsigned("id", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def size(self) -> int:
        return weight_of(self._folder)

    def ask(self, tokens: Sequence[str], limit: int) -> list[int]:
        query = self._index.parse_query(
            _in_its_words(tokens),
            FIELDS,
            field_boosts={"title": float(TITLE)},
            conjunction_by_default=True,
            allow_regexes=True,
        )
        searcher = self._index.searcher()
        hits = searcher.search(query, limit).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]


def _in_its_words(tokens: Sequence[str]) -> str:
    if are_plain(tokens):
        return f'"{" ".join(tokens)}"^{SIDE_BY_SIDE} OR ({" AND ".join(tokens)})'
    return " ".join(map(_word, tokens))


def _word(token: str) -> str:
    """The begin of a word is a pattern to it, and a pattern names its field."""
    if not token.endswith("*"):
        return token
    return f"({' OR '.join(f'{field}:/{token[:-1]}.*/' for field in FIELDS)})"


if __name__ == "__main__":
    serve(lambda folder: nullcontext(Tantivy(folder)))
