-- Signing: what a client asked for and a device is to approve, and the signatures made.

CREATE TABLE pending_sign (
    handle TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES client (client_id),
    owner TEXT NOT NULL,
    key_id TEXT NOT NULL,
    statement BLOB NOT NULL,
    statement_hash BLOB NOT NULL UNIQUE,
    hash_count BIGINT NOT NULL CHECK (hash_count BETWEEN 1 AND 1000),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'authorised', 'rejected')),
    device_id TEXT,
    authorisations BLOB,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX pending_sign_by_owner ON pending_sign (owner, state, expires_at);
CREATE INDEX pending_sign_by_expiry ON pending_sign (expires_at);

-- One row a position, written with the key process's answer; unknown: it was reserved, and lost in a crash.
CREATE TABLE signature (
    handle TEXT NOT NULL REFERENCES pending_sign (handle) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('made', 'unknown')),
    value BLOB,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (handle, position)
);

CREATE TABLE sad_token (
    hash BLOB PRIMARY KEY,
    handle TEXT NOT NULL REFERENCES pending_sign (handle) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
