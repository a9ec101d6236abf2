-- Exports of images into the object storage.

CREATE TABLE export_tasks (
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    id         TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- The image, and whether the task is not over, out of `task`, so that they can be looked up.
    image      TEXT NOT NULL,
    running    INTEGER NOT NULL CHECK (running IN (0, 1)),
    task       TEXT NOT NULL,
    PRIMARY KEY (account, region, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX export_tasks_running ON export_tasks (account, region, image) WHERE running = 1;
