"""Every value that a reading can hold comes back from its data as it was."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from rules.model import operations as model
from rules.model.environment import Environment
from rules.model.operations import Direction, Operation, Statement
from rules.model.place import Place
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading.data import Damaged, codec_of, subclasses_of
from rules.reading.keeping import Reading, from_data, to_data
from tests.corpora import FOLDER, PROJECTS, texts_of

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
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, *(values(hints[one.name]) for one in fields(kind)))
    return st.sampled_from(kind)  # an enum


def places() -> st.SearchStrategy[Place]:
    paths = st.sampled_from(["migrations/versions/a.py", "shop/names.py"])
    plain = st.builds(Place, paths, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
    return st.builds(Place, paths, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.none() | plain)


def back(reading: Reading, path: str, text: str) -> Reading:
    return from_data(json.loads(json.dumps(to_data(reading))), path, text)


@pytest.mark.parametrize(("name", "kind"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_any_operation_comes_back(name: str, kind: type[Operation]) -> None:
    @settings(max_examples=12, deadline=None, database=None)
    @given(values(kind), values(kind))
    def check(one: Operation, other: Operation) -> None:
        script = MigrationScript("migrations/versions/a.py", "text", "a", upgrade=(one, other), downgrade=(other,))
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
    encode, decode = codec_of(Environment)
    assert decode(json.loads(json.dumps(encode(environment)))) == environment


def test_all_operations_are_tried() -> None:
    offered = {kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, Operation)}
    assert offered - {Operation} == {kind for _, kind in OPERATIONS}


def test_a_default_is_not_written() -> None:
    statement = Statement("DROP TABLE t", Place("a.py", 1))
    script = MigrationScript("a.py", "", "a", upgrade=(model.DropTable(statement, model_name("t")),))
    assert to_data(script)[8][2] == [["DropTable", 0, "t"]]


def model_name(name: str) -> Any:
    return get_type_hints(model.DropTable)["table"](name)


ROWS: tuple[Any, ...] = (
    ["Operation", 0],
    ["DropTables", 0, "t"],
    ["DropTable", 1, "t"],
    ["DropTable", -1, "t"],
    ["DropTable", True, "t"],
    ["DropTable", 0],
    ["DropTable", 0, "t", False, False, 1],
    ["DropTable", 0, "t", 1],
    ["DropTable", 0, ["t", None]],
    [["DropTable"], 0, "t"],
    7,
)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_no_operation_gives_is_refused(row: Any) -> None:
    statement = Statement("DROP TABLE t", Place("a.py", 1))
    script = MigrationScript("a.py", "", "a", upgrade=(model.DropTable(statement, model_name("t")),))
    data = json.loads(json.dumps(to_data(script)))
    assert from_data(data, "a.py", "") == script
    data[8][2] = [row]
    with pytest.raises(Damaged):
        from_data(data, "a.py", "")


def test_a_statement_outside_of_the_transaction_comes_back() -> None:
    statement = Statement("x", Place("a.py", 1), Direction.DOWNGRADE, "op.execute", False, 2, True, True, ("name",))
    script = MigrationScript("a.py", "", "a", downgrade=(model.Harmless(statement, "X"),))
    for one in (
        statement,
        structs.replace(statement, transactional=True, block=None),
        replace(statement, conditional=False),
    ):
        script = replace(script, downgrade=(model.Harmless(one, "X"),), downgrade_statements=(one, one))
        assert back(script, "a.py", "") == script


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
