"""What a search asks besides the text: the fields of an article, the words there are, its site.

The fields are an index of their own (`author:`, `section:`, `tag:`, `has:`): FTS5 folds their
accents, and it reads them from a view, so that what an article holds need not be kept twice.
"""

from archive.query_fields import BLOCK_KINDS

_NAMES = ("sections", "authors", "tags", "origin", "has")
READ = ("section", "sections", "authors", "tags", "origin", "images", "attachments", "blocks")


def _values(row: str) -> str:
    """The columns of the index, of a row called `row`; json has no unescaped quotes in texts."""
    kinds = " || ".join(
        f"""iif(instr({row}blocks, '"kind":"{kind}"'), '{kind} ', '')""" for kind in BLOCK_KINDS
    )
    return (
        f"coalesce({row}sections, {row}section), {row}authors, {row}tags, {row}origin,\n"
        f"    iif({row}images IS NULL, '', 'image ')"
        f" || iif({row}attachments IS NULL, '', 'attachment ')"
        f" || coalesce({kinds}, '')"
    )


COLUMNS = ", ".join(_NAMES)
OUT = f"""    INSERT INTO fields_fts(fields_fts, rowid, {COLUMNS}) VALUES ('delete', old.id,
    {_values("old.")});
"""
IN = f"""    INSERT INTO fields_fts(rowid, {COLUMNS}) VALUES (new.id,
    {_values("new.")});
"""
CHANGED = " OR ".join(f"old.{name} IS NOT new.{name}" for name in ("id", *READ))
CHANGES = f"""
CREATE TRIGGER fields_au AFTER UPDATE OF id, {", ".join(READ)} ON articles
WHEN {CHANGED} BEGIN
{OUT}{IN}END;
"""
FIELDS = f"""
CREATE VIEW fields (id, {COLUMNS}) AS SELECT id,
    {_values("")} FROM articles;
CREATE VIRTUAL TABLE fields_fts USING fts5({COLUMNS},
    tokenize='unicode61 remove_diacritics 2', content='fields', content_rowid='id');
CREATE TRIGGER fields_ai AFTER INSERT ON articles BEGIN
{IN}END;
CREATE TRIGGER fields_ad AFTER DELETE ON articles BEGIN
{OUT}END;
{CHANGES}INSERT INTO fields_fts(fields_fts) VALUES ('rebuild');
CREATE INDEX articles_of_site ON articles(id, site, source);
"""
# Without a list of the words there are, FTS5 reads every place of every word that begins so.
WORDS = """
CREATE TABLE words (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE words_found USING fts5vocab('articles_fts', 'row');
INSERT OR IGNORE INTO words SELECT replace(term, 'đ', 'd') FROM words_found;
DROP TABLE words_found;
"""
