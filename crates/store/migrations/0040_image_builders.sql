-- Image builders.

CREATE TABLE image_builders (
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    settings    TEXT NOT NULL,
    -- What happens to it: JSON like `settings`, apart since it changes far more often.
    runtime     TEXT NOT NULL,
    -- The image out of `settings`, so that its use can be looked up.
    image_owner TEXT NOT NULL,
    image_name  TEXT NOT NULL,
    -- The session out of `runtime`.
    session     TEXT UNIQUE,
    PRIMARY KEY (account, region, name)
) STRICT;

CREATE INDEX image_builders_image ON image_builders (region, image_owner, image_name);

-- Which kinds of resources have tags is the model's to say; SQLite cannot change a CHECK, so the table is made anew.
CREATE TABLE tags_copy (
    account  TEXT NOT NULL,
    region   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    resource TEXT NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (account, region, kind, resource, key)
) STRICT, WITHOUT ROWID;
INSERT INTO tags_copy SELECT account, region, kind, resource, key, value FROM tags;
DROP TABLE tags;
ALTER TABLE tags_copy RENAME TO tags;
