"""What SQLAlchemy keeps in no order, or words with an address, is the same at each run."""

from __future__ import annotations

import pytest

from rules.model.operations import CreateIndex, Opaque
from tests.rules.reading.one_script import read


def test_what_was_not_read_is_said_in_the_same_words_at_each_run() -> None:
    (found,) = read('op.drop_constraint(None, "a", type_="foreignkey")')
    assert isinstance(found, Opaque)
    assert "it has no name" in found.reason
    assert "0x" not in found.reason


def test_what_sqlalchemy_keeps_in_no_order_is_told_in_one() -> None:
    values = ", ".join(f"{letter}=1" for letter in "hgfedcb")
    (found,) = read(f'op.execute(sa.table("t", sa.column("a")).insert().values({values}))')
    assert isinstance(found, Opaque)
    assert found.reason.endswith("the table is not known to have b, c, d, e, f, g, h")


@pytest.mark.parametrize(
    "written",
    ['op.create_table("t", {})', 'sa.Table("t", sa.MetaData(), {}).create(op.get_bind())'],
)
def test_the_indexes_of_a_new_table_come_in_the_order_of_its_columns(written: str) -> None:
    columns = ", ".join(f'sa.Column("{letter}", sa.Integer(), index=True)' for letter in "gbdafce")
    _, *indexes = read(written.format(columns))
    assert [one.index.name for one in indexes if isinstance(one, CreateIndex)] == [f"ix_t_{one}" for one in "gbdafce"]
