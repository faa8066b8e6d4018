"""What in a condition is the same for each row that it is asked of."""

from __future__ import annotations

from sqlglot import exp


def is_constant(value: exp.Expr) -> bool:
    """NULL too: it stands for a parameter, or nothing equals it."""
    while isinstance(value, (exp.Cast, exp.Neg, exp.Paren)):
        value = value.this
    if isinstance(value, exp.Tuple):
        return all(isinstance(it, (exp.Literal, exp.Placeholder, exp.Null)) for it in value.expressions)
    return isinstance(value, (exp.Literal, exp.Placeholder, exp.Parameter, exp.Null))


def is_unnested(call: exp.Expr) -> bool:
    """A list of rows that the statement brings along."""
    return isinstance(call, exp.Anonymous) and call.name == "unnest" and not call.find(exp.Column, exp.Query)


def is_one_row(query: exp.Expr) -> bool:
    """`(SELECT max(id) FROM t)`."""
    select = query.unnest()
    if not isinstance(select, exp.Select) or select.args.get("group") or len(select.expressions) != 1:
        return False
    only = select.expressions[0]
    is_aggregate = isinstance(only, exp.Anonymous) and only.name in ("max", "min")
    return is_aggregate and not is_correlated(query)


def is_correlated(query: exp.Expr) -> bool:
    """Whether it names a table from outside of it; a name without a table counts as its own."""
    inner = {table.alias_or_name for table in query.find_all(exp.Table, exp.Subquery, exp.Values)}
    return any(column.table and column.table not in inner for column in query.find_all(exp.Column))
