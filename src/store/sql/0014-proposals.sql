-- Administration that waits for further officers' signatures. id: SHA-256 of the statement, hex; authorisations: the encoded list.
CREATE TABLE proposal (
    id TEXT PRIMARY KEY,
    statement BLOB NOT NULL,
    authorisations BLOB NOT NULL,
    proposed_by TEXT NOT NULL REFERENCES staff (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX proposal_by_time ON proposal (created_at, id);
CREATE INDEX proposal_by_person ON proposal (proposed_by, created_at, id);
CREATE INDEX proposal_by_expiry ON proposal (expires_at);

-- The credentials of one integrating system.
CREATE INDEX client_by_record ON client (record_id, created_at, client_id);
