-- How many resources of a kind a scope has: counting rows takes time in the number of them, and every creation asks.
CREATE TABLE resource_counts (
    account TEXT NOT NULL,
    region  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (account, region, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO resource_counts SELECT account, region, 'stack', count(*) FROM stacks GROUP BY account, region;
INSERT INTO resource_counts SELECT account, region, 'fleet', count(*) FROM fleets GROUP BY account, region;

CREATE TRIGGER stacks_counted AFTER INSERT ON stacks BEGIN
    INSERT INTO resource_counts VALUES (NEW.account, NEW.region, 'stack', 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER stacks_discounted AFTER DELETE ON stacks BEGIN
    UPDATE resource_counts SET count = count - 1 WHERE account = OLD.account AND region = OLD.region AND kind = 'stack';
END;
CREATE TRIGGER fleets_counted AFTER INSERT ON fleets BEGIN
    INSERT INTO resource_counts VALUES (NEW.account, NEW.region, 'fleet', 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER fleets_discounted AFTER DELETE ON fleets BEGIN
    UPDATE resource_counts SET count = count - 1 WHERE account = OLD.account AND region = OLD.region AND kind = 'fleet';
END;
