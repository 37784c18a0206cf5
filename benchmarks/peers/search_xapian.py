"""Answers searches with Xapian, as Debian's python3-xapian for the Python of the system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import xapian

from benchmarks.peers.serving import SIDE_BY_SIDE, TITLE, Index, Row, are_plain, serve, weight_of


class Xapian(Index):
    """A database in a folder; an article's id is the number of its document."""

    release = xapian.version_string()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, rows: Iterator[Row]) -> None:
        how = xapian.DB_CREATE_OR_OVERWRITE | xapian.DB_NO_SYNC
        database = xapian.WritableDatabase(str(self._folder), how)
        terms = xapian.TermGenerator()
        for number, *texts in rows:
            document = xapian.Document()
            document.set_data(str(number))
            terms.set_document(document)
            terms.set_termpos(0)
            for times, text in zip((TITLE, 1, 1), texts, strict=True):
                terms.index_text(text, times)
                terms.increase_termpos()  # no words side by side across two parts
            database.add_document(document)
        database.commit()
        database.close()
        self._database = xapian.Database(str(self._folder))
        self._parser = xapian.QueryParser()
        self._parser.set_database(self._database)  # which words begin as was asked
        self._parser.set_default_op(xapian.Query.OP_AND)

    def size(self) -> int:
        return weight_of(self._folder)

    def ask(self, tokens: Sequence[str], limit: int) -> list[int]:
        enquire = xapian.Enquire(self._database)
        enquire.set_query(self._query(tokens))
        return [int(match.document.get_data()) for match in enquire.get_mset(0, limit)]

    def _query(self, tokens: Sequence[str]) -> xapian.Query:
        query = xapian.Query
        if are_plain(tokens):
            side_by_side = query(query.OP_PHRASE, tokens)
            more = query(query.OP_SCALE_WEIGHT, side_by_side, SIDE_BY_SIDE)
            return query(query.OP_AND_MAYBE, query(query.OP_AND, tokens), more)
        parser = self._parser
        flags = parser.FLAG_BOOLEAN | parser.FLAG_LOVEHATE
        return parser.parse_query(
            " ".join(tokens), flags | parser.FLAG_PHRASE | parser.FLAG_WILDCARD
        )


if __name__ == "__main__":
    serve(lambda folder: nullcontext(Xapian(folder)))
