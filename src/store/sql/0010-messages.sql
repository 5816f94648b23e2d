-- Messages once more: whose dossier they are about and what became of them. bounced: the mail system accepted it
-- and then gave it back; dead: given up after all attempts, or refused for good. Both can be sent once more.

CREATE TABLE outbox_new (
    id TEXT PRIMARY KEY,
    about TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    sealed_message BLOB NOT NULL,
    dossier_id TEXT REFERENCES dossier (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'bounced', 'dead')),
    attempts BIGINT NOT NULL,
    next_try BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
INSERT INTO outbox_new (id, about, template, channel, sealed_message, state, attempts, next_try, last_error, created_at)
    SELECT id, about, template, channel, sealed_message, CASE state WHEN 'failed' THEN 'dead' ELSE state END,
        attempts, next_try, last_error, created_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (next_try) WHERE state = 'waiting';
CREATE INDEX outbox_by_state ON outbox (state, created_at, id);
CREATE INDEX outbox_by_time ON outbox (created_at, id);
CREATE INDEX outbox_by_dossier ON outbox (dossier_id, created_at, id);

-- Letters of sam, sealed to the courier; the number is sam's and has no gaps the courier does not notice.
-- id: the number in 32 hex digits; those of the outbox are random.
-- again: it may be sent although its number was dealt with: somebody asked for it.
CREATE TABLE letter_new (
    number BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('activation-mail', 'activation-code', 'device-notice', 'unknown')),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    sealed BLOB NOT NULL,
    dossier_id TEXT REFERENCES dossier (id),
    dossier_row BIGINT NOT NULL,
    again BIGINT NOT NULL CHECK (again IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'bounced', 'dead')),
    attempts BIGINT NOT NULL,
    next_try BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
INSERT INTO letter_new (number, id, kind, channel, sealed, dossier_row, again, state, attempts, next_try, last_error,
        created_at)
    SELECT number, printf('%032x', number), 'unknown', 'email', sealed, 0, 0,
        CASE state WHEN 'failed' THEN 'dead' ELSE state END, attempts, next_try, last_error, created_at FROM letter;
DROP TABLE letter;
ALTER TABLE letter_new RENAME TO letter;
CREATE INDEX letter_due ON letter (next_try) WHERE state = 'waiting';
CREATE INDEX letter_by_state ON letter (state, created_at, id);
CREATE INDEX letter_by_time ON letter (created_at, id);
CREATE INDEX letter_by_row ON letter (dossier_id, dossier_row, number);

-- Both as people see them: without what is in them.
CREATE VIEW message AS
    SELECT id, template, channel, dossier_id, 0 AS dossier_row, state, attempts, next_try, last_error, created_at
        FROM outbox
    UNION ALL
    SELECT id, kind AS template, channel, dossier_id, dossier_row, state, attempts, next_try, last_error, created_at
        FROM letter;

-- When the link of the account letter was first used: sam has seen its secret.
ALTER TABLE activation ADD COLUMN opened_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX activation_by_row ON activation (dossier_id, number);

-- How far the account letter of each row came. Of several, the one with the highest number counts.
CREATE VIEW row_letter AS
    SELECT l.dossier_id, l.dossier_row, l.number, l.id, l.created_at, coalesce(a.expires_at, 0) AS expires_at,
        CASE WHEN a.state = 'done' THEN 'activated' WHEN a.opened_at > 0 THEN 'opened' ELSE l.state END AS state,
        l.state AS sending, l.last_error
        FROM letter l LEFT JOIN activation a ON a.dossier_id = l.dossier_id AND a.number = l.dossier_row
        WHERE l.kind = 'activation-mail';

-- The end of certificates, for the warnings 60, 30 and 7 days before, at eight in the morning (UTC+7), so that
-- those of one day are told together. step: the next of the three; the line goes with the last.
CREATE TABLE expiry (
    serial TEXT PRIMARY KEY REFERENCES certificate (serial),
    step BIGINT NOT NULL CHECK (step BETWEEN 0 AND 2),
    at BIGINT NOT NULL
);
CREATE INDEX expiry_due ON expiry (at, serial);
INSERT INTO expiry (serial, step, at) SELECT serial, 0,
    (not_after + 25200) / 86400 * 86400 - 60 * 86400 + 3600 FROM certificate WHERE status = 'good';
-- Of one organisation, waiting for its digest: a mail for all of a day.
CREATE TABLE expiry_digest (
    org_id TEXT NOT NULL REFERENCES organisation (id),
    serial TEXT NOT NULL REFERENCES certificate (serial),
    step BIGINT NOT NULL,
    PRIMARY KEY (org_id, serial)
);

-- What subscribers are given to call: of people with the role support.
CREATE TABLE staff_contact (
    staff_id TEXT PRIMARY KEY REFERENCES staff (id),
    phone TEXT NOT NULL
);
CREATE VIEW support_person AS
    SELECT staff.id AS staff_id, staff.org_id, staff.name, staff.email, staff.created_at, staff_contact.phone
        FROM staff LEFT JOIN staff_contact ON staff_contact.staff_id = staff.id
        WHERE staff.state = 'active' AND ' ' || staff.roles || ' ' LIKE '% support %';
