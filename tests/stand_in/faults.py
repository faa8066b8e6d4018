"""Faults on demand: what a network and a busy GitHub do to a client."""

import re
import threading
from dataclasses import dataclass, field
from datetime import timedelta

from tests.stand_in.state.world import now


@dataclass
class Fault:
    """`path` is a regular expression on the whole path below the API's root: `/repos/.+/reviews`, `/graphql`."""

    method: str | None = None
    path: str = ".*"
    status: int = 502
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    times: int | None = 1
    """None: until removed."""
    skip: int = 0
    """Matching requests that pass unharmed first."""
    after: bool = False
    """Do what was asked, then lose the answer."""
    cut: bool = False
    """The connection ends without an answer."""
    delay: float = 0.0
    """Seconds before the answer; with `status=200` the real answer, late."""
    used: int = 0

    @property
    def is_only_late(self) -> bool:
        return self.delay > 0 and self.status == 200 and not self.cut

    def matches(self, method: str, path: str) -> bool:
        names = (path, f"/api{path}") if path == "/graphql" else (path,)
        return self.method in (None, method) and any(re.fullmatch(self.path, name) for name in names)


class Faults:
    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.waiting: list[Fault] = []

    def add(
        self,
        method: str | None = None,
        path: str = ".*",
        status: int = 502,
        *,
        body: object = None,
        headers: dict[str, str] | None = None,
        times: int | None = 1,
        skip: int = 0,
        after: bool = False,
        cut: bool = False,
        delay: float = 0.0,
    ) -> Fault:
        fault = Fault(method, path, status, body, dict(headers or {}), times, skip, after, cut, delay)
        with self.guard:
            self.waiting.append(fault)
        return fault

    def late(self, seconds: float, method: str | None = None, path: str = ".*", times: int | None = 1) -> Fault:
        """The real answer, but late."""
        return self.add(method, path, 200, delay=seconds, times=times)

    def secondary_limit(self, method: str | None = None, path: str = ".*", retry_after: int | None = 1) -> Fault:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        return self.add(method, path, 403, body={"message": message}, headers=headers)

    def primary_limit(self, method: str | None = None, path: str = ".*", reset_in: int = 60) -> Fault:
        reset = int((now() + timedelta(seconds=reset_in)).timestamp())
        headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
        return self.add(method, path, 403, body={"message": "API rate limit exceeded"}, headers=headers)

    def remove(self, fault: Fault) -> None:
        with self.guard:
            if fault in self.waiting:
                self.waiting.remove(fault)

    def clear(self) -> None:
        with self.guard:
            self.waiting.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, used up by one."""
        with self.guard:
            for fault in self.waiting:
                if not fault.matches(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.used += 1
                if fault.times is not None and fault.used >= fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
