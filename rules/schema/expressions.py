"""What an expression says about columns: which it mentions, what it proves, how a rename changes it.

Tokens tell which words may be columns. Where one of them may also be something else (a type, a field of a date, an
alias) a tree decides; where there is no tree, each of them counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rules.model.columns import Check, Constraint, NotNull
from rules.model.names import quoted
from rules.postgres.tokens import Token, TokenKind, identifier, tokens_of, words

_NAMES = (TokenKind.WORD, TokenKind.QUOTED)
_AMBIGUOUS = words("AS FROM SELECT COLLATE INTERVAL AT OVER")
_GO_ON = words(". PRECISION VARYING WITH WITHOUT")
"""What may follow the first word of a type."""


@lru_cache(8192)
def identifiers(expression: str) -> frozenset[str]:
    """Every name in an expression that may be a column; keywords may be among them."""
    return frozenset(name for name, _ in _mentions(expression))


@lru_cache(8192)
def functions(expression: str) -> tuple[str, ...]:
    """The functions that an expression calls, lower case, without their schema, in order."""
    tokens = tokens_of(expression)
    return tuple(
        identifier(expression[token.start : token.end])
        for at, token in enumerate(tokens)
        if token.kind in _NAMES and tokens[at + 1].word == "("
    )


def renamed(expression: str, old: str, new: str) -> str:
    """The expression with one column under another name."""
    parts, end = [], 0
    for name, token in _mentions(expression):
        if name == old:
            parts += [expression[end : token.start], quoted(new)]
            end = token.end
    return "".join([*parts, expression[end:]])


def _mentions(expression: str) -> list[tuple[str, Token]]:
    """Each mention of what may be a column, in order."""
    tokens = tokens_of(expression)
    found = [
        (identifier(expression[token.start : token.end]), token)
        for at, token in enumerate(tokens)
        if token.kind in _NAMES and tokens[at + 1].word not in ("(", ".") and (at == 0 or tokens[at - 1].word != "::")
    ]
    if not found or not _is_ambiguous(tokens):
        return found
    from rules.postgres import trees  # here, since few expressions need sqlglot and it takes long to load

    is_view = any(token.word == "SELECT" for token in tokens)
    tree = trees.view(expression) if is_view else trees.expression(expression)
    if tree is None:
        return found
    starts = {trees.start(column) for column in trees.columns(tree)}
    return [(name, token) for name, token in found if token.start in starts]


def _is_ambiguous(tokens: Sequence[Token]) -> bool:
    """`CAST(a AS date)`, `extract(year FROM a)`, `date '2020-01-01'`, `a::app.mood`."""
    for at, token in enumerate(tokens[:-1]):
        if token.word in _AMBIGUOUS or (
            token.word and tokens[at + 1].kind is TokenKind.STRING and token.word.isalpha()
        ):
            return True
        if token.word == "::" and at + 2 < len(tokens) and tokens[at + 2].word in _GO_ON:
            return True
    return False


def proves_not_null(constraint: Constraint, column: str) -> bool:
    """As the server proves it when the constraint is validated; without a tree nothing is proved."""
    if isinstance(constraint, NotNull):
        return constraint.column == column
    if not isinstance(constraint, Check) or "null" not in constraint.expression.lower():
        return False
    from rules.postgres import trees  # as above
    from rules.schema.proofs import excludes_null

    tree = trees.expression(constraint.expression)
    return tree is not None and excludes_null(tree, column)
