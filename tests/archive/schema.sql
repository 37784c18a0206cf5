-- archive.db
CREATE TABLE sources ( slug TEXT PRIMARY KEY, name TEXT NOT NULL, homepage TEXT NOT NULL, language TEXT NOT NULL)
CREATE TABLE sites ( slug TEXT PRIMARY KEY, name TEXT NOT NULL, homepage TEXT NOT NULL, source TEXT NOT NULL REFERENCES sources(slug), family TEXT, evidence TEXT, revisit TEXT, address_rules TEXT)
CREATE TABLE articles ( id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, site TEXT NOT NULL REFERENCES sites(slug), source TEXT NOT NULL REFERENCES sources(slug), origin TEXT, section TEXT, published_at TEXT, published_from TEXT, modified_at TEXT, year INTEGER, language TEXT, title TEXT NOT NULL, lead TEXT, authors TEXT, tags TEXT, images TEXT, attachments TEXT, layers TEXT, first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL, withdrawn_at TEXT, version INTEGER NOT NULL, page_id INTEGER, extractor INTEGER NOT NULL, content_hash TEXT NOT NULL, d_forms TEXT, blocks TEXT, body TEXT, read_page_id INTEGER, sections TEXT)
CREATE INDEX articles_published ON articles(published_at)
CREATE INDEX articles_source_published ON articles(source, published_at)
CREATE INDEX articles_site_published ON articles(site, published_at)
CREATE INDEX articles_year_site ON articles(year, site)
CREATE INDEX articles_section ON articles(section)
CREATE TABLE citations ( number TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id), kind TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (number, article_id)) WITHOUT ROWID
CREATE INDEX citations_article ON citations(article_id)
CREATE TABLE runs ( id INTEGER PRIMARY KEY, started_at TEXT NOT NULL, ended_at TEXT, command TEXT NOT NULL, program TEXT NOT NULL, exit_code INTEGER, reason TEXT)
CREATE TABLE run_sites ( run_id INTEGER NOT NULL REFERENCES runs(id), site TEXT NOT NULL REFERENCES sites(slug), listings INTEGER NOT NULL DEFAULT 0, listings_failed INTEGER NOT NULL DEFAULT 0, found INTEGER NOT NULL DEFAULT 0, asked INTEGER NOT NULL DEFAULT 0, new INTEGER NOT NULL DEFAULT 0, revised INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, reason TEXT, PRIMARY KEY (run_id, site))
CREATE TABLE frontier ( url TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), state TEXT NOT NULL CHECK (state IN ('due','fetching','done','unchanged','failed','refused','gone','ignored')), reason TEXT, tries INTEGER NOT NULL DEFAULT 0, found_at TEXT NOT NULL, found_on TEXT, listed_date TEXT, listed_title TEXT, listed_section TEXT, asked_at TEXT, answered_at TEXT, due_at TEXT, status INTEGER, etag TEXT, last_modified TEXT, page_id INTEGER, article_id INTEGER REFERENCES articles(id), listed_changed TEXT, key TEXT) WITHOUT ROWID
CREATE INDEX frontier_due ON frontier(site, state, due_at)
CREATE INDEX frontier_article ON frontier(article_id)
CREATE TABLE outcomes ( id INTEGER PRIMARY KEY, url TEXT NOT NULL, run_id INTEGER REFERENCES runs(id), at TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, status INTEGER, page_id INTEGER)
CREATE INDEX outcomes_url ON outcomes(url, at)
CREATE INDEX outcomes_run ON outcomes(run_id)
CREATE TABLE listings ( key TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), url TEXT NOT NULL, etag TEXT, last_modified TEXT, body_hash TEXT, asked_at TEXT, answered_at TEXT, status INTEGER, reason TEXT, links INTEGER) WITHOUT ROWID
CREATE TABLE asks ( key TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), listing TEXT NOT NULL, url TEXT NOT NULL, form TEXT NOT NULL, page INTEGER NOT NULL, depth INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID
CREATE TABLE hosts (host TEXT PRIMARY KEY, not_before TEXT NOT NULL, reason TEXT) WITHOUT ROWID
CREATE VIRTUAL TABLE articles_fts USING fts5(title, lead, body, d_forms, tokenize='unicode61 remove_diacritics 2', content="articles", content_rowid="id")
CREATE VIRTUAL TABLE articles_exact USING fts5(title, lead, body, tokenize='unicode61 remove_diacritics 0', detail=none, content='articles', content_rowid='id')
CREATE TRIGGER articles_ai AFTER INSERT ON articles BEGIN INSERT INTO articles_fts(rowid, title, lead, body, d_forms) VALUES (new.id, new.title, new.lead, new.body, new.d_forms); INSERT INTO articles_exact(rowid, title, lead, body) VALUES (new.id, new.title, new.lead, new.body); END
CREATE TRIGGER articles_ad AFTER DELETE ON articles BEGIN INSERT INTO articles_fts(articles_fts, rowid, title, lead, body, d_forms) VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms); INSERT INTO articles_exact(articles_exact, rowid, title, lead, body) VALUES ('delete', old.id, old.title, old.lead, old.body); END
CREATE TRIGGER articles_au AFTER UPDATE OF id, title, lead, body, d_forms ON articles WHEN old.id IS NOT new.id OR old.title IS NOT new.title OR old.lead IS NOT new.lead OR old.body IS NOT new.body OR old.d_forms IS NOT new.d_forms BEGIN INSERT INTO articles_fts(articles_fts, rowid, title, lead, body, d_forms) VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms); INSERT INTO articles_exact(articles_exact, rowid, title, lead, body) VALUES ('delete', old.id, old.title, old.lead, old.body); INSERT INTO articles_fts(rowid, title, lead, body, d_forms) VALUES (new.id, new.title, new.lead, new.body, new.d_forms); INSERT INTO articles_exact(rowid, title, lead, body) VALUES (new.id, new.title, new.lead, new.body); END
CREATE TABLE versions ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), version INTEGER NOT NULL, seen_at TEXT NOT NULL, last_seen_at TEXT, replaced_at TEXT NOT NULL, page_id INTEGER, url TEXT, site TEXT, source TEXT, origin TEXT, section TEXT, sections TEXT, published_at TEXT, published_from TEXT, modified_at TEXT, language TEXT, title TEXT NOT NULL, lead TEXT, authors TEXT, tags TEXT, images TEXT, attachments TEXT, layers TEXT, extractor INTEGER, content_hash TEXT NOT NULL, d_forms TEXT, blocks TEXT, body TEXT, read_page_id INTEGER, UNIQUE (article_id, version))
CREATE INDEX versions_replaced ON versions(replaced_at)
CREATE VIRTUAL TABLE versions_fts USING fts5(title, lead, body, d_forms, tokenize='unicode61 remove_diacritics 2', content="versions", content_rowid="id")
CREATE TABLE 'versions_fts_data'(id INTEGER PRIMARY KEY, block BLOB)
CREATE TABLE 'versions_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID
CREATE TABLE 'versions_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB)
CREATE TABLE 'versions_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID
CREATE TRIGGER versions_ai AFTER INSERT ON versions BEGIN INSERT INTO versions_fts(rowid, title, lead, body, d_forms) VALUES (new.id, new.title, new.lead, new.body, new.d_forms); END
CREATE TRIGGER versions_ad AFTER DELETE ON versions BEGIN INSERT INTO versions_fts(versions_fts, rowid, title, lead, body, d_forms) VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms); END
CREATE TRIGGER versions_au AFTER UPDATE OF id, title, lead, body, d_forms ON versions WHEN old.id IS NOT new.id OR old.title IS NOT new.title OR old.lead IS NOT new.lead OR old.body IS NOT new.body OR old.d_forms IS NOT new.d_forms BEGIN INSERT INTO versions_fts(versions_fts, rowid, title, lead, body, d_forms) VALUES ('delete', old.id, old.title, old.lead, old.body, old.d_forms); INSERT INTO versions_fts(rowid, title, lead, body, d_forms) VALUES (new.id, new.title, new.lead, new.body, new.d_forms); END
CREATE TABLE withdrawals ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), url TEXT NOT NULL, withdrawn_at TEXT NOT NULL, reason TEXT, status INTEGER, page_id INTEGER, returned_at TEXT)
CREATE INDEX withdrawals_article ON withdrawals(article_id)
CREATE TABLE addresses ( address TEXT PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE, site TEXT NOT NULL REFERENCES sites(slug), key TEXT, how TEXT NOT NULL, first_seen_at TEXT NOT NULL) WITHOUT ROWID
CREATE INDEX addresses_article ON addresses(article_id)
CREATE INDEX addresses_key ON addresses(site, key) WHERE key IS NOT NULL
CREATE INDEX frontier_key ON frontier(site, key) WHERE key IS NOT NULL
CREATE TABLE signatures ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL UNIQUE REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE, maker INTEGER NOT NULL, size INTEGER NOT NULL, signature BLOB NOT NULL)
CREATE TABLE bands ( band INTEGER NOT NULL, signature_id INTEGER NOT NULL, PRIMARY KEY (band, signature_id)) WITHOUT ROWID
CREATE TABLE pairs ( article_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE, other_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE, shared REAL NOT NULL, alike REAL NOT NULL, numbers REAL NOT NULL, PRIMARY KEY (article_id, other_id)) WITHOUT ROWID
CREATE INDEX pairs_other ON pairs(other_id)
CREATE TABLE stories ( article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE, first_id INTEGER NOT NULL REFERENCES articles(id) ON UPDATE CASCADE ON DELETE CASCADE)
CREATE INDEX stories_first ON stories(first_id)
CREATE TABLE readers ( id INTEGER PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(slug), extractor INTEGER NOT NULL, rules TEXT NOT NULL, UNIQUE (site, extractor, rules))
CREATE TABLE pages_read ( page_id INTEGER PRIMARY KEY, reader_id INTEGER NOT NULL REFERENCES readers(id))
CREATE TABLE readings ( id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), version INTEGER NOT NULL, replaced_at TEXT NOT NULL, extractor INTEGER, former TEXT NOT NULL)
CREATE INDEX readings_article ON readings(article_id, version)
-- pages.db
CREATE TABLE dictionaries ( id INTEGER PRIMARY KEY, site TEXT NOT NULL, made_at TEXT NOT NULL, z BLOB NOT NULL)
CREATE TABLE bodies ( sha256 BLOB PRIMARY KEY, dictionary_id INTEGER REFERENCES dictionaries(id), size INTEGER NOT NULL, z BLOB NOT NULL)
CREATE TABLE pages ( id INTEGER PRIMARY KEY, site TEXT NOT NULL, url TEXT NOT NULL, final_url TEXT NOT NULL, fetched_at TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL, sha256 BLOB REFERENCES bodies(sha256), protocol TEXT, redirects TEXT)
CREATE INDEX pages_url ON pages(url, fetched_at)
CREATE INDEX pages_sha256 ON pages(sha256)
