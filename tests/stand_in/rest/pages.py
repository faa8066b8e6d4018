"""Lists in pages, the way GitHub links them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tests.stand_in.rest.operations import Listing
from tests.stand_in.state.refusals import Refused

USUAL, MOST = 30, 100


def page_of(listing: Listing, query: Mapping[str, str], address: str) -> tuple[Any, dict[str, str]]:
    """The page's body and its `Link` header; more than 100 on a page is 100."""
    size = min(positive(query, "per_page", USUAL), MOST)
    page = positive(query, "page", 1)
    last = max(1, -(-len(listing.items) // size))
    shown = [listing.shape(item) for item in listing.items[(page - 1) * size : page * size]]
    body: Any = shown
    if listing.wrap:
        body = {"total_count": len(listing.items), **listing.extra, listing.wrap: shown}
    near = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    wanted = {
        name: number
        for name, number in near.items()
        if (name in ("prev", "first") and page > 1) or (name in ("next", "last") and page < last)
    }
    links = [
        f'<{address}?{urlencode({**query, "page": str(number)})}>; rel="{name}"' for name, number in wanted.items()
    ]
    return body, {"Link": ", ".join(links)} if links else {}


def positive(query: Mapping[str, str], name: str, usual: int) -> int:
    try:
        return max(1, int(query.get(name, usual)))
    except ValueError:
        raise Refused(422, f"Invalid value for {name}") from None
