-- Registration: organisations, the people who work with dossiers, clients of the API, dossiers.
-- Ids are lower-case hex of 16 random bytes. Times are Unix seconds. Columns named sealed_… are
-- encrypted under the data key (domain/personal); identity_hash is the keyed hash they are found by.

CREATE TABLE organisation (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    parent_id TEXT REFERENCES organisation (id),
    parent_name TEXT,
    name TEXT NOT NULL,
    province TEXT NOT NULL,
    place TEXT NOT NULL,
    sector TEXT NOT NULL CHECK (sector IN ('education', 'health', 'authority')),
    address TEXT,
    email TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'closed')),
    created_at BIGINT NOT NULL
);

CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES organisation (id),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    roles TEXT NOT NULL,
    officer_record TEXT,
    owner TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'closed')),
    created_at BIGINT NOT NULL
);
CREATE INDEX staff_by_org ON staff (org_id);

CREATE TABLE staff_token (
    hash BLOB PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX staff_token_by_expiry ON staff_token (expires_at);

CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    secret_hash BLOB NOT NULL,
    record_id TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'closed')),
    created_at BIGINT NOT NULL
);

CREATE TABLE access_token (
    hash BLOB PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES client (client_id),
    owner TEXT,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_token_by_expiry ON access_token (expires_at);

CREATE TABLE dossier (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    org_id TEXT NOT NULL REFERENCES organisation (id),
    procedure TEXT NOT NULL CHECK (procedure IN ('new', 'renew', 'change', 'revoke')),
    state TEXT NOT NULL,
    entered_by TEXT NOT NULL REFERENCES staff (id),
    legal TEXT NOT NULL,
    document_number TEXT,
    document_date BIGINT NOT NULL,
    signer_title TEXT,
    signer_name TEXT,
    recipient_name TEXT NOT NULL,
    recipient_title TEXT,
    recipient_channel TEXT NOT NULL CHECK (recipient_channel IN ('email', 'sms')),
    recipient_email TEXT NOT NULL,
    sealed_recipient_phone BLOB NOT NULL,
    note TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX dossier_by_org ON dossier (org_id, created_at, id);
CREATE INDEX dossier_by_state ON dossier (state, created_at, id);

CREATE TABLE dossier_row (
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    number BIGINT NOT NULL CHECK (number BETWEEN 1 AND 1000),
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    identity_hash BLOB NOT NULL,
    sealed_person BLOB NOT NULL,
    owner TEXT,
    key_id TEXT,
    serial TEXT,
    reason TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (dossier_id, number),
    UNIQUE (dossier_id, identity_hash)
);
CREATE INDEX dossier_row_by_identity ON dossier_row (identity_hash);
CREATE INDEX dossier_row_by_owner ON dossier_row (owner);

CREATE TABLE dossier_event (
    dossier_id TEXT NOT NULL REFERENCES dossier (id),
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    staff_id TEXT,
    action TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    note TEXT,
    PRIMARY KEY (dossier_id, sequence)
);

-- The request: its document as drawn and as signed, the statement and who authorised it.
CREATE TABLE request (
    dossier_id TEXT PRIMARY KEY REFERENCES dossier (id),
    sealed_draft BLOB NOT NULL,
    draft_hash BLOB NOT NULL,
    sealed_statement BLOB,
    statement_hash BLOB UNIQUE,
    sealed_document BLOB,
    document_hash BLOB,
    authorisations BLOB,
    evidence BLOB,
    seal_record TEXT,
    created_at BIGINT NOT NULL,
    signed_at BIGINT NOT NULL
);
