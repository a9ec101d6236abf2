-- Icons of applications, under the names that the applications (JSON in image_applications) have for them. Several images may have the same one.

CREATE TABLE icons (
    name TEXT PRIMARY KEY NOT NULL,
    png  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
