"""Queries and expressions as trees, within bounds. It imports sqlglot: import it only where a tree is needed.

None stands for a text that has no tree here; nothing raises. Trees are shared: nobody changes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from sqlglot import exp
from sqlglot.tokenizer_core import Token as TreeToken
from sqlglot.tokenizer_core import TokenType

from rules.model.names import Name
from rules.postgres.dialect import PostgreSQL, tree_tokens
from rules.postgres.tokens import Token, tokens_of, words

LONGEST = 5000
"""Tokens of a text that becomes a tree: about 100 ms."""
DEEPEST = 24
"""Parentheses, brackets and CASEs inside each other: the parser takes about ten frames for each."""
_ENDINGS = [
    ending.split()
    for ending in (
        "WITH NO DATA",
        "WITH DATA",
        "WITH CHECK OPTION",
        "WITH LOCAL CHECK OPTION",
        "WITH CASCADED CHECK OPTION",
    )
]
"""Of a view, after its query."""
_OPENING, _CLOSING = words("( [ CASE"), words(") ] END")
_DIALECT = PostgreSQL()
_NO_FUNCTIONS = words("all any some row array values grouping rollup cube sets numeric decimal varchar char bit time")


@lru_cache(512)
def query(sql: str) -> exp.Expr | None:
    """One SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE, with the WITH before it."""
    tree = _parsed(tokens_of(sql)[:-1], sql)
    return tree if isinstance(tree, (exp.Query, exp.Values, exp.Insert, exp.Update, exp.Delete, exp.Merge)) else None


@lru_cache(512)
def view(definition: str) -> exp.Expr | None:
    """Of a view from its columns or its AS on: the query."""
    tokens = tokens_of(definition)[:-1]
    first = next((at for at, token in enumerate(tokens) if token.word == "AS"), len(tokens)) + 1
    found = [token.word for token in tokens]
    ending = next((it for it in _ENDINGS if found[-len(it) :] == it), [])
    tree = _parsed(tokens[first : len(tokens) - len(ending)], definition)
    return tree if isinstance(tree, (exp.Query, exp.Values)) else None


@lru_cache(4096)
def expression(text: str) -> exp.Expr | None:
    tree = _parsed(tokens_of(text)[:-1], text, TreeToken(TokenType.SELECT, "select"))
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        return None
    if any(value for key, value in tree.args.items() if key != "expressions"):
        return None
    found: exp.Expr = tree.expressions[0]
    return found


def _parsed(tokens: Sequence[Token], text: str, *before: TreeToken) -> exp.Expr | None:
    if not tokens or len(tokens) > LONGEST or _depth(tokens) > DEEPEST:
        return None
    try:
        trees = _DIALECT.parser().parse([*before, *tree_tokens(tokens, text)], text)
    except Exception:  # on a text that is no SQL the parser raises whatever its next step raises
        return None
    return trees[0] if len(trees) == 1 else None


def _depth(tokens: Iterable[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        depth += (token.word in _OPENING) - (token.word in _CLOSING)
        deepest = max(deepest, depth)
    return deepest


def start(node: exp.Expr) -> int:
    """Offset of a name in the text."""
    found = node.meta.get("start", 0)
    return found if isinstance(found, int) else 0


def name_of(table: exp.Table) -> Name | None:
    """None for what stands at a table's place and is none: a function, a list of rows."""
    if not isinstance(table.this, exp.Identifier):
        return None
    return Name(table.this.name, table.args["db"].name if table.args.get("db") else None)


def is_base_table(item: exp.Expr) -> bool:
    """Whether an item of a FROM list is a table or view by its name: no query, no function."""
    return isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier) and cte_of(item) is None


def tables_read(tree: exp.Expr, target: exp.Expr | None = None) -> tuple[Name, ...]:
    """Each table and view that is read, once, in the order of the text; `target` is the one that is written."""
    found = [
        table
        for table in tree.find_all(exp.Table)
        if table is not target and not isinstance(table.parent, (exp.Into, exp.Lock)) and is_base_table(table)
    ]
    names = (name_of(table) for table in sorted(found, key=lambda table: start(table.this)))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def tables_behind(tree: exp.Expr, target: exp.Expr | None = None) -> Iterator[Name]:
    """Those too that stand in the WITH queries which it names, wherever these are; each perhaps several times."""
    seen: set[int] = set()
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        yield from tables_read(part, target)
        for cte in filter(None, map(cte_of, part.find_all(exp.Table))):
            if id(cte) not in seen:
                seen.add(id(cte))
                waiting.append(cte.this)


def tables_locked(tree: exp.Expr) -> Iterator[Name]:
    """Those of which FOR UPDATE and kin lock rows: all that its query names after FROM, or those after OF."""
    for lock in tree.find_all(exp.Lock):
        query, named = lock.parent, {table.name for table in lock.expressions}
        clause = query.args.get("from_") if query is not None else None
        items = [clause.this] if query is not None and clause is not None else []
        items += [join.this for one in (query, *items) if one is not None for join in one.args.get("joins") or ()]
        for item in items:
            if not named or item.alias_or_name in named:
                yield from tables_read(item)


def cte_of(table: exp.Table) -> exp.CTE | None:
    """The WITH query that a table's name stands for: that of the nearest WITH whose names are known there."""
    if table.args.get("db") or not isinstance(table.this, exp.Identifier):
        return None
    inside: exp.Expr = table
    while (outside := inside.parent) is not None:
        for cte in _known_in(outside, inside):
            if isinstance(cte, exp.CTE) and cte.alias == table.name:
                return cte
        inside = outside
    return None


def _known_in(outside: exp.Expr, inside: exp.Expr) -> Sequence[exp.Expr]:
    """The WITH queries whose names are known in one part of a query: of those beside it, the earlier ones only."""
    if isinstance(outside, exp.With):
        beside = outside.expressions
        return beside if outside.args.get("recursive") else beside[: inside.index]
    clause = outside.args.get("with_")
    return clause.expressions if isinstance(clause, exp.With) and clause is not inside else ()


def functions_called(tree: exp.Expr) -> tuple[str, ...]:
    """Their names as the server stores them, without schema, each once, in the order of the text."""
    found = [
        (start(node), node.meta.get("called") or node.name)
        for node in tree.walk()
        if isinstance(node, exp.Anonymous) or node.meta.get("called")
    ]
    return tuple(dict.fromkeys(name for _, name in sorted(found) if name not in _NO_FUNCTIONS))


def settings_of(tree: exp.Expr) -> Iterator[tuple[str, str | None, bool]]:
    """Of each `set_config('name', 'value', local)` with a plain name; a computed value is None."""
    for call in tree.find_all(exp.Anonymous):
        match call.expressions:
            case [exp.Literal(is_string=True) as name, value, local] if call.name.lower() == "set_config":
                written = value.this if isinstance(value, exp.Literal) and value.is_string else None
                yield name.this.lower(), written, not (isinstance(local, exp.Boolean) and not local.this)


def columns(tree: exp.Expr) -> tuple[exp.Identifier, ...]:
    """The names of the columns that it mentions; `meta` has the offsets of each, the end inclusive."""
    return tuple(node.this for node in tree.find_all(exp.Column) if isinstance(node.this, exp.Identifier))


def parts(condition: exp.Expr) -> list[exp.Expr]:
    """Of a chain of ANDs, or of ORs, in their order. Without recursion: a chain is as deep as it is long."""
    kind = type(condition)
    found, waiting = [], [condition]
    while waiting:
        node = waiting.pop().unnest()
        if type(node) is kind:
            waiting += (node.expression, node.this)
        else:
            found.append(node)
    return found
