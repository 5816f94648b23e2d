-- What the key processes made and can verify again: records, wrapped keys, certificates, logs.

CREATE TABLE record (
    process TEXT NOT NULL CHECK (process IN ('sam', 'ca')),
    id TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    type TEXT NOT NULL,
    owner TEXT,
    is_current BIGINT NOT NULL CHECK (is_current IN (0, 1)),
    json BLOB NOT NULL,
    mac BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (process, id, version)
);
CREATE UNIQUE INDEX record_current ON record (process, id) WHERE is_current = 1;
CREATE INDEX record_by_owner ON record (process, owner, type) WHERE is_current = 1;
CREATE INDEX record_by_type ON record (process, type, id) WHERE is_current = 1;

CREATE TABLE key_blob (
    key_id TEXT PRIMARY KEY,
    dossier_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    blob BLOB NOT NULL,
    attestation BLOB NOT NULL,
    attestation_signature BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (dossier_id, number),
    FOREIGN KEY (dossier_id, number) REFERENCES dossier_row (dossier_id, number)
);

-- waiting: serial and linted preview are stored, the signature is still to come.
CREATE TABLE certificate (
    serial TEXT PRIMARY KEY,
    dossier_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'good', 'revoked')),
    der BLOB NOT NULL,
    hash BLOB,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL,
    reason BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (dossier_id, number),
    FOREIGN KEY (dossier_id, number) REFERENCES dossier_row (dossier_id, number)
);
CREATE INDEX certificate_by_key ON certificate (key_id);
CREATE INDEX certificate_by_owner ON certificate (owner);
CREATE INDEX certificate_by_hash ON certificate (hash);
CREATE INDEX certificate_waiting ON certificate (created_at) WHERE status = 'waiting';

CREATE TABLE activation (
    id TEXT PRIMARY KEY,
    dossier_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dead')),
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (dossier_id, number) REFERENCES dossier_row (dossier_id, number)
);
CREATE INDEX activation_by_owner ON activation (owner);

-- Statements that officers authorise; those of subscribers' devices are in pending_sign.
CREATE TABLE statement (
    hash BLOB PRIMARY KEY,
    type TEXT NOT NULL,
    dossier_id TEXT REFERENCES dossier (id),
    json BLOB NOT NULL,
    authorisations BLOB,
    evidence BLOB,
    state TEXT NOT NULL CHECK (state IN ('open', 'authorised', 'executed', 'void')),
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX statement_by_dossier ON statement (dossier_id, type);
CREATE INDEX statement_by_state ON statement (state, expires_at);

-- Copies of the keepers' logs, entries of 128 bytes.
CREATE TABLE registry_log (
    process BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (process, sequence)
);

CREATE TABLE crl (
    number BIGINT PRIMARY KEY,
    der BLOB NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL
);

CREATE TABLE ocsp_answer (
    serial TEXT PRIMARY KEY,
    der BLOB NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL
);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Numbers that people read, counted in the transaction that uses them.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
