-- Images that are to be imported are looked for at every start.

CREATE INDEX images_unfinished ON images (state) WHERE state IN ('pending', 'importing');
