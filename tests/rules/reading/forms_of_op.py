"""Every form of `op`, as a migration for another database writes it. Data: the tests compare with real Alembic."""

from __future__ import annotations

FORMS = (
    """
op.create_table(
    "users",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("email", sa.String(255), nullable=False, index=True),
    sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id", ondelete="CASCADE")),
    sa.Column("kind", sa.Enum("a", "b", name="kind"), server_default="a"),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()),
    sa.Column("ok", sa.Boolean(), server_default=sa.false()),
    sa.Column("d", sa.JSON(), comment="c"),
    sa.CheckConstraint("id > 0", name="positive"),
    sa.UniqueConstraint("email", name="uq"),
    comment="people",
    mysql_engine="InnoDB",
    mysql_charset="utf8mb4",
)
""",
    'op.add_column("users", sa.Column("age", sa.Integer(), nullable=False, server_default="0"))',
    'op.add_column("users", sa.Column("code", sa.String(8), unique=True, index=True), schema="app")',
    'op.add_column("users", sa.Column("t", sa.Integer(), sa.ForeignKey("teams.id")))',
    'op.add_column("users", sa.Column("full", sa.Text(), sa.Computed("a || b", persisted=True)))',
    """
op.alter_column(
    "users", "age", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False
)
""",
    """
op.alter_column(
    "users", "age", nullable=False, existing_type=sa.Integer(), existing_server_default=sa.text("0")
)
""",
    'op.alter_column("users", "age", server_default="5", existing_type=sa.Integer())',
    'op.alter_column("users", "age", server_default="5")',
    'op.alter_column("users", "age", server_default=None)',
    """
op.alter_column(
    "users", "age", new_column_name="years", existing_type=sa.Integer(), existing_nullable=True
)
""",
    'op.alter_column("users", "age", comment="x", existing_type=sa.Integer())',
    'op.drop_column("users", "age")',
    'op.drop_column("users", "age", mysql_drop_index="x")',
    'op.create_index("i1", "a", ["x", sa.text("lower(y)")], unique=True)',
    'op.create_index("i1", "a", ["x"], mysql_length={"x": 10}, mysql_prefix="FULLTEXT")',
    'op.create_index("i1", "a", ["x"], sqlite_where=sa.text("x > 1"), if_not_exists=True)',
    'op.create_index("i1", "a", ["x"], mysql_using="hash")',
    'op.drop_index("i1", table_name="a")',
    'op.drop_index("i1", "a", if_exists=True)',
    'op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"], ondelete="SET NULL")',
    'op.create_check_constraint("ck", "a", sa.column("n") > 5)',
    'op.create_unique_constraint("uq", "a", ["x", "y"], schema="s")',
    'op.create_primary_key("pk", "a", ["x"])',
    'op.drop_constraint("fk", "a", type_="foreignkey")',
    'op.drop_constraint("uq", "a", type_="unique")',
    'op.drop_constraint("ck", "a", type_="check")',
    'op.drop_constraint("pk", "a", type_="primary")',
    'op.drop_constraint("pk", "a")',
    'op.rename_table("a", "b")',
    'op.drop_table("b")',
    'op.drop_table("b", if_exists=True)',
    'op.create_table_comment("t", "x")',
    'op.drop_table_comment("t")',
    """
op.bulk_insert(
    sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.String)),
    [{"a": 1, "b": "it's"}, {"a": 2, "b": "%"}],
)
""",
    'op.execute(sa.text("INSERT INTO t (a) VALUES (:x)").bindparams(x="q"))',
    """
if op.get_bind().dialect.name == "mysql":
    op.execute("SELECT 1")
elif op.get_context().dialect.name == "sqlite":
    op.execute("SELECT 2")
else:
    op.execute("SELECT 3")
""",
    """
with op.batch_alter_table("users") as batch_op:
    batch_op.add_column(sa.Column("note", sa.Text()))
    batch_op.create_index("ix", ["note"])
""",
    """
with op.batch_alter_table("users") as batch_op:
    batch_op.alter_column("note", type_=sa.String(5), existing_type=sa.Text())
    batch_op.drop_column("z")
""",
    """
with op.batch_alter_table(
    "users",
    copy_from=sa.Table(
        "users", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text)
    ),
) as batch_op:
    batch_op.alter_column("note", type_=sa.String(5), existing_type=sa.Text())
    batch_op.add_column(sa.Column("z", sa.Integer))
""",
    """
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX a ON b (c)")
""",
    """
op.create_table(
    "m",
    sa.Column("a", mysql.TINYINT(1)),
    sa.Column("b", mysql.INTEGER(unsigned=True)),
    sa.Column("c", mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin")),
    sa.Column("d", mysql.ENUM("x", "y")),
    sa.Column("e", mysql.SET("p", "q")),
    sa.Column(
        "f",
        mysql.TIMESTAMP(fsp=6),
        server_default=sa.text("CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"),
    ),
    sa.Column("g", mysql.VARCHAR(9)),
    sa.Column("h", mysql.BIGINT(20), autoincrement=True, primary_key=True),
    sa.Column("i", sa.LargeBinary),
    sa.Column("j", sa.Uuid),
    sa.Column("k", sa.Numeric(10, 2)),
    sa.Column("l", sa.Float),
)
""",
    """
op.create_table(
    "w",
    sa.Column("id", sa.Integer, primary_key=True),
    sqlite_autoincrement=True,
    mysql_row_format="DYNAMIC",
)
""",
    'op.execute(sa.table("t", sa.column("a", sa.Integer)).update().values(a=5))',
    'op.execute("ALTER TABLE t ADD COLUMN a INT")',
    """
op.create_table(
    "j",
    sa.Column("a", sa.Integer, sa.ForeignKey("t.id"), primary_key=True),
    sa.Column("b", sa.Integer, primary_key=True, autoincrement=False),
    sa.Index("ix_j_b", "b"),
    sa.PrimaryKeyConstraint("a", "b", name="pk_j"),
)
""",
    """
op.create_table(
    "v",
    sa.Column("a", sa.Boolean(create_constraint=True, name="ck_a")),
    sa.Column("b", sa.Enum("x", "y", name="e", native_enum=False, create_constraint=True)),
    sa.Column("c", sa.Interval()),
    sa.Column("d", sa.Unicode(5)),
    sa.Column("e", sa.UnicodeText()),
    sa.Column("f", sa.SmallInteger()),
    sa.Column("g", sa.Date()),
    sa.Column("h", sa.Time()),
    sa.Column("i", sa.LargeBinary(5)),
)
""",
    """
op.alter_column(
    "users",
    "ok",
    existing_type=sa.Boolean(),
    nullable=False,
    existing_server_default=sa.true(),
    existing_comment="c",
)
""",
    """
op.alter_column(
    "users", "id", existing_type=sa.Integer(), type_=sa.BigInteger(), autoincrement=True, nullable=False
)
""",
    """
op.alter_column(
    "users",
    "at",
    existing_type=sa.DateTime(),
    server_default=sa.text("CURRENT_TIMESTAMP"),
    nullable=False,
)
""",
    """
with op.batch_alter_table("users", recreate="never") as batch_op:
    batch_op.add_column(sa.Column("note", sa.Text()))
    batch_op.drop_column("z")
""",
    """
with op.batch_alter_table("users", schema="app") as batch_op:
    batch_op.create_index("ix_z", ["z"], unique=True)
    batch_op.drop_index("ix_y")
""",
    """
op.create_table(
    "n",
    sa.Column("a", sqlite.DATETIME()),
    sa.Column("b", sa.Text(collation="NOCASE")),
    sa.Column("c", sa.Numeric()),
    sqlite_with_rowid=False,
)
""",
)
