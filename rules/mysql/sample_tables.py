"""The tables that the statements of `samples` alter, with rows that allow it."""

from __future__ import annotations


def labels(count: int) -> str:
    return ",".join(f"'l{number}'" for number in range(count))


PARENT = "CREATE TABLE p (id INT PRIMARY KEY)"
TABLES = {
    "p": PARENT,
    "t": (
        "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT, m INT NOT NULL, d INT DEFAULT 3, note TEXT, "
        "code VARCHAR(20) NOT NULL DEFAULT 'x', p_id INT, at DATETIME, KEY by_code (code))"
    ),
    "kinds": (
        "CREATE TABLE kinds (id INT PRIMARY KEY, n INT, size INT UNSIGNED NOT NULL, filled INT ZEROFILL, flag BOOL, "
        "price DECIMAL(10,2), f FLOAT, g FLOAT(7,3), d DOUBLE, bits BIT, letter CHAR(10), raw BINARY(8), note TEXT, "
        "tiny TINYTEXT, bytes BLOB, doc JSON, long_text LONGTEXT, day DATE, at DATETIME, seen TIMESTAMP NULL, y YEAR, "
        "ti TIME, kind ENUM('a','b'), tags SET('a','b'), place POINT)"
    ),
    "strings": (
        "CREATE TABLE strings (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(50), c VARCHAR(300), d VARCHAR(64), "
        "l VARCHAR(127) CHARACTER SET latin1, k VARCHAR(128) CHARACTER SET latin1, r VARBINARY(127), s VARBINARY(128), "
        "u VARCHAR(31) CHARACTER SET utf8mb4, v VARCHAR(32) COLLATE utf8mb4_bin, w VARCHAR(40) CHARACTER SET ascii, "
        "x VARCHAR(42) CHARACTER SET utf8mb3, y VARCHAR(40) CHARACTER SET latin2, z VARCHAR(40) CHARACTER SET utf8)"
    ),
    "wide": (
        "CREATE TABLE wide (id INT PRIMARY KEY, code VARCHAR(50), body TEXT) "
        "ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARSET=utf8mb4"
    ),
    "latin": (
        "CREATE TABLE latin (id INT PRIMARY KEY, code VARCHAR(50), body TEXT) "
        "DEFAULT CHARACTER SET latin1 ROW_FORMAT=COMPACT"
    ),
    "mixed": (
        "CREATE TABLE mixed (id INT PRIMARY KEY, code VARCHAR(50) CHARACTER SET latin1, body TEXT) "
        "ROW_FORMAT=DEFAULT CHARSET=utf8mb4"
    ),
    "collated": "CREATE TABLE collated (id INT PRIMARY KEY, code VARCHAR(50) COLLATE utf8mb4_bin) CHARSET=utf8mb4",
    "numbers": "CREATE TABLE numbers (id INT PRIMARY KEY, n INT)",
    "labels": f"CREATE TABLE labels (id INT PRIMARY KEY, kind ENUM({labels(255)}))",
    "sets": f"CREATE TABLE sets (id INT PRIMARY KEY, a SET({labels(16)}), b SET({labels(24)}), c SET({labels(32)}))",
    "child": (
        "CREATE TABLE child (id INT PRIMARY KEY, n INT, p_id INT, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id), "
        "CONSTRAINT ck CHECK (n > 0))"
    ),
    "cascaded": (
        "CREATE TABLE cascaded (id INT PRIMARY KEY, n INT, p_id INT, "
        "CONSTRAINT fk_c FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE)"
    ),
    "nulled": (
        "CREATE TABLE nulled (id INT PRIMARY KEY, n INT, p_id INT, "
        "CONSTRAINT fk_n FOREIGN KEY (p_id) REFERENCES p (id) ON UPDATE SET NULL)"
    ),
    "pointed": "CREATE TABLE pointed (id INT PRIMARY KEY, n INT)",
    "texts": (
        "CREATE TABLE texts (id INT PRIMARY KEY, n INT, code VARCHAR(20), body TEXT, KEY by_code (code), "
        "FULLTEXT KEY words (body))"
    ),
    "computed": "CREATE TABLE computed (id INT PRIMARY KEY, n INT, v INT AS (n + 1) VIRTUAL)",
    "places": "CREATE TABLE places (id INT PRIMARY KEY, n INT, at POINT NOT NULL)",
    "keyless": "CREATE TABLE keyless (x INT NOT NULL, y INT)",
    "keyed": "CREATE TABLE keyed (x INT PRIMARY KEY, y INT NOT NULL)",
    "blocks": "CREATE TABLE blocks (id INT PRIMARY KEY, n INT) KEY_BLOCK_SIZE=8",
    "parted": (
        "CREATE TABLE parted (id INT PRIMARY KEY, n INT) "
        "PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p9 VALUES LESS THAN (15))"
    ),
    "packed": "CREATE TABLE packed (id INT PRIMARY KEY, n INT) ROW_FORMAT=COMPRESSED",
}
BESIDE = {
    "pointed": (
        "CREATE TABLE pointing (id INT PRIMARY KEY, p_id INT, "
        "CONSTRAINT fk_p FOREIGN KEY (p_id) REFERENCES pointed (id))"
    )
}
"""What stands beside a table, for its sake."""
ROWS = {
    "t": "INSERT INTO t (n, m, note) VALUES (1, 1, '')",
    "kinds": "INSERT INTO kinds (id, n, size, note, long_text, kind) VALUES (1, 1, 1, '', '{}', 'a')",
    "strings": "INSERT INTO strings (id, a, u, v) VALUES (1, '', '', '')",
    "keyless": "INSERT INTO keyless VALUES (1, 1)",
    "keyed": "INSERT INTO keyed VALUES (1, 1)",
    "places": "INSERT INTO places VALUES (1, 1, POINT(0, 0))",
    **{
        name: f"INSERT INTO {name} (id, n) VALUES (1, 1)"
        for name in (
            *("numbers", "child", "cascaded", "nulled", "pointed", "texts"),
            *("computed", "packed", "blocks", "parted"),
        )
    },
    **{
        name: f"INSERT INTO {name} (id) VALUES (1)" for name in ("wide", "latin", "mixed", "collated", "labels", "sets")
    },
}
"""One row, so that a copy is seen by the number of rows that the server says it has taken over."""
