-- Every table of resources is keyed by account and region. Moments are milliseconds since 1970-01-01 UTC. Columns `settings` hold JSON of
-- the model's own structures with a version in front, never what came over the wire.

CREATE TABLE stacks (
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    settings   TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT;

CREATE TABLE fleets (
    account      TEXT NOT NULL,
    region       TEXT NOT NULL,
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    settings     TEXT NOT NULL,
    -- The image out of `settings`, so that its use can be looked up.
    image_owner  TEXT,
    image_name   TEXT,
    -- NULL while the fleet is meant to be stopped.
    running_since INTEGER,
    ready_at     INTEGER,
    health       TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT;

CREATE INDEX fleets_image ON fleets (region, image_owner, image_name);

-- A stack has one fleet at most.
CREATE TABLE associations (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    stack   TEXT NOT NULL,
    fleet   TEXT NOT NULL,
    PRIMARY KEY (account, region, stack),
    FOREIGN KEY (account, region, stack) REFERENCES stacks (account, region, name),
    FOREIGN KEY (account, region, fleet) REFERENCES fleets (account, region, name)
) STRICT;

CREATE INDEX associations_fleet ON associations (account, region, fleet, stack);

CREATE TABLE tags (
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('stack', 'fleet', 'image')),
    resource TEXT NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (account, region, kind, resource, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('available')),
    details    TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT;

CREATE INDEX images_digest ON images (account, region, digest);

CREATE TABLE image_applications (
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    image       TEXT NOT NULL,
    position    INTEGER NOT NULL,
    application TEXT NOT NULL,
    PRIMARY KEY (account, region, image, position),
    FOREIGN KEY (account, region, image) REFERENCES images (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE instances (
    id           TEXT PRIMARY KEY NOT NULL,
    account      TEXT NOT NULL,
    region       TEXT NOT NULL,
    fleet        TEXT NOT NULL,
    image_digest TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    generation   INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('starting', 'idle', 'assigned', 'retiring')),
    session      TEXT UNIQUE,
    CHECK ((state = 'assigned') = (session IS NOT NULL)),
    FOREIGN KEY (account, region, fleet) REFERENCES fleets (account, region, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX instances_fleet ON instances (account, region, fleet, state);

-- An instance serves one session in its life: it is unique here even among sessions that are over.
CREATE TABLE sessions (
    id                         TEXT PRIMARY KEY NOT NULL,
    account                    TEXT NOT NULL,
    region                     TEXT NOT NULL,
    fleet                      TEXT NOT NULL,
    stack                      TEXT NOT NULL,
    authentication             TEXT NOT NULL,
    user_id                    TEXT NOT NULL,
    instance                   TEXT NOT NULL UNIQUE,
    created_at                 INTEGER NOT NULL,
    max_duration_seconds       INTEGER NOT NULL,
    disconnect_timeout_seconds INTEGER NOT NULL,
    generation                 INTEGER NOT NULL,
    state                      TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
    started_at                 INTEGER,
    disconnected_at            INTEGER,
    ended_at                   INTEGER,
    end_reason                 TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_fleet ON sessions (account, region, fleet, stack, id);
CREATE INDEX sessions_live ON sessions (id) WHERE state <> 'ended';
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE state = 'ended';
-- A user has one live session for each stack and fleet.
CREATE UNIQUE INDEX sessions_user ON sessions (account, region, fleet, stack, authentication, user_id) WHERE state <> 'ended';

CREATE TABLE spent_tickets (
    id         TEXT PRIMARY KEY NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_tickets_expiry ON spent_tickets (expires_at);
