-- Approvals that are gathered until as many officers have signed the same statement as must (domain/approval).

-- A signature of an officer: kept once, however many statements it is over.
CREATE TABLE approval_signature (
    hash BLOB PRIMARY KEY,
    item BLOB NOT NULL,
    evidence BLOB NOT NULL,
    created_at BIGINT NOT NULL
);

-- A person counts once for a statement, under whatever record.
CREATE TABLE approval (
    statement_hash BLOB NOT NULL REFERENCES statement (hash),
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    staff_id TEXT REFERENCES staff (id),
    signature_hash BLOB NOT NULL REFERENCES approval_signature (hash),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (statement_hash, owner)
);
CREATE INDEX approval_by_signature ON approval (signature_hash);

-- Why nothing comes of a statement that was approved.
ALTER TABLE statement ADD COLUMN reason TEXT;
