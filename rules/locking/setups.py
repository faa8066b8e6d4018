"""What stands in a database before a sample statement: tables with rows, keys, partitions, heirs, views, triggers."""

BASE = (
    "CREATE TABLE owners (id integer PRIMARY KEY, name text)",
    "CREATE TABLE users (id integer PRIMARY KEY, email varchar(50), age integer, owner_id integer, note text,"
    " CONSTRAINT users_owner_fkey FOREIGN KEY (owner_id) REFERENCES owners (id))",
    "CREATE INDEX users_email ON users (email)",
    "CREATE TABLE orders (id integer, user_id integer REFERENCES users (id))",
    "INSERT INTO owners VALUES (1, 'a')",
    "INSERT INTO users VALUES (1, 'a', 2, 1, 'x')",
    "INSERT INTO orders VALUES (1, 1)",
)
PARTITIONED = (
    "CREATE TABLE events (id integer, at date NOT NULL) PARTITION BY RANGE (at)",
    "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    "CREATE TABLE events_2 (id integer, at date NOT NULL)",
    "INSERT INTO events VALUES (1, '2026-01-05')",
    "INSERT INTO events_2 VALUES (1, '2026-02-05')",
)
KEYED = (
    *PARTITIONED,
    "CREATE TABLE kinds (id integer PRIMARY KEY)",
    "INSERT INTO kinds VALUES (1)",
    "ALTER TABLE events ADD CONSTRAINT positive CHECK (id > 0)",
    "ALTER TABLE events ADD CONSTRAINT kind FOREIGN KEY (id) REFERENCES kinds (id)",
    "ALTER TABLE events ADD CONSTRAINT one UNIQUE (id, at)",
    "CREATE TABLE notes (id integer, at date, FOREIGN KEY (id, at) REFERENCES events (id, at))",
)
HEIRS = (
    *BASE[:1],
    "CREATE TABLE parent (id integer CONSTRAINT one UNIQUE, x integer CONSTRAINT positive CHECK (x > 0),"
    " owner_id integer CONSTRAINT owned REFERENCES owners (id))",
    "CREATE INDEX parent_x ON parent (x)",
    "CREATE TABLE child (y integer) INHERITS (parent)",
    "CREATE TABLE grandchild (z integer) INHERITS (child)",
)
FEBRUARY = "FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')"
WITHIN = (
    *PARTITIONED,
    "ALTER TABLE events_2 ADD CONSTRAINT february CHECK (at >= '2026-02-01' AND at < '2026-03-01')",
)
HALF_WITHIN = (*WITHIN[:-1], "ALTER TABLE events_2 ADD CONSTRAINT february CHECK (at >= '2026-02-01')")
NARROWER = (
    *PARTITIONED,
    "ALTER TABLE events_2 ADD CONSTRAINT days CHECK (at > '2026-02-03' AND at <= '2026-02-20')",
)
LISTED = (
    "CREATE TABLE kinds (id integer, kind text NOT NULL) PARTITION BY LIST (kind)",
    "CREATE TABLE kinds_a (id integer, kind text NOT NULL, CONSTRAINT few CHECK (kind IN ('a', 'b')))",
    "INSERT INTO kinds_a VALUES (1, 'a')",
)
DEFAULT = (*PARTITIONED, "CREATE TABLE events_rest PARTITION OF events DEFAULT")
EXCLUDED = (*DEFAULT, "ALTER TABLE events_rest ADD CONSTRAINT early CHECK (at < '2026-02-01')")
VIEWS = (
    *BASE,
    "CREATE VIEW adults AS SELECT id FROM users WHERE age > 17",
    "CREATE MATERIALIZED VIEW counts AS SELECT age, count(*) AS n FROM users GROUP BY age",
    "CREATE UNIQUE INDEX counts_age ON counts (age)",
)
VIEWS_ON_VIEWS = (*VIEWS, "CREATE VIEW few AS SELECT id FROM adults WHERE id < 9")
POLICY = (*BASE, "CREATE POLICY mine ON users USING (id = 1)")
RULE = (*BASE, "CREATE RULE quiet AS ON DELETE TO orders DO INSTEAD NOTHING")
FUNCTION = "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
WATCHED = (
    *PARTITIONED,
    FUNCTION,
    "CREATE TRIGGER watch BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION audit()",
)
TRIGGER = (*BASE, FUNCTION, "CREATE TRIGGER watch BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit()")
DOMAIN = (
    "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
    "CREATE DOMAIN plain AS integer",
    "CREATE DOMAIN over AS positive",
    "CREATE DOMAIN freed AS integer NOT NULL",
    "CREATE DOMAIN ready AS integer DEFAULT 1",
    "CREATE DOMAIN drawn AS double precision DEFAULT random()",
    "ALTER DOMAIN freed DROP NOT NULL",
    "CREATE TABLE parts (id integer, size plain)",
    "INSERT INTO parts VALUES (1, 2)",
)
DEFAULTED = (
    *BASE,
    "CREATE DOMAIN fixed AS integer DEFAULT 5",
    "CREATE DOMAIN stamped AS timestamp with time zone DEFAULT now()",
    "CREATE DOMAIN rolled AS double precision DEFAULT random()",
    "CREATE DOMAIN twice AS rolled",
    "CREATE DOMAIN calm AS rolled DEFAULT 1",
    "CREATE DOMAIN bare AS rolled DEFAULT NULL",
    "CREATE DOMAIN late AS double precision",
    "ALTER DOMAIN late SET DEFAULT random()",
    "CREATE DOMAIN quiet AS double precision DEFAULT random()",
    "CREATE DOMAIN still AS quiet",
    "ALTER DOMAIN quiet DROP DEFAULT",
)
PLACED = (
    "CREATE TABLE placed (id integer) USING heap WITH (fillfactor = 90) TABLESPACE pg_default",
    "INSERT INTO placed VALUES (1)",
)
CHECKED = (*BASE, "ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL AND age > 0)")
INDEXED = (*BASE, "CREATE INDEX users_named ON users (age) WHERE email <> ''")
INCLUDED = (*BASE, "CREATE INDEX users_named ON users (age) INCLUDE (email)")
UNCHECKED = (*BASE, "ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID")
FOREIGN = (
    *BASE,
    "ALTER TABLE orders ADD CONSTRAINT orders_owner FOREIGN KEY (id) REFERENCES owners (id) NOT VALID",
)
SEQUENCES = (
    "CREATE SEQUENCE numbers",
    "CREATE TABLE parts (id serial, number integer DEFAULT nextval('numbers'))",
    "CREATE TABLE others (id integer DEFAULT 1)",
)
VISITS = (
    *BASE,
    "CREATE TABLE visits (id integer, owner_id integer) PARTITION BY RANGE (id)",
    "CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM (0) TO (9)",
    "CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM (9) TO (19)",
    "INSERT INTO visits VALUES (1, 1), (10, 1)",
)
VISITS_HALF_KEYED = (
    *VISITS,
    "ALTER TABLE visits_1 ADD CONSTRAINT key_1 FOREIGN KEY (owner_id) REFERENCES owners (id)",
)
VISITS_KEYED = (
    *VISITS_HALF_KEYED,
    "ALTER TABLE visits_2 ADD CONSTRAINT key_2 FOREIGN KEY (owner_id) REFERENCES owners (id)",
)
