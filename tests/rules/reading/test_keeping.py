"""Every value that a reading can hold comes back from what is kept as it was."""

from __future__ import annotations

import json
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from rules.model import operations as model
from rules.model.environment import Environment
from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.model.operations import Direction, Operation, Statement
from rules.model.place import Place
from rules.model.script import Ignore, MigrationScript, SyntaxProblem
from rules.reading.keeping import (
    Damaged,
    Found,
    Kept,
    KeptScript,
    Reading,
    from_bytes,
    kept_reading,
    reading_of,
    subclasses_of,
    to_bytes,
)
from tests.corpora import FOLDER, PROJECTS, texts_of

HOME = "migrations/versions/a.py"
OPERATIONS = sorted({kind.__name__: kind for kind in subclasses_of(Operation)}.items())
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NUMBERS = st.integers(0, 10_000)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is str:
        return TEXTS
    if kind is int:
        return NUMBERS
    if kind is bool:
        return st.booleans()
    if kind is NoneType:
        return st.none()
    if kind is Place:
        return places()
    if kind is Operation:
        return st.sampled_from(OPERATIONS).flatmap(lambda one: values(one[1]))
    if origin is tuple:
        if inner[-1] is Ellipsis:
            return st.lists(values(inner[0]), max_size=3).map(tuple)
        return st.tuples(*(values(one) for one in inner))
    if origin in (Union, UnionType):
        return st.one_of([values(one) for one in inner])
    if isinstance(kind, type) and issubclass(kind, Frozen | MigrationScript):
        return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items() if name[0] != "_"})
    return st.sampled_from(kind)  # an enum


def places() -> st.SearchStrategy[Place]:
    paths = st.sampled_from([HOME, "shop/names.py"])
    plain = st.builds(Place, paths, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
    return st.builds(Place, paths, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.none() | plain)


def bytes_of(found: Found) -> bytes:
    data = to_bytes(Kept((), (), None, found))
    assert data is not None
    return data


def back(reading: Reading, path: str, text: str) -> Reading:
    return again(bytes_of(kept_reading(reading)), path, text)


def again(data: bytes, path: str, text: str) -> Reading:
    found = from_bytes(data).found
    assert isinstance(found, KeptScript | SyntaxProblem)
    return reading_of(found, path, text)


@pytest.mark.parametrize(("name", "kind"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_any_operation_comes_back(name: str, kind: type[Operation]) -> None:
    @settings(max_examples=12, deadline=None, database=None)
    @given(values(kind), values(kind))
    def check(one: Operation, other: Operation) -> None:
        script = MigrationScript(HOME, "text", "a", upgrade=(one, other), downgrade=(other,))
        assert back(script, script.path, script.text) == script

    check()


@settings(max_examples=30, deadline=None)
@given(values(MigrationScript))
def test_any_script_comes_back(script: MigrationScript) -> None:
    assert back(script, script.path, script.text) == script


@settings(max_examples=30, deadline=None)
@given(values(SyntaxProblem))
def test_any_problem_comes_back(problem: SyntaxProblem) -> None:
    assert back(problem, problem.place.path, "") == problem


@settings(max_examples=30, deadline=None)
@given(values(Environment))
def test_any_environment_comes_back(environment: Environment) -> None:
    assert from_bytes(bytes_of(environment)).found == environment


def test_all_operations_are_tried() -> None:
    offered = {kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, Operation)}
    assert offered - {Operation} == {kind for _, kind in OPERATIONS}


def test_what_is_kept_stays_as_it_was_given() -> None:
    """A reading goes on being used after it was kept."""
    statement = Statement("DROP TABLE t", Place(HOME, 1, via=Place(HOME, 2)))
    script = MigrationScript(
        HOME,
        "",
        "a",
        upgrade=(model.DropTable(statement, Name("t")),),
        places=(("upgrade", Place(HOME, 3)),),
        ignores=(Ignore(Place(HOME, 4), ("x",), None),),
    )
    kept_reading(script)
    assert script.upgrade[0].statement is statement
    assert {statement.place.path, script.places[0][1].path, script.ignores[0].place.path} == {HOME}


def dropping() -> tuple[MigrationScript, dict[str, Any]]:
    """A script of one operation, and what is kept of it."""
    statement = Statement("DROP TABLE t", Place(HOME, 1))
    script = MigrationScript(HOME, "", "a", upgrade=(model.DropTable(statement, Name("t")),))
    data: dict[str, Any] = json.loads(bytes_of(kept_reading(script)))
    return script, data


def test_a_default_is_not_written() -> None:
    _, data = dropping()
    ((number, row),) = data["found"]["upgrade"]["operations"]
    assert (number, row["is"], row["table"], sorted(row)) == (
        0,
        "DropTable",
        {"name": "t"},
        ["is", "statement", "table"],
    )


def test_the_path_of_the_file_and_its_text_are_not_written() -> None:
    _, data = dropping()
    assert HOME not in json.dumps(data)


TABLE = {"name": "t"}
ROWS: tuple[Any, ...] = (
    [0, {"is": "Operation"}],
    [0, {"is": "DropTables", "table": TABLE}],
    [0, {"is": "DropTable"}],
    [0, {"is": "DropTable", "table": TABLE, "more": 1}],
    [0, {"is": "DropTable", "table": TABLE, "cascade": 1}],
    [0, {"is": "DropTable", "table": ["t", None]}],
    [1, {"is": "DropTable", "table": TABLE}],
    [-1, {"is": "DropTable", "table": TABLE}],
    [True, {"is": "DropTable", "table": TABLE}],
    [0],
    7,
)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_no_operation_gives_is_refused(row: Any) -> None:
    script, data = dropping()
    ((_, good),) = data["found"]["upgrade"]["operations"]
    assert again(json.dumps(data).encode(), HOME, "") == script
    if isinstance(row, list) and len(row) == 2:
        row[1]["statement"] = good["statement"]
    data["found"]["upgrade"]["operations"] = [row]
    with pytest.raises(Damaged):
        again(json.dumps(data).encode(), HOME, "")


@pytest.mark.parametrize("sent", [-1, 2])
def test_more_statements_than_there_are_is_refused(sent: int) -> None:
    _, data = dropping()
    data["found"]["upgrade"]["sent"] = sent
    with pytest.raises(Damaged):
        again(json.dumps(data).encode(), HOME, "")


def test_a_statement_outside_of_the_transaction_comes_back() -> None:
    statement = Statement("x", Place(HOME, 1), Direction.DOWNGRADE, "op.execute", False, 2, True, True, ("name",))
    for one in (
        statement,
        structs.replace(statement, transactional=True, block=None),
        structs.replace(statement, conditional=False),
    ):
        downgrade = (model.Harmless(one, "X"),)
        script = MigrationScript(HOME, "", "a", downgrade=downgrade, downgrade_statements=(one, one))
        assert back(script, HOME, "") == script


@pytest.mark.slow
@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_all_scripts_of_a_public_project_come_back(project: Any, request: pytest.FixtureRequest) -> None:
    if request.config.option.markexpr != "slow":
        pytest.skip("a minute for all projects; asked for by -m slow")
    from rules.reading import find_locations, read_location

    root = FOLDER / "src" / project.folder
    if not root.exists():
        pytest.skip("not fetched: python -m tests.corpora")
    texts = texts_of(root)
    scripts = [script for where in find_locations(texts) for script in read_location(where, texts).scripts]
    assert scripts
    for script in scripts:
        assert back(script, script.path, script.text) == script
