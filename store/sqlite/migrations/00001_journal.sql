-- +goose Up

-- The number is that of the row; lists go by it, newest first.
CREATE TABLE conversations (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    component   TEXT NOT NULL,
    document    TEXT NOT NULL,
    fork_of     TEXT NOT NULL,
    fork_at     INTEGER NOT NULL,
    status      TEXT NOT NULL,
    waiting_for BLOB,
    created     INTEGER NOT NULL, -- microseconds since 1970, like all times
    updated     INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    lease_by    TEXT NOT NULL,
    lease_until INTEGER NOT NULL
);
CREATE INDEX conversations_by_status ON conversations (status);
CREATE INDEX conversations_by_document ON conversations (document);

-- A table in order of arrival, so that what many conversations write at once lies together.
CREATE TABLE records (
    conversation INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    time         INTEGER NOT NULL,
    data         BLOB -- null if it is large, and lies aside
);
CREATE UNIQUE INDEX records_by_conversation ON records (conversation, seq);

CREATE TABLE aside (
    conversation INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    data         BLOB NOT NULL,
    PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;

CREATE TABLE states (
    conversation INTEGER PRIMARY KEY,
    seq          INTEGER NOT NULL,
    data         BLOB NOT NULL
);

CREATE TABLE documents (
    hash TEXT PRIMARY KEY,
    data BLOB NOT NULL
) WITHOUT ROWID;
