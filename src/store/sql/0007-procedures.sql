-- Renewal, change and revocation: rows about a certificate, what took its place, every request that was ever signed,
-- and requests for revocation that ca has to be told of.

ALTER TABLE dossier_row ADD COLUMN old_serial TEXT REFERENCES certificate (serial);
CREATE INDEX dossier_row_by_old ON dossier_row (old_serial) WHERE old_serial IS NOT NULL;

ALTER TABLE certificate ADD COLUMN superseded_by TEXT REFERENCES certificate (serial);

-- Requests that were signed and then corrected: ca and sam may still execute them. Kept for ever.
CREATE TABLE request_earlier (
    statement_hash BLOB PRIMARY KEY,
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    sealed_draft BLOB NOT NULL,
    draft_hash BLOB NOT NULL,
    sealed_statement BLOB NOT NULL,
    sealed_document BLOB NOT NULL,
    document_hash BLOB NOT NULL,
    authorisations BLOB NOT NULL,
    evidence BLOB,
    seal_record TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signed_at BIGINT NOT NULL
);
CREATE INDEX request_earlier_by_dossier ON request_earlier (dossier_id, signed_at);

-- told_at: when ca took the request, 0: not yet. overdue_s: after so long ca executes it by itself, as it said; 0: never.
-- next_at: when there is something to do about it.
CREATE TABLE revocation_watch (
    dossier_id TEXT PRIMARY KEY REFERENCES dossier (id),
    told_at BIGINT NOT NULL,
    overdue_s BIGINT NOT NULL,
    next_at BIGINT NOT NULL
);
CREATE INDEX revocation_watch_due ON revocation_watch (next_at, dossier_id);
