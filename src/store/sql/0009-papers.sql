-- The papers of a dossier: files by their SHA-256, what they stand for, links by which subscribers fill in their own
-- requests, and the reports on the signed documents. Of secrets only the hash is kept. Times are Unix seconds.

CREATE TABLE paper (
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    hash BLOB NOT NULL,
    sealed_content BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, hash)
);

CREATE TABLE attachment (
    dossier_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    hash BLOB NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, number),
    UNIQUE (dossier_id, hash),
    FOREIGN KEY (dossier_id, hash) REFERENCES paper (dossier_id, hash)
);

-- Văn bản đề nghị của thuê bao. row_hash: SHA-256 of what the row said when it came; by link: address, by upload: staff_id.
CREATE TABLE own_request (
    dossier_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('link', 'upload')),
    hash BLOB NOT NULL,
    row_hash BLOB NOT NULL,
    address TEXT,
    staff_id TEXT REFERENCES staff (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, number),
    FOREIGN KEY (dossier_id, number) REFERENCES dossier_row (dossier_id, number) ON DELETE CASCADE,
    FOREIGN KEY (dossier_id, hash) REFERENCES paper (dossier_id, hash)
);
CREATE INDEX own_request_by_hash ON own_request (dossier_id, hash);

-- hash NULL: used. made: how many links the row was given since `since`.
CREATE TABLE own_link (
    dossier_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    hash BLOB UNIQUE,
    made BIGINT NOT NULL,
    since BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, number),
    FOREIGN KEY (dossier_id, number) REFERENCES dossier_row (dossier_id, number) ON DELETE CASCADE
);

CREATE TABLE validation_report (
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    hash BLOB NOT NULL,
    sealed_report BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, hash)
);
