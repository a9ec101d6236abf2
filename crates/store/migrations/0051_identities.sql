-- Users, groups, roles and managed policies. The body is JSON of the identity crate's own structures; secrets in it are sealed with a key
-- that is not in the database. Names are in lower case: they are unique without regard to it.
CREATE TABLE identities (
    account TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('user', 'group', 'role', 'policy')),
    name    TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (account, kind, name)
) STRICT, WITHOUT ROWID;
