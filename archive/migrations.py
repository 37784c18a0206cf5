"""The schema of archive.db is its history: numbered steps, never edited once released.

``articles.id`` is ``yyyymmdd * 10000 + n``, so that the newest hits of a search are its highest
rowids. ``body`` stands last because SQLite reads a row's columns in order. The two full-text
tables read their text from ``articles``; docs/decisions says why each part is as it is.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from archive.finding_schema import CHANGES, FIELDS, WORDS
from archive.index_schema import INDEXED_LATER
from archive.rows import without_texts
from archive.text import d_forms
from archive.watch_schema import ARRIVALS, WATCHES

archive_migrations = Migrations("archive")
pages_migrations = Migrations("pages")

# content="articles" in double quotes: Datasette finds this table and offers its search box.
# content='articles' in single quotes: Datasette must not pick the table of exact forms.
FULL_TEXT = """
CREATE VIRTUAL TABLE articles_fts USING fts5(title, lead, body, d_forms,
    tokenize='unicode61 remove_diacritics 2', content="articles", content_rowid="id");
CREATE VIRTUAL TABLE articles_exact USING fts5(title, lead, body,
    tokenize='unicode61 remove_diacritics 0', detail=none, content='articles', content_rowid='id');
CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN
    INSERT INTO articles_fts(rowid, title, lead, body, d_forms)
        VALUES (new.id, new.title, new.lead, new.body, new.d_forms);
    INSERT INTO articles_exact(rowid, title, lead, body)
        VALUES (new.id, new.title, new.lead, new.body);
END;
CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN
    INSERT INTO articles_fts(articles_fts, rowid, title, lead, body, d_forms)
        VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms);
    INSERT INTO articles_exact(articles_exact, rowid, title, lead, body)
        VALUES ('delete', old.id, old.title, old.lead, old.body);
END;
CREATE TRIGGER articles_au AFTER UPDATE OF id, title, lead, body, d_forms ON articles
WHEN old.id IS NOT new.id OR old.title IS NOT new.title OR old.lead IS NOT new.lead
    OR old.body IS NOT new.body OR old.d_forms IS NOT new.d_forms BEGIN
    INSERT INTO articles_fts(articles_fts, rowid, title, lead, body, d_forms)
        VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms);
    INSERT INTO articles_exact(articles_exact, rowid, title, lead, body)
        VALUES ('delete', old.id, old.title, old.lead, old.body);
    INSERT INTO articles_fts(rowid, title, lead, body, d_forms)
        VALUES (new.id, new.title, new.lead, new.body, new.d_forms);
    INSERT INTO articles_exact(rowid, title, lead, body)
        VALUES (new.id, new.title, new.lead, new.body);
END;
"""

ARTICLES = """
CREATE TABLE sources (
    slug TEXT PRIMARY KEY, name TEXT NOT NULL, homepage TEXT NOT NULL, language TEXT NOT NULL);
CREATE TABLE sites (
    slug TEXT PRIMARY KEY, name TEXT NOT NULL, homepage TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES sources(slug), family TEXT, evidence TEXT);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL REFERENCES sites(slug),
    source TEXT NOT NULL REFERENCES sources(slug),
    origin TEXT, section TEXT,
    published_at TEXT, published_from TEXT, modified_at TEXT, year INTEGER,
    language TEXT,
    title TEXT NOT NULL, lead TEXT,
    authors TEXT, tags TEXT, images TEXT, attachments TEXT, layers TEXT,
    first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL, withdrawn_at TEXT,
    version INTEGER NOT NULL, page_id INTEGER, extractor INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    d_forms TEXT, blocks TEXT, body TEXT);
CREATE INDEX articles_published ON articles(published_at);
CREATE INDEX articles_source_published ON articles(source, published_at);
CREATE INDEX articles_site_published ON articles(site, published_at);
CREATE INDEX articles_year_site ON articles(year, site);
CREATE INDEX articles_section ON articles(section);
CREATE TABLE versions (
    article_id INTEGER NOT NULL REFERENCES articles(id), version INTEGER NOT NULL,
    seen_at TEXT NOT NULL, replaced_at TEXT NOT NULL, page_id INTEGER, content_hash TEXT NOT NULL,
    published_at TEXT, title TEXT NOT NULL, lead TEXT, blocks TEXT, body TEXT,
    PRIMARY KEY (article_id, version));
CREATE TABLE citations (
    number TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id),
    kind TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (number, article_id)) WITHOUT ROWID;
CREATE INDEX citations_article ON citations(article_id);
"""

# A URL is in frontier from the moment it is first seen; outcomes is its story, one row a try.
FRONTIER = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, started_at TEXT NOT NULL, ended_at TEXT, command TEXT NOT NULL,
    program TEXT NOT NULL, exit_code INTEGER, reason TEXT);
CREATE TABLE run_sites (
    run_id INTEGER NOT NULL REFERENCES runs(id), site TEXT NOT NULL REFERENCES sites(slug),
    listings INTEGER NOT NULL DEFAULT 0, listings_failed INTEGER NOT NULL DEFAULT 0,
    found INTEGER NOT NULL DEFAULT 0, asked INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0, revised INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0, reason TEXT,
    PRIMARY KEY (run_id, site));
CREATE TABLE frontier (
    url TEXT PRIMARY KEY,
    site TEXT NOT NULL REFERENCES sites(slug),
    state TEXT NOT NULL CHECK (state IN
        ('due','fetching','done','unchanged','failed','refused','gone','ignored')),
    reason TEXT, tries INTEGER NOT NULL DEFAULT 0,
    found_at TEXT NOT NULL, found_on TEXT,
    listed_date TEXT, listed_title TEXT, listed_section TEXT,
    asked_at TEXT, answered_at TEXT, due_at TEXT, status INTEGER,
    etag TEXT, last_modified TEXT,
    page_id INTEGER, article_id INTEGER REFERENCES articles(id)) WITHOUT ROWID;
CREATE INDEX frontier_due ON frontier(site, state, due_at);
CREATE INDEX frontier_article ON frontier(article_id);
CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL, run_id INTEGER REFERENCES runs(id), at TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT, status INTEGER, page_id INTEGER);
CREATE INDEX outcomes_url ON outcomes(url, at);
CREATE INDEX outcomes_run ON outcomes(run_id);
CREATE TABLE listings (
    key TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), url TEXT NOT NULL,
    etag TEXT, last_modified TEXT, body_hash TEXT, asked_at TEXT, answered_at TEXT, status INTEGER,
    reason TEXT, links INTEGER) WITHOUT ROWID;
CREATE TABLE asks (
    key TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), listing TEXT NOT NULL,
    url TEXT NOT NULL, form TEXT NOT NULL, page INTEGER NOT NULL, depth INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE hosts (host TEXT PRIMARY KEY, not_before TEXT NOT NULL, reason TEXT) WITHOUT ROWID;
"""

# signatures.id is small, so that the 42 rows an article has in bands are; bands is only looked up.
COPIES = """
CREATE TABLE signatures (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL UNIQUE
        REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE,
    maker INTEGER NOT NULL, size INTEGER NOT NULL, signature BLOB NOT NULL);
CREATE TABLE bands (
    band INTEGER NOT NULL, signature_id INTEGER NOT NULL,
    PRIMARY KEY (band, signature_id)) WITHOUT ROWID;
CREATE TABLE pairs (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE,
    shared REAL NOT NULL, alike REAL NOT NULL, numbers REAL NOT NULL,
    PRIMARY KEY (article_id, other_id)) WITHOUT ROWID;
CREATE INDEX pairs_other ON pairs(other_id);
CREATE TABLE stories (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE,
    first_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE);
CREATE INDEX stories_first ON stories(first_id);
"""

BANDS_LATER = """
CREATE TABLE bands_later (
    signature_id INTEGER PRIMARY KEY REFERENCES signatures(id) ON DELETE CASCADE);
"""

# A reader is a version of the extractor with what a site's files say of reading; pages_read tells
# which one read each page last. What an article said before it was read better is in readings.
READINGS = """
CREATE TABLE readers (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug),
    extractor INTEGER NOT NULL, rules TEXT NOT NULL, UNIQUE (site, extractor, rules));
CREATE TABLE pages_read (
    page_id INTEGER PRIMARY KEY, reader_id INTEGER NOT NULL REFERENCES readers(id));
CREATE TABLE readings (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id),
    version INTEGER NOT NULL, replaced_at TEXT NOT NULL, extractor INTEGER, former TEXT NOT NULL);
CREATE INDEX readings_article ON readings(article_id, version);
ALTER TABLE articles ADD COLUMN read_page_id INTEGER;
ALTER TABLE versions ADD COLUMN read_page_id INTEGER;
"""

PAGES = """
CREATE TABLE dictionaries (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, made_at TEXT NOT NULL, z BLOB NOT NULL);
CREATE TABLE bodies (
    sha256 BLOB PRIMARY KEY, dictionary_id INTEGER REFERENCES dictionaries(id),
    size INTEGER NOT NULL, z BLOB NOT NULL);
CREATE TABLE pages (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL, url TEXT NOT NULL, final_url TEXT NOT NULL,
    fetched_at TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL,
    sha256 BLOB REFERENCES bodies(sha256));
CREATE INDEX pages_url ON pages(url, fetched_at);
CREATE INDEX pages_sha256 ON pages(sha256);
"""

# What was asked and led to an article is one of its addresses. Keys are read off the addresses when
# the site is next crawled: only its file has the rules.
ADDRESSES = """
CREATE TABLE addresses (
    address TEXT PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE,
    site TEXT NOT NULL REFERENCES sites(slug), key TEXT, how TEXT NOT NULL,
    first_seen_at TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX addresses_article ON addresses(article_id);
CREATE INDEX addresses_key ON addresses(site, key) WHERE key IS NOT NULL;
ALTER TABLE sites ADD COLUMN address_rules TEXT;
ALTER TABLE frontier ADD COLUMN key TEXT;
CREATE INDEX frontier_key ON frontier(site, key) WHERE key IS NOT NULL;
INSERT INTO addresses (address, article_id, site, how, first_seen_at)
    SELECT url, id, site, 'read', first_seen_at FROM articles;
INSERT OR IGNORE INTO addresses (address, article_id, site, how, first_seen_at)
    SELECT url, article_id, site, 'asked', found_at FROM frontier WHERE article_id IS NOT NULL;
"""


# A version holds all that is needed to cite it. Its FTS table is asked on request only, so that a
# plain search never meets it; content="versions" gives Datasette's table a search box.
VERSIONS = """
ALTER TABLE versions RENAME TO versions_of_m001;
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id), version INTEGER NOT NULL,
    seen_at TEXT NOT NULL, last_seen_at TEXT, replaced_at TEXT NOT NULL,
    page_id INTEGER, url TEXT, site TEXT, source TEXT, origin TEXT, section TEXT, sections TEXT,
    published_at TEXT, published_from TEXT, modified_at TEXT, language TEXT,
    title TEXT NOT NULL, lead TEXT,
    authors TEXT, tags TEXT, images TEXT, attachments TEXT, layers TEXT, extractor INTEGER,
    content_hash TEXT NOT NULL, d_forms TEXT, blocks TEXT, body TEXT,
    UNIQUE (article_id, version));
CREATE INDEX versions_replaced ON versions(replaced_at);
INSERT INTO versions (article_id, version, seen_at, replaced_at, page_id, url, site, source,
    published_at, language, title, lead, content_hash, blocks, body)
SELECT v.article_id, v.version, v.seen_at, v.replaced_at, v.page_id, a.url, a.site, a.source,
    v.published_at, a.language, v.title, v.lead, v.content_hash, v.blocks, v.body
FROM versions_of_m001 v JOIN articles a ON a.id = v.article_id ORDER BY v.replaced_at, a.id;
DROP TABLE versions_of_m001;
"""
VERSIONS_FULL_TEXT = """
CREATE VIRTUAL TABLE versions_fts USING fts5(title, lead, body, d_forms,
    tokenize='unicode61 remove_diacritics 2', content="versions", content_rowid="id");
INSERT INTO versions_fts(versions_fts) VALUES ('rebuild');
CREATE TRIGGER versions_ai AFTER INSERT ON versions BEGIN
    INSERT INTO versions_fts(rowid, title, lead, body, d_forms)
        VALUES (new.id, new.title, new.lead, new.body, new.d_forms);
END;
CREATE TRIGGER versions_ad AFTER DELETE ON versions BEGIN
    INSERT INTO versions_fts(versions_fts, rowid, title, lead, body, d_forms)
        VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms);
END;
CREATE TRIGGER versions_au AFTER UPDATE OF id, title, lead, body, d_forms ON versions
WHEN old.id IS NOT new.id OR old.title IS NOT new.title OR old.lead IS NOT new.lead
    OR old.body IS NOT new.body OR old.d_forms IS NOT new.d_forms BEGIN
    INSERT INTO versions_fts(versions_fts, rowid, title, lead, body, d_forms)
        VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms);
    INSERT INTO versions_fts(rowid, title, lead, body, d_forms)
        VALUES (new.id, new.title, new.lead, new.body, new.d_forms);
END;
"""
WITHDRAWALS = """
CREATE TABLE withdrawals (
    id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id),
    url TEXT NOT NULL, withdrawn_at TEXT NOT NULL, reason TEXT, status INTEGER, page_id INTEGER,
    returned_at TEXT);
CREATE INDEX withdrawals_article ON withdrawals(article_id);
INSERT INTO withdrawals (article_id, url, withdrawn_at, reason, status)
SELECT a.id, a.url, a.withdrawn_at, f.reason, f.status
FROM articles a LEFT JOIN frontier f ON f.url = a.url AND f.state = 'gone'
WHERE a.withdrawn_at IS NOT NULL ORDER BY a.withdrawn_at;
ALTER TABLE sites ADD COLUMN revisit TEXT;
ALTER TABLE frontier ADD COLUMN listed_changed TEXT;
"""
# A stretch has no hole: runs that go on where one ended make it longer, so that years of runs are a
# few rows a listing. What was watched before is not known, and is told so.
STRETCHES = """
CREATE TABLE watched_listings (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), listing TEXT NOT NULL,
    kind TEXT NOT NULL, named_from TEXT NOT NULL, named_until TEXT NOT NULL,
    UNIQUE (site, listing));
CREATE TABLE stretches (
    listing_id INTEGER NOT NULL REFERENCES watched_listings(id), since TEXT NOT NULL,
    until TEXT NOT NULL, PRIMARY KEY (listing_id, since)) WITHOUT ROWID;
ALTER TABLE asks ADD COLUMN reached TEXT;
"""


@archive_migrations()
def m001_archive(db: Database) -> None:
    """Articles, their full text, the frontier and the runs."""
    _run(db, ARTICLES + FRONTIER + FULL_TEXT)


@archive_migrations()
def m002_versions(db: Database) -> None:
    """Versions that can be cited and searched; withdrawals and returns; the plan of new looks."""
    _run(db, VERSIONS)
    texts = db.conn.execute("SELECT title, lead, body, id FROM versions").fetchall()
    forms = ((d_forms(title, lead, body), key) for title, lead, body, key in texts)
    db.conn.executemany("UPDATE versions SET d_forms = ? WHERE id = ?", forms)
    _run(db, VERSIONS_FULL_TEXT + WITHDRAWALS)


@archive_migrations()
def m003_addresses(db: Database) -> None:
    """All addresses of an article; those of the articles that are kept already."""
    _run(db, ADDRESSES)


@archive_migrations()
def m004_copies(db: Database) -> None:
    """Signatures, and the stories that they lead to."""
    _run(db, COPIES)


@archive_migrations()
def m005_readings(db: Database) -> None:
    """Which reader read each page, and what articles said before they were read better."""
    _run(db, READINGS)


@archive_migrations()
def m006_sections(db: Database) -> None:
    """The path of sections that an article stands in, a JSON list, outermost first."""
    _run(db, "ALTER TABLE articles ADD COLUMN sections TEXT;")


@archive_migrations()
def m007_finding(db: Database) -> None:
    """What `author:`, `has:`, `site:` and `prefix*` of a query ask."""
    _run(db, FIELDS + WORDS)


@archive_migrations()
def m008_stretches(db: Database) -> None:
    """Which times the listings of each site were watched without a hole."""
    _run(db, STRETCHES)


@archive_migrations()
def m010_watches(db: Database) -> None:
    """In which order articles came, and who is told which of them."""
    _run(db, ARRIVALS + WATCHES)


@archive_migrations()
def m011_texts_once(db: Database) -> None:
    """Blocks without the text that the body holds."""
    _run(db, "DROP TRIGGER fields_au;")  # no field changes
    db.register_function(without_texts, deterministic=True)
    for table in ("articles", "versions"):
        db.conn.execute(
            f"UPDATE {table} SET blocks = without_texts(blocks, body) WHERE blocks IS NOT NULL"
        )
    _run(db, CHANGES)


@archive_migrations()
def m012_written_later(db: Database) -> None:
    """New articles are indexed together, and the keys of their signatures written together."""
    _run(db, INDEXED_LATER + BANDS_LATER)


@pages_migrations()
def m001_pages(db: Database) -> None:
    """Raw pages, the same body stored once."""
    _run(db, PAGES)


@pages_migrations()
def m002_protocol(db: Database) -> None:
    """What a true status line needs, and the redirects on the way to a page."""
    _run(
        db,
        "ALTER TABLE pages ADD COLUMN protocol TEXT;\n"
        "ALTER TABLE pages ADD COLUMN redirects TEXT;\n",
    )


def _run(db: Database, script: str) -> None:
    # executescript() would commit behind the migration's back; a trigger holds semicolons itself.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if statement.strip() and sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""
