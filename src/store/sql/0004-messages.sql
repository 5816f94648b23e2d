-- Messages that leave the house: written in the transaction of what they tell of, sent by the courier.

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    about TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    sealed_message BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts BIGINT NOT NULL,
    next_try BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (state, next_try);

-- Letters of sam, sealed to the courier; the number is sam's and has no gaps the courier does not notice.
CREATE TABLE letter (
    number BIGINT PRIMARY KEY,
    sealed BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts BIGINT NOT NULL,
    next_try BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX letter_due ON letter (state, next_try);
