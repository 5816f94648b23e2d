-- Signing by a program on a person's machine: the one-time addresses that it fetches the document from and brings it back to,
-- and the document while signatures are collected. Of a secret only the hash is kept. Times are Unix seconds; 0: not yet.

-- session_id: the log-in that the addresses end with; NULL: asked for with a token. document_hash: of what is handed out.
CREATE TABLE agent_visit (
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    session_id TEXT,
    document_hash BLOB NOT NULL,
    seal_record TEXT NOT NULL,
    evidence BLOB NOT NULL,
    download_hash BLOB NOT NULL UNIQUE,
    upload_hash BLOB NOT NULL UNIQUE,
    downloaded_at BIGINT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, staff_id)
);
CREATE INDEX agent_visit_by_end ON agent_visit (expires_at);

-- As each signer left it; draft_hash: of the drawn document that it begins with.
CREATE TABLE request_signing (
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    seal_record TEXT NOT NULL,
    draft_hash BLOB NOT NULL,
    document_hash BLOB NOT NULL,
    sealed_document BLOB NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, seal_record)
);
