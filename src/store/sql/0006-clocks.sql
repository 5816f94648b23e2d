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
