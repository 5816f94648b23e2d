-- Log-in of people: the keys they prove themselves with, sessions, and what lives only for minutes.
-- Secrets (cookies, codes, invitations) are kept as their hash. Times are Unix seconds.

-- A certificate on a token, or a passkey. fingerprint: SHA-256 of the certificate, or of the credential id, which the
-- person's authenticator chooses: the one never counts as the other.
CREATE TABLE login_key (
    id TEXT PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    kind TEXT NOT NULL CHECK (kind IN ('certificate', 'passkey')),
    fingerprint BLOB NOT NULL,
    name TEXT NOT NULL,
    public_key BLOB,
    backup_eligible BIGINT NOT NULL,
    counter BIGINT NOT NULL,
    aaguid BLOB,
    evidence BLOB NOT NULL,
    not_after BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    UNIQUE (fingerprint, kind)
);
CREATE INDEX login_key_by_staff ON login_key (staff_id, created_at, id);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    key_id TEXT NOT NULL REFERENCES login_key (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_by_staff ON session (staff_id, created_at, id);
CREATE INDEX session_by_key ON session (key_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- A log-in or step-up that has begun in one browser.
CREATE TABLE login_start (
    hash BLOB PRIMARY KEY,
    challenge BLOB NOT NULL,
    session_id TEXT REFERENCES session (id) ON DELETE CASCADE,
    invitation BLOB,
    address TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX login_start_by_address ON login_start (address, expires_at);
CREATE INDEX login_start_by_session ON login_start (session_id);
CREATE INDEX login_start_by_expiry ON login_start (expires_at);

-- What the port for certificates gives, and the ordinary port takes.
CREATE TABLE login_code (
    hash BLOB PRIMARY KEY,
    start BLOB NOT NULL,
    key_id TEXT NOT NULL REFERENCES login_key (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX login_code_by_key ON login_code (key_id);

CREATE TABLE invitation (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- subject: staff/ID or address/ADDRESS.
CREATE TABLE login_failure (
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    locked_until BIGINT NOT NULL
);

-- Networks that a person has logged in from.
CREATE TABLE login_place (
    staff_id TEXT NOT NULL REFERENCES staff (id),
    network TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (staff_id, network)
);
