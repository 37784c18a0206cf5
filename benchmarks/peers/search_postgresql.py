"""Answers searches with a PostgreSQL of its own: a tsvector of each article, and a GIN index."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.peers import cluster
from benchmarks.peers.serving import SIDE_BY_SIDE, TITLE, Index, Row, are_plain, serve

STARTING = 60  # seconds
# Only the ids are asked for, so only what they are found by is kept.
VECTORS = """
    CREATE UNLOGGED TABLE articles AS SELECT id,
        setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', lead), 'B')
        || setweight(to_tsvector('simple', body), 'D') AS words
    FROM texts
"""
# The weights are those of D, C, B and A.
RANK = f"ts_rank('{{{1 / TITLE}, {1 / TITLE}, {1 / TITLE}, 1}}', words, asked)"
BEST = f"""
    SELECT id FROM articles, to_tsquery('simple', %s) AS asked
    WHERE words @@ asked ORDER BY {RANK} DESC LIMIT %s
"""
# ts_rank() does not see whether words stand side by side, @@ does.
BEST_SIDE_BY_SIDE = f"""
    SELECT id FROM articles, to_tsquery('simple', %s) AS asked,
        phraseto_tsquery('simple', %s) AS side_by_side
    WHERE words @@ asked
    ORDER BY {RANK} * CASE WHEN words @@ side_by_side THEN {1 + SIDE_BY_SIDE} ELSE 1 END DESC
    LIMIT %s
"""


class PostgreSql(Index):
    """One connection to a server, whose process does all the work of a statement."""

    def __init__(self, connection: psycopg.Connection) -> None:
        connection.autocommit = True
        connection.prepare_threshold = None  # each query is planned for its own words
        self._connection = connection
        self._server = Path("/proc") / str(connection.info.backend_pid)
        version = connection.info.server_version
        self.release = f"{version // 10_000}.{version % 10_000}"

    def fill(self, rows: Iterator[Row]) -> None:
        run = self._connection.execute
        run("CREATE TEMPORARY TABLE texts (id bigint, title text, lead text, body text)")
        copy = "COPY texts FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(copy) as copied:
            for row in rows:
                copied.write_row(row)
        run(VECTORS)
        run("DROP TABLE texts")
        run("CREATE INDEX articles_words ON articles USING gin (words)")
        run("VACUUM ANALYZE articles")

    def size(self) -> int:
        found = self._connection.execute("SELECT pg_total_relation_size('articles')").fetchone()
        return int(found[0]) if found else 0

    def ask(self, tokens: Sequence[str], limit: int) -> list[int]:
        asked = _in_its_words(tokens)
        if are_plain(tokens):
            values = (asked, " ".join(tokens), limit)
            found = self._connection.execute(BEST_SIDE_BY_SIDE, values)
        else:
            found = self._connection.execute(BEST, (asked, limit))
        return [number for (number,) in found]

    def cpu(self) -> float:
        """Ours and that of the server's process, which is not counted up before it sleeps."""
        ours = time.process_time()
        while (self._server / "stat").read_text().rpartition(")")[2].split()[0] == "R":
            time.sleep(0)
        return ours + int((self._server / "schedstat").read_text().split()[0]) / 1e9


def _in_its_words(tokens: Sequence[str]) -> str:
    """As to_tsquery() reads it, which knows brackets and begins of words: (a | b) & !c & d:*"""
    parts: list[str] = []
    for before, token in zip(["(", *tokens], tokens, strict=False):
        if before not in ("(", "OR") and token not in (")", "OR"):
            parts.append("&")
        parts.append(_word(token))
    return " ".join(parts)


def _word(token: str) -> str:
    if token == "OR":
        return "|"
    if token.startswith('"'):
        return "(" + " <-> ".join(token.strip('"').split()) + ")"
    return f"!{token[1:]}" if token.startswith("-") else token.replace("*", ":*")


@contextmanager
def opened(_folder: Path) -> Iterator[PostgreSql]:
    """The server's files are in a folder of its own: ours may be closed to its user."""
    with cluster.running() as socket, _connected(socket) as connection:
        yield PostgreSql(connection)


def _connected(socket: Path) -> psycopg.Connection:
    till = time.monotonic() + STARTING
    while True:
        try:
            return psycopg.connect(host=str(socket), user=cluster.USER, dbname="postgres")
        except psycopg.OperationalError:
            if time.monotonic() > till:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    serve(opened)
