"""An order in which every revision comes after all that it needs, and the cycles that make one impossible."""

from __future__ import annotations

import heapq
from collections.abc import Mapping


def in_order(needs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The same order for the same graph, however it was built; revisions of a cycle come last of those waiting."""
    above: dict[str, list[str]] = {revision: [] for revision in needs}
    missing = {revision: len(below) for revision, below in needs.items()}
    for revision, below in needs.items():
        for parent in below:
            above[parent].append(revision)
    ready = [revision for revision, count in missing.items() if count == 0]
    heapq.heapify(ready)
    order: list[str] = []
    placed: set[str] = set()
    waiting = sorted(needs)
    position = 0
    while len(order) < len(needs):
        if ready:
            revision = heapq.heappop(ready)
        else:  # only cycles are left: enter one
            while waiting[position] in placed:
                position += 1
            revision = waiting[position]
        if revision in placed:
            continue
        placed.add(revision)
        order.append(revision)
        for child in above[revision]:
            missing[child] -= 1
            if missing[child] == 0:
                heapq.heappush(ready, child)
    return tuple(order)


def cycles(needs: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Each group of revisions that wait for each other, sorted (Tarjan's components, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in sorted(needs):
        if root in number:
            continue
        path = [(root, iter(needs[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while path:
            revision, rest = path[-1]
            below = next(rest, None)
            if below is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[revision])
                if low[revision] == number[revision]:
                    found.extend(_component(revision, stack, on_stack, needs))
            elif below not in number:
                number[below] = low[below] = len(number)
                stack.append(below)
                on_stack.add(below)
                path.append((below, iter(needs[below])))
            elif below in on_stack:
                low[revision] = min(low[revision], number[below])
    return tuple(sorted(found))


def _component(
    root: str, stack: list[str], on_stack: set[str], needs: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, ...]]:
    members = []
    while True:
        revision = stack.pop()
        on_stack.discard(revision)
        members.append(revision)
        if revision == root:
            break
    is_cycle = len(members) > 1 or root in needs[root]
    return [tuple(sorted(members))] if is_cycle else []
