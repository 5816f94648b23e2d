-- The tree of organisations, who handles which procedure, who may act for both sides, what administrators did.
-- path: "/" for the department (Cục), "/<id>/…/<own id>/" below it; '' is nowhere and seen by nobody. A branch
-- is a range of paths, so a query over it is a range of an index. A dossier carries its organisation's path.

ALTER TABLE organisation ADD COLUMN kind TEXT NOT NULL DEFAULT 'organisation'
    CHECK (kind IN ('department', 'delegate', 'organisation'));
ALTER TABLE organisation ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN folded TEXT NOT NULL DEFAULT '';
ALTER TABLE organisation ADD COLUMN separation TEXT NOT NULL DEFAULT 'auto'
    CHECK (separation IN ('auto', 'always', 'never'));
ALTER TABLE dossier ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN handler TEXT REFERENCES organisation (id);

UPDATE organisation SET folded = lower(code || ' ' || name);
UPDATE organisation SET kind = 'delegate' WHERE sector = 'authority';
UPDATE organisation SET kind = 'department', parent_id = NULL WHERE id =
    (SELECT id FROM organisation WHERE sector = 'authority' ORDER BY created_at, id LIMIT 1);
UPDATE organisation SET parent_id = (SELECT id FROM organisation WHERE kind = 'department')
    WHERE kind <> 'department' AND parent_id IS NULL;
WITH RECURSIVE tree (id, path) AS (
    SELECT id, '/' FROM organisation WHERE kind = 'department'
    UNION ALL
    SELECT o.id, tree.path || o.id || '/' FROM organisation o JOIN tree ON o.parent_id = tree.id)
UPDATE organisation SET path = coalesce((SELECT tree.path FROM tree WHERE tree.id = organisation.id), '');
UPDATE dossier SET path = (SELECT o.path FROM organisation o WHERE o.id = dossier.org_id);
UPDATE dossier SET handler = (SELECT id FROM organisation WHERE kind = 'department')
    WHERE state NOT IN ('draft', 'to-sign');

CREATE UNIQUE INDEX organisation_department ON organisation (kind) WHERE kind = 'department';
CREATE INDEX organisation_by_path ON organisation (path);
CREATE INDEX organisation_by_time ON organisation (created_at, id);
CREATE INDEX dossier_by_path ON dossier (path, created_at, id, state);
CREATE INDEX dossier_by_time ON dossier (created_at, id);

-- Which procedures a delegated authority handles for its branch. None: the department does.
CREATE TABLE delegation (
    org_id TEXT NOT NULL REFERENCES organisation (id),
    procedure TEXT NOT NULL CHECK (procedure IN ('new', 'renew', 'change', 'revoke')),
    PRIMARY KEY (org_id, procedure)
);

-- What was done to an organisation and its people.
CREATE TABLE org_event (
    org_id TEXT NOT NULL REFERENCES organisation (id),
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_id TEXT,
    staff_id TEXT,
    action TEXT NOT NULL,
    note TEXT,
    PRIMARY KEY (org_id, sequence)
);
