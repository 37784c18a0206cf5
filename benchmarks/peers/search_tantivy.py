"""Answers searches with tantivy, in an environment of its own: JSON lines in, JSON lines out.

The first line names a file of articles, [id, title, lead, body] a line. Each line after it is
[limit, query]; the answer is [seconds, ids]. Text and queries are folded as a reader without a
Vietnamese keyboard types them; words side by side count four times, in the title twice.
"""

import json
import sys
import time
import unicodedata
from pathlib import Path

import tantivy


def fold(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words_of(text: str) -> str:
    """A query without tantivy's own syntax: only quotes, letters and digits stay."""
    return "".join(c if c.isalnum() or c == '"' else " " for c in fold(text))


def build(path: str) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True)
    for name in ("title", "lead", "body"):
        builder.add_text_field(name)
    index = tantivy.Index(builder.build())
    writer = index.writer(200_000_000, 1)
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            number, title, lead, body = json.loads(line)
            document = tantivy.Document(title=fold(title), lead=fold(lead), body=fold(body))
            document.add_unsigned("id", number)
            writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def main() -> None:
    began = time.process_time()
    index = build(json.loads(sys.stdin.readline()))
    searcher = index.searcher()
    print(json.dumps(time.process_time() - began), flush=True)
    for line in sys.stdin:
        limit, typed = json.loads(line)
        began = time.process_time()
        words = words_of(typed).split()
        whole = " ".join(words).replace('"', "")
        query = index.parse_query(
            f'"{whole}"^4 OR ({" AND ".join(words)})' if '"' not in words_of(typed) else whole,
            ["title", "lead", "body"],
            field_boosts={"title": 2.0},
            conjunction_by_default=True,
        )
        hits = searcher.search(query, limit).hits
        ids = [searcher.doc(address)["id"][0] for _, address in hits]
        print(json.dumps([time.process_time() - began, ids]), flush=True)


main()
