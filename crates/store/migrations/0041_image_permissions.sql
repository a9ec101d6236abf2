-- Which other accounts may use an image, and for what.

CREATE TABLE image_permissions (
    account             TEXT NOT NULL,
    region              TEXT NOT NULL,
    image               TEXT NOT NULL,
    shared_account      TEXT NOT NULL,
    allow_fleet         INTEGER NOT NULL CHECK (allow_fleet IN (0, 1)),
    allow_image_builder INTEGER NOT NULL CHECK (allow_image_builder IN (0, 1)),
    PRIMARY KEY (account, region, image, shared_account),
    FOREIGN KEY (account, region, image) REFERENCES images (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX image_permissions_shared ON image_permissions (shared_account, region, account, image);
