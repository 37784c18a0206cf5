"""The order in which articles came, and the watches that tell of them.

Ids of articles are in the order of their publication, so what is new cannot be read off them. The
numbers of arrivals are given by SQLite inside the transaction that stores an article: with one
writer at a time, a higher number is never visible before a lower one. Triggers give them, so that
an article counts however it came: crawled, imported, merged or read again.
"""

ARRIVALS = """
CREATE TABLE arrivals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE,
    change TEXT NOT NULL
        CHECK (change IN ('new','corrected','reread','withdrawn','returned')));
CREATE INDEX arrivals_article ON arrivals(article_id);
INSERT INTO arrivals (article_id, change)
    SELECT id, 'new' FROM articles INDEXED BY articles_of_site ORDER BY id;
CREATE TRIGGER arrivals_ai AFTER INSERT ON articles BEGIN
    INSERT INTO arrivals (article_id, change) VALUES (new.id, 'new');
END;
CREATE TRIGGER arrivals_au AFTER UPDATE OF content_hash, authors, section, sections, tags
ON articles WHEN old.content_hash IS NOT new.content_hash OR old.authors IS NOT new.authors
    OR old.section IS NOT new.section OR old.sections IS NOT new.sections
    OR old.tags IS NOT new.tags BEGIN
    INSERT INTO arrivals (article_id, change) VALUES (new.id,
        iif(new.version > old.version AND old.content_hash IS NOT new.content_hash,
            'corrected', 'reread'));
END;
CREATE TRIGGER arrivals_aw AFTER UPDATE OF withdrawn_at ON articles
WHEN (old.withdrawn_at IS NULL) <> (new.withdrawn_at IS NULL) BEGIN
    INSERT INTO arrivals (article_id, change)
        VALUES (new.id, iif(new.withdrawn_at IS NULL, 'returned', 'withdrawn'));
END;
"""
# told_to: what a channel was told for sure; telling_to: what it is being told, so that what a
# killed run may have sent goes out again as the same message, under the same number.
WATCHES = """
CREATE TABLE watches (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, tag TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL, only_exact INTEGER NOT NULL, tells_changes INTEGER NOT NULL,
    created_at TEXT NOT NULL, started_after INTEGER NOT NULL, looked_to INTEGER NOT NULL,
    looked_at TEXT, failed_at TEXT, failure TEXT);
CREATE TABLE watch_hits (
    watch_id INTEGER NOT NULL REFERENCES watches(id) ON DELETE CASCADE,
    arrival_id INTEGER NOT NULL,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE,
    change TEXT NOT NULL CHECK (change IN ('new','corrected','withdrawn','returned')),
    found_at TEXT NOT NULL,
    PRIMARY KEY (watch_id, arrival_id)) WITHOUT ROWID;
CREATE INDEX watch_hits_article ON watch_hits(article_id);
CREATE TABLE watch_channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    watch_id INTEGER NOT NULL REFERENCES watches(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('atom','mail','webhook','print')), target TEXT NOT NULL,
    allows_private INTEGER NOT NULL,
    told_to INTEGER NOT NULL, telling_to INTEGER, told_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0, failed_at TEXT, failure TEXT,
    UNIQUE (watch_id, kind, target));
"""
