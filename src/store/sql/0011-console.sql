-- What the console lists and finds. A certificate carries the organisation of its dossier and that one's path, as
-- dossiers do. ordinal counts up with creation: the number by which words are found (the virtual tables below). until is
-- not_after × 2^20 + ordinal mod 2^20: one number that certificates end in the order of.

ALTER TABLE certificate ADD COLUMN org_id TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE certificate ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 0;
ALTER TABLE certificate ADD COLUMN until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN ordinal BIGINT NOT NULL DEFAULT 0;
UPDATE certificate SET
    org_id = (SELECT dossier.org_id FROM dossier WHERE dossier.id = certificate.dossier_id),
    path = (SELECT dossier.path FROM dossier WHERE dossier.id = certificate.dossier_id),
    ordinal = certificate.rowid,
    until = not_after * 1048576 + certificate.rowid % 1048576;
UPDATE dossier SET ordinal = dossier.rowid;
-- The next number, and how many of before are not in the virtual tables yet (domain/search).
INSERT INTO counter (name, value)
    SELECT 'ordinal.certificate', coalesce(max(ordinal), 0) FROM certificate
    UNION ALL SELECT 'ordinal.dossier', coalesce(max(ordinal), 0) FROM dossier
    UNION ALL SELECT 'unfound.certificate', coalesce(max(ordinal), 0) FROM certificate
    UNION ALL SELECT 'unfound.dossier', coalesce(max(ordinal), 0) FROM dossier;

CREATE INDEX dossier_by_ordinal ON dossier (ordinal);
CREATE INDEX certificate_by_ordinal ON certificate (ordinal);
CREATE INDEX certificate_by_time ON certificate (created_at, serial) WHERE status <> 'waiting';
CREATE INDEX certificate_by_org ON certificate (org_id, created_at, serial) WHERE status <> 'waiting';
CREATE INDEX certificate_by_path ON certificate (path);
CREATE INDEX certificate_by_until ON certificate (until);
CREATE INDEX certificate_by_org_until ON certificate (org_id, until);
CREATE INDEX certificate_revoked ON certificate (revoked_at, serial) WHERE status = 'revoked';
CREATE INDEX certificate_revoked_org ON certificate (org_id, revoked_at, serial) WHERE status = 'revoked';
CREATE INDEX certificate_revoked_path ON certificate (path, revoked_at, serial) WHERE status = 'revoked';

-- Words without marks, one row an ordinal. branch: the ids of the path, each after U+E000, which no word begins with.
-- SQLite's own: another database finds words in its own way behind store/find.
CREATE VIRTUAL TABLE dossier_text USING fts5 (words, org, branch,
    tokenize = 'unicode61 remove_diacritics 0', detail = 'none', columnsize = 0, prefix = '2 3 4 5 6');
CREATE VIRTUAL TABLE certificate_text USING fts5 (words, org, branch,
    tokenize = 'unicode61 remove_diacritics 0', detail = 'none', columnsize = 0, prefix = '2 3 4 5 6');
-- Only the branch; the number of a row is `until`: what ends in a branch, in order.
CREATE VIRTUAL TABLE certificate_until USING fts5 (branch,
    tokenize = 'unicode61 remove_diacritics 0', detail = 'none', columnsize = 0);

CREATE INDEX activation_waiting ON activation (expires_at, id) WHERE state = 'waiting';

-- Where anybody who was given the code sees the dossier (domain/tracking); both from when it is sent.
ALTER TABLE dossier ADD COLUMN tracking TEXT;
ALTER TABLE dossier ADD COLUMN sent_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX dossier_tracked ON dossier (tracking) WHERE tracking IS NOT NULL;
UPDATE dossier SET sent_at = coalesce((SELECT request.signed_at FROM request WHERE request.dossier_id = dossier.id), 0);

-- Counters, one row for every branch that holds the dossier: '/' (the department's, everything) and each id of its path.
-- They follow in the transaction that moves a dossier, and a branch that moves takes its own along.
CREATE TABLE branch_count (
    branch TEXT NOT NULL,
    state TEXT NOT NULL,
    stage BIGINT NOT NULL,
    dossiers BIGINT NOT NULL,
    PRIMARY KEY (branch, state, stage)
);
INSERT INTO branch_count (branch, state, stage, dossiers)
    SELECT '/', state, stage, count(*) FROM dossier GROUP BY state, stage;
INSERT INTO branch_count (branch, state, stage, dossiers)
    SELECT o.id, d.state, d.stage, count(*) FROM organisation o JOIN dossier d
        ON d.path >= o.path AND d.path < substr(o.path, 1, length(o.path) - 1) || '0'
    WHERE o.path <> '' AND o.path <> '/' GROUP BY o.id, d.state, d.stage;
DROP TABLE dossier_count;

-- month: year × 100 + month, in Vietnam. measure: sent, done, refused, withdrawn, lapsed, late, and within-N: answered in
-- at most N hours, each in the smallest that fits (domain/figure). Counted from when this table is there.
CREATE TABLE figure (
    branch TEXT NOT NULL,
    month BIGINT NOT NULL,
    procedure TEXT NOT NULL,
    province TEXT NOT NULL,
    sector TEXT NOT NULL,
    measure TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (branch, month, procedure, province, sector, measure)
);

-- Saved views of lists, as the pages of that person keep them.
CREATE TABLE staff_view (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    json BLOB NOT NULL,
    updated_at BIGINT NOT NULL
);
