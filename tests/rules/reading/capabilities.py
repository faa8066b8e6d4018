"""Small migrations, each for one thing that a reader must be able to do. Data: the tests say what is expected."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent, indent

HEADER = '''"""A migration."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "a1"
down_revision = None
branch_labels = None
depends_on = None
'''


def migration(upgrade: str, top: str = "", downgrade: str = "pass") -> str:
    """A whole file around the body of `upgrade()`."""
    bodies = (indent(dedent(body).strip("\n"), "    ") for body in (upgrade, downgrade))
    up, down = bodies
    return f"{HEADER}\n{dedent(top).strip()}\n\n\ndef upgrade():\n{up}\n\n\ndef downgrade():\n{down}\n"


@dataclass(frozen=True)
class Capability:
    """`name` says what is shown; the text is a file that real Alembic renders offline."""

    name: str
    text: str


def _case(name: str, upgrade: str, top: str = "", downgrade: str = "pass") -> Capability:
    return Capability(name, migration(upgrade, top, downgrade))


CAPABILITIES = (
    _case("create_table", """
        op.create_table(
            "users",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("email", sa.String(length=255), nullable=False, index=True),
            sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id", ondelete="CASCADE")),
            sa.Column("kind", sa.Enum("a", "b", name="kind"), server_default="a"),
            sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}"),
            sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), comment="what it holds"),
            sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()),
            sa.CheckConstraint("id > 0", name="positive"),
            sa.UniqueConstraint("email", name="uq_email"),
            comment="people",
        )
    """),
    _case("columns", """
        op.add_column("users", sa.Column("age", sa.Integer(), nullable=False, server_default="0"))
        op.add_column("users", sa.Column("code", sa.String(8), unique=True, index=True), schema="app")
        op.alter_column(
            "users", "age", type_=sa.BigInteger(), existing_type=sa.Integer(), nullable=True, server_default=None
        )
        op.alter_column("users", "age", new_column_name="years", comment="of life")
        op.drop_column("users", "years")
        op.add_column("users", sa.Column("full", sa.Text(), sa.Computed("a || b", persisted=True)))
        op.add_column("users", sa.Column("n", sa.Integer(), sa.Identity(always=True)))
    """),
    _case("constraints", """
        op.create_foreign_key("fk", "a", "b", ["b_id"], ["id"], ondelete="SET NULL", postgresql_not_valid=True)
        op.create_check_constraint("ck", "a", sa.column("n") > 5)
        op.create_unique_constraint("uq", "a", ["x", "y"], schema="s")
        op.create_primary_key("pk", "a", ["x"])
        op.create_exclude_constraint("ex", "a", ("c", "="), (sa.column("period"), "&&"), using="gist")
        op.drop_constraint("fk", "a", type_="foreignkey")
        op.rename_table("a", "b")
        op.drop_table("b")
    """),
    _case("indexes", """
        op.create_index("i1", "a", ["x", sa.text("lower(y)")], unique=True)
        op.create_index(op.f("i2"), "a", ["x"], postgresql_where=sa.text("x > 1"), postgresql_using="gin")
        op.create_index("i3", "a", [sa.literal_column("x").desc()], postgresql_include=["z"], if_not_exists=True)
        op.create_index("i4", "a", ["x"], postgresql_ops={"x": "varchar_pattern_ops"})
        op.drop_index("i1", table_name="a")
        op.drop_index("i2", table_name="a", postgresql_concurrently=True, if_exists=True)
    """),
    _case("batch_mode", """
        with op.batch_alter_table("users", schema=None) as batch_op:
            batch_op.add_column(sa.Column("q", sa.Boolean(), nullable=True))
            batch_op.create_index(batch_op.f("ix_q"), ["q"], unique=False)
            batch_op.alter_column("q", existing_type=sa.Boolean(), nullable=False)
            batch_op.create_foreign_key("fk_q", "other", ["q"], ["id"])
            batch_op.drop_constraint("fk_q", type_="foreignkey")
            batch_op.drop_column("q")
    """),
    _case("variables_and_texts", """
        for column, kind in COLUMNS.items():
            op.add_column(TABLE, sa.Column(column, kind))
        op.execute(f"UPDATE {TABLE} SET a = {len(COLUMNS)} WHERE b = '{NAMES[0]:>3}'")
        op.execute("UPDATE %s SET a = %d" % (TABLE, 3))
        op.execute("UPDATE {0} SET {col} = 1".format(TABLE, col="a"))
        op.execute(textwrap.dedent('''
            DELETE FROM t
             WHERE x IN (%(ids)s)
        ''') % {"ids": ", ".join(str(one) for one in range(3))})
        op.execute("SELECT " + "1" + ("," + "2") * 2)
    """, """
        import textwrap
        TABLE = "users"
        NAMES = ["x", "y"]
        COLUMNS = {name: sa.Text() for name in NAMES}
    """),
    _case("helper_functions", """
        for name in ("a", "b"):
            add(name, sa.Integer(), nullable=False)
        apply(lambda table: op.drop_column(table, "old"), *TABLES)
        Steps("c").run()
    """, """
        TABLES = ("t", "u")

        def add(name, *arguments, table="t", **options):
            op.add_column(table, sa.Column(name, *arguments, **options))

        def apply(function, *tables):
            for table in tables:
                function(table)

        class Steps:
            table = "steps"

            def __init__(self, column):
                self.column = column

            def run(self):
                op.drop_column(self.table, self.column)
    """),
    _case("conditions", """
        bind = op.get_bind()
        if bind.dialect.name == "sqlite":
            op.drop_table("never")
        elif op.get_context().dialect.name == "postgresql":
            op.execute("SELECT 1")
        else:
            op.drop_table("never")
        for n in range(5):
            if n == 1:
                continue
            if n == 3:
                break
            op.execute(f"SELECT {n}")
        else:
            op.execute("SELECT 'not here'")
        n = 0
        while n < 2:
            n += 1
            op.execute(f"SELECT -{n}")
        try:
            raise ValueError("x")
        except (KeyError, ValueError) as error:
            op.execute(f"SELECT '{error}'")
        finally:
            op.execute("SELECT 'finally'")
    """),
    _case("connection", """
        bind = op.get_bind()
        bind.execute(sa.text("UPDATE t SET a = 1"))
        t = sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.String))
        bind.execute(t.update().where(t.c.a == 1).values(b="it's"))
        op.execute(t.insert().values(a=1, b=None))
        op.execute(t.delete().where(sa.and_(t.c.a.in_([1, 2]), sa.or_(t.c.b.is_(None), t.c.b.like("x%")))))
        op.execute(sa.select(t.c.a, sa.func.count().label("n")).group_by(t.c.a))
        op.bulk_insert(t, [{"a": 1, "b": "x"}, {"a": 2, "b": None}])
        sa.Enum("x", "y", name="mood").create(bind, checkfirst=True)
        postgresql.ENUM("x", name="mood2").drop(bind, checkfirst=False)
    """),
    _case("enums_and_classes", """
        op.add_column("t", sa.Column("color", sa.Enum(Color, name="color"), server_default=Color.RED.name))
        op.execute(f"UPDATE t SET color = '{Color.RED.value}', other = '{Plain.B}'")
        for one in Color:
            op.execute(f"SELECT '{one.value}'")
        op.execute(f"SELECT {', '.join(sorted(c.value for c in Color))!r}")
    """, """
        import enum

        class Color(enum.Enum):
            RED = "r"
            BLUE = "b"

        class Plain:
            A = "a"
            B = A + "b"
    """),
    _case("types_of_its_own", """
        op.add_column("t", sa.Column("a", Timestamp()))
        op.add_column("t", sa.Column("b", Coded(30)))
        op.add_column("t", sa.Column("c", Named))
        op.alter_column("t", "c", type_=Chosen(), existing_type=Named())
    """, """
        class Timestamp(sa.TypeDecorator):
            impl = sa.DateTime(timezone=True)
            cache_ok = True

        class Coded(sa.TypeDecorator):
            impl = sa.String
            cache_ok = True

        class Named(sa.types.UserDefinedType):
            cache_ok = True

            def get_col_spec(self, **kw):
                return "HSTORE"

        class Chosen(sa.TypeDecorator):
            impl = sa.Text
            cache_ok = True

            def load_dialect_impl(self, dialect):
                if dialect.name == "postgresql":
                    return dialect.type_descriptor(postgresql.JSONB())
                return dialect.type_descriptor(sa.Text())
    """),
    _case("models", """
        bind = op.get_bind()
        Thing.__table__.create(bind)
        bind.execute(sa.update(Thing).values(name="x").where(Thing.id == 3))
        bind.execute(Thing.__table__.delete())
    """, """
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()

        class Thing(Base):
            __tablename__ = "things"
            __table_args__ = (sa.UniqueConstraint("name"), {"schema": "app"})
            id = sa.Column(sa.Integer, primary_key=True)
            name = sa.Column("name", sa.String(20), nullable=False)
    """),
    _case("contexts_and_decorators", """
        with quietly("t") as table, contextlib.suppress(KeyError):
            op.execute(f"SELECT '{table}'")
            {}["missing"]
        loudly("u")
    """, """
        import contextlib
        import functools

        @contextlib.contextmanager
        def quietly(table):
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            try:
                yield table.upper()
            finally:
                op.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")

        def announced(function):
            @functools.wraps(function)
            def inner(*args, **kwargs):
                op.execute("SELECT 'before'")
                return function(*args, **kwargs)
            return inner

        @announced
        def loudly(table):
            op.execute(f"SELECT '{table}'")
    """),
    _case("standard_library", """
        op.execute(f"SELECT '{uuid.UUID('12345678123456781234567812345678')}'")
        op.execute(f"SELECT '{datetime.date(2024, 1, 31) + datetime.timedelta(days=1)}'")
        op.execute("SELECT '%s'" % json.dumps({"a": [1, None]}, sort_keys=True).replace(":", "="))
        op.execute("SELECT " + ", ".join(re.sub("[aeiou]", "", word) for word in ("one", "three")))
        for a, b in itertools.product("ab", [1, 2]):
            op.execute(f"SELECT '{a}{b}'")
        op.execute(f"SELECT {Decimal('1.10')}")
        functools.partial(op.add_column, "t")(sa.Column("p", sa.Numeric(10, 2)))
    """, """
        import datetime, functools, itertools, json, re, uuid
        from decimal import Decimal
    """),
    _case("types_that_listen_for_their_columns", """
        op.add_column("t", sa.Column("kind", Numbered(Kind)))
        op.create_table("u", sa.Column("kind", Numbered(Kind, skipped={Kind.large}), nullable=False))
    """, """
        import enum
        from sqlalchemy.event import listens_for

        class Kind(int, enum.Enum):
            small = 1
            large = 2

        class Numbered(sa.TypeDecorator, sa.types.SchemaType):
            impl = sa.SmallInteger
            cache_ok = True

            def __init__(self, enum=None, skipped=()):
                self.enum = enum
                self.skipped = frozenset(skipped)
                sa.TypeDecorator.__init__(self)
                sa.types.SchemaType.__init__(self)

        @listens_for(Numbered, "before_parent_attach")
        def before(kind, column):
            @listens_for(column, "after_parent_attach")
            def after(column, table):
                values = (one.value for one in kind.enum if one not in kind.skipped)
                allowed = sa.type_coerce(column, sa.SmallInteger).in_(values)
                check = sa.CheckConstraint(allowed, f"valid_{column.name}")
                check.info["by"] = "the type"
                assert check.table is table
    """),
    _case("queries_inside_statements", """
        session = Session(bind=op.get_bind())
        op.execute(sa.insert(Owner).from_select(
            ["user_id", "chart_id"],
            session.query(Chart.made_by, Chart.id)
            .outerjoin(Owner, sa.and_(Owner.chart_id == Chart.id, Owner.user_id == Chart.made_by))
            .filter(Owner.chart_id == None)
            .order_by(Chart.id)
            .limit(5),
        ))
        op.execute(sa.delete(Chart).where(Chart.id.in_(session.query(Owner.chart_id).filter_by(user_id=3))))
        one = session.query(Chart.id).join(Owner, Owner.chart_id == Chart.id).filter_by(user_id=4).subquery()
        op.execute(sa.select(one.c.id))
    """, """
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()

        class Chart(Base):
            __tablename__ = "charts"
            id = sa.Column(sa.Integer, primary_key=True)
            made_by = sa.Column(sa.Integer)

        class Owner(Base):
            __tablename__ = "owners"
            id = sa.Column(sa.Integer, primary_key=True)
            user_id = sa.Column(sa.Integer)
            chart_id = sa.Column(sa.Integer)
    """),
    _case("members_of_enums_that_are_numbers", """
        op.execute(f"SELECT {Level.high}, {str(Level.low)}, {Level.high.value}")
        op.execute("SELECT {} AS {!r}".format(Level.high, "x"))
    """, """
        import enum

        class Level(enum.IntEnum):
            low = 1
            high = 2
    """),
    _case("classes_of_dialects_and_made_classes", """
        for kind, sql in BY_DIALECT.items():
            if isinstance(op.get_bind().dialect, kind):
                op.execute(f"UPDATE {kind().identifier_preparer.quote('user')} SET id = {sql}")
        members = {"__tablename__": "made", "id": sa.Column(sa.Integer, primary_key=True)}
        op.execute(sa.delete(type("Made", (Base,), members)))
    """, """
        from sqlalchemy.dialects.mysql.base import MySQLDialect
        from sqlalchemy.dialects.postgresql.base import PGDialect
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()
        BY_DIALECT = {MySQLDialect: "uuid()", PGDialect: "gen_random_uuid()"}
    """),
    _case("the_schema_of_the_version_table", """
        schema = get_context().version_table_schema if op.get_context().version_table_schema else ""
        add_column("rules", sa.Column("eol_at", sa.DateTime), schema=schema)
        prefix = context.get_context().version_table_schema + "." if context.get_context().version_table_schema else ""
        op.execute("ALTER TABLE %srules ALTER COLUMN eol_at DROP NOT NULL" % prefix)
    """, """
        from alembic.context import get_context
        from alembic.op import add_column
    """),
    _case("types_given_as_functions", """
        op.create_table("t", sa.Column("n", sa.BigInteger().with_variant(Small, "postgresql")))
    """, """
        def Small():
            return sa.Integer()
    """),
    _case("tables_made_anew_in_batch_mode", """
        known = sa.Table(
            "t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(20)),
            sa.Column("n", sa.Numeric(10, 2)), sa.UniqueConstraint("a", name="uq_a"),
        )
        with op.batch_alter_table(
            "t", recreate="always", copy_from=known, table_args=(sa.CheckConstraint("n > 0", name="ck"),)
        ) as batch_op:
            batch_op.add_column(sa.Column("later", sa.Text()))
            batch_op.alter_column("a", new_column_name="b", type_=sa.Text())
            batch_op.drop_column("n")
    """),
    _case("downgrade_too", "op.drop_table('t')", "", """
        op.create_table(
            "t", sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False), sa.PrimaryKeyConstraint("id")
        )
    """),
)  # fmt: skip
