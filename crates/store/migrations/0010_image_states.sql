-- An image can be in other states than 'available': which, is the model's to say. SQLite cannot change a CHECK, so the tables are made anew.

CREATE TABLE new_images (
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    state      TEXT NOT NULL,
    details    TEXT NOT NULL,
    PRIMARY KEY (account, region, name)
) STRICT;

INSERT INTO new_images (account, region, name, created_at, digest, state, details)
    SELECT account, region, name, created_at, digest, state, details FROM images;

CREATE TABLE new_image_applications (
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    image       TEXT NOT NULL,
    position    INTEGER NOT NULL,
    application TEXT NOT NULL,
    PRIMARY KEY (account, region, image, position),
    FOREIGN KEY (account, region, image) REFERENCES new_images (account, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO new_image_applications (account, region, image, position, application)
    SELECT account, region, image, position, application FROM image_applications;

-- The child first: dropping the parent would empty it.
DROP TABLE image_applications;
DROP TABLE images;
ALTER TABLE new_images RENAME TO images;
ALTER TABLE new_image_applications RENAME TO image_applications;

CREATE INDEX images_digest ON images (account, region, digest);
-- Images are removed once no other one has their content, whoever it belongs to.
CREATE INDEX images_content ON images (digest);
CREATE INDEX images_deleting ON images (state) WHERE state = 'deleting';
