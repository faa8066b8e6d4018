"""Lists in GraphQL's way: nodes, edges, cursors."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from tests.stand_in.graphql.viewer import refusal
from tests.stand_in.state.world import Json

MOST = 100


def connection(name: str, items: Sequence[Any], view: Callable[[Any], Json], arguments: Json) -> Json:
    """The page that `first`/`after` or `last`/`before` name. GitHub wants one of `first` and `last`."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is None and last is None:
        return {"totalCount": len(items), **dict.fromkeys(("nodes", "edges", "pageInfo"), unbounded(name))}
    if max(first or 0, last or 0) > MOST:
        raise refusal(
            "EXCESSIVE_PAGINATION",
            f"Requesting {max(first or 0, last or 0)} records on the `{name}` connection exceeds the `first` limit of "
            f"{MOST} records.",
        )
    start = position(arguments.get("after"), -1) + 1
    end = position(arguments.get("before"), len(items))
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    nodes = [view(item) for item in items[start:end]]
    return {
        "totalCount": len(items),
        "nodes": nodes,
        "edges": [{"cursor": cursor(start + at), "node": node} for at, node in enumerate(nodes)],
        "pageInfo": {
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": cursor(start) if nodes else None,
            "endCursor": cursor(start + len(nodes) - 1) if nodes else None,
        },
    }


def unbounded(name: str) -> Callable[[Any], Json]:
    """Counting needs no page; anything else does."""

    def refuse(_: Any) -> Json:
        raise refusal(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
        )

    return refuse


def cursor(at: int) -> str:
    return base64.b64encode(f"cursor:{at}".encode()).decode()


def position(text: str | None, usual: int) -> int:
    if text is None:
        return usual
    try:
        return int(base64.b64decode(text).decode().removeprefix("cursor:"))
    except ValueError:
        raise refusal("INVALID_CURSOR_ARGUMENTS", f"`{text}` does not appear to be a valid cursor.") from None
