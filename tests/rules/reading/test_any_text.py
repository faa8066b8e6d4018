"""Whatever the text: an answer, within bounds, without an exception."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from rules.model.operations import Opaque
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading import find_locations, read_environment, read_script, wanted_paths
from rules.reading.reader import FAULT
from tests.rules.reading.capabilities import CAPABILITIES, migration

CALM = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
PIECES = [line for one in CAPABILITIES for line in one.text.split("\n")]
WORDS = sorted({word for line in PIECES for word in line.replace("(", " ( ").replace(",", " , ").split()})
NAMES = some.sampled_from(
    ["op", "sa", "x", "t", "context", "postgresql", "str", "len", "sorted", "upgrade", "revision"]
)


def answered(text: str) -> None:
    script = read_script("v/a1.py", text)
    assert isinstance(script, MigrationScript | SyntaxProblem)
    if isinstance(script, MigrationScript):
        reasons = [one.reason for one in (*script.upgrade, *script.downgrade) if isinstance(one, Opaque)]
        assert not any(FAULT in reason for reason in reasons), (reasons, text)


@CALM
@given(some.text())
def test_any_text_is_read(text: str) -> None:
    answered(text)
    read_environment("env.py", text, {"x.py": text}, text)
    wanted_paths(text, "v/a1.py", {"x.py"})
    find_locations(
        {"alembic.ini": text, "pyproject.toml": f"[tool.alembic]\n{text}", "m/env.py": text, "m/versions/a.py": text}
    )


@CALM
@given(some.integers(0, 2**32), some.integers(1, 6))
def test_a_migration_with_pieces_of_others_in_it_is_read(seed: int, changes: int) -> None:
    chance = random.Random(seed)
    lines = chance.choice(CAPABILITIES).text.split("\n")
    for _ in range(changes):
        at = chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines[at] = chance.choice(PIECES)
            case 1:
                words = lines[at].split(" ")
                words[chance.randrange(len(words))] = chance.choice(WORDS)
                lines[at] = " ".join(words)
            case 2:
                lines.insert(at, chance.choice(PIECES))
            case _:
                del lines[at]
                lines = lines or [""]
    answered("\n".join(lines))


EXPRESSIONS = some.recursive(
    some.one_of(
        NAMES,
        some.integers(-3, 9).map(str),
        some.text("ab%{}:", max_size=4).map(repr),
        some.just("[]"),
        some.just("None"),
    ),
    lambda inner: some.one_of(
        some.tuples(
            inner, some.sampled_from(["+", "-", "*", "/", "%", "**", "==", "<", "in", "is", "and", "or"]), inner
        ).map(lambda p: f"({' '.join(p)})"),
        some.tuples(
            inner,
            some.sampled_from(["format", "join", "execute", "c", "x", "Column", "text", "get", "append", "__class__"]),
        ).map(lambda p: f"({p[0]}).{p[1]}"),
        some.tuples(inner, some.lists(inner, max_size=2)).map(lambda p: f"({p[0]})({', '.join(p[1])})"),
        some.tuples(inner, inner).map(lambda p: f"({p[0]})[{p[1]}]"),
        some.tuples(inner, inner).map(lambda p: f"[{p[0]} for x in {p[1]}]"),
        some.tuples(inner, inner, inner).map(lambda p: f"({p[0]} if {p[1]} else {p[2]})"),
        inner.map(lambda one: f"(lambda x: {one})"),
        some.lists(inner, max_size=3).map(lambda p: f"{{{', '.join(f'{k}: {k}' for k in p)}}}"),
    ),
    max_leaves=12,
)


@CALM
@given(some.lists(EXPRESSIONS, min_size=1, max_size=4))
def test_any_expression_is_read(expressions: list[str]) -> None:
    body = "\n".join(f"x = {one}\nop.execute(x)\nop.add_column('t', sa.Column('c', x))" for one in expressions)
    answered(migration(f"x = t = 1\n{body}"))
