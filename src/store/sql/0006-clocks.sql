-- Clocks: lists of working days in versions, the clock of each dossier and when it stood, what
-- happens by itself at a moment, and how many dossiers stand where.

CREATE TABLE calendar_list (
    year BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'confirmed', 'replaced')),
    list BLOB NOT NULL,
    hash BLOB NOT NULL,
    edited_by TEXT NOT NULL REFERENCES staff (id),
    edited_at BIGINT NOT NULL,
    confirmed_by TEXT REFERENCES staff (id),
    confirmed_at BIGINT NOT NULL,
    PRIMARY KEY (year, version)
);
CREATE UNIQUE INDEX calendar_list_draft ON calendar_list (year) WHERE state = 'draft';
CREATE UNIQUE INDEX calendar_list_confirmed ON calendar_list (year) WHERE state = 'confirmed';

-- stage: shares of the limit that are used up: 0, 1 (first warning), 2 (second), 3 overdue.
ALTER TABLE dossier ADD COLUMN clock TEXT NOT NULL DEFAULT 'none'
    CHECK (clock IN ('none', 'runs', 'stands', 'ended'));
ALTER TABLE dossier ADD COLUMN stage BIGINT NOT NULL DEFAULT 0 CHECK (stage BETWEEN 0 AND 3);
CREATE INDEX dossier_by_due ON dossier (due_at, id) WHERE clock IN ('runs', 'stands');
CREATE INDEX dossier_by_state_due ON dossier (state, due_at, id) WHERE clock IN ('runs', 'stands');
CREATE INDEX dossier_by_org_due ON dossier (org_id, due_at, id) WHERE clock IN ('runs', 'stands');
CREATE INDEX dossier_by_path_due ON dossier (path, due_at, id, state, clock) WHERE clock IN ('runs', 'stands');

-- Of what a deadline is reckoned. calendar: number of the confirmation it was last reckoned after.
CREATE TABLE dossier_clock (
    dossier_id TEXT PRIMARY KEY REFERENCES dossier (id),
    unit TEXT NOT NULL CHECK (unit IN ('working-day', 'hour')),
    amount BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    calendar BIGINT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX dossier_clock_open ON dossier_clock (calendar, dossier_id) WHERE ended_at = 0;

CREATE TABLE dossier_pause (
    dossier_id TEXT NOT NULL REFERENCES dossier_clock (dossier_id),
    sequence BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    answer_by BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, sequence)
);

CREATE TABLE dossier_timer (
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, kind)
);
CREATE INDEX dossier_timer_due ON dossier_timer (at, dossier_id, kind);

-- Counted in the transaction that moves a dossier.
CREATE TABLE dossier_count (
    state TEXT NOT NULL,
    stage BIGINT NOT NULL,
    dossiers BIGINT NOT NULL,
    PRIMARY KEY (state, stage)
);
INSERT INTO dossier_count (state, stage, dossiers) SELECT state, 0, count(*) FROM dossier GROUP BY state;
