"""The API's door: log, faults, identity, contract, permission, handler, page, ETag, contract again."""

import hashlib
import time
import traceback
from typing import TYPE_CHECKING, Any

from tests.stand_in.contract.checker import Operation, check_answer, check_body, check_query, find_operation
from tests.stand_in.faults import Fault
from tests.stand_in.rest import HANDLERS
from tests.stand_in.rest.auth import Caller, authorize, identify
from tests.stand_in.rest.operations import Answer, Call, Listing, Raw, Reply
from tests.stand_in.rest.pages import page_of
from tests.stand_in.server.exchange import Incoming, Outgoing
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.repositories import Repository
from tests.stand_in.traffic import Exchange

if TYPE_CHECKING:
    from tests.stand_in.github import StandIn

API_VERSION = "2022-11-28"


class Door:
    def __init__(self, github: "StandIn") -> None:
        self.github = github
        self.world = github.world

    def answer(self, incoming: Incoming) -> Outgoing:
        """What the client gets, after the faults had their say; logged."""
        found = find_operation(incoming.method, incoming.path)
        outgoing = self.struck(incoming, found)
        self.github.requests.add(
            Exchange(
                method=incoming.method,
                path=incoming.path,
                query=incoming.query_text,
                operation=found[0].name if found else "graphql" if incoming.path == "/graphql" else "",
                status=0 if outgoing.cut else outgoing.status,
                sent=len(incoming.content),
                received=len(outgoing.content),
                auth=auth_kind(incoming),
                user_agent=incoming.header("user-agent"),
            )
        )
        return outgoing

    def struck(self, incoming: Incoming, found: tuple[Operation, dict[str, str]] | None) -> Outgoing:
        fault = self.github.faults.strike(incoming.method, incoming.path)
        if fault and fault.delay:
            self.github.ending.wait(fault.delay)
        if fault is None or fault.after or fault.is_only_late:
            true_answer = self.perform(incoming, found)
            if fault is None or fault.is_only_late:
                return true_answer
        return broken(fault)

    def perform(self, incoming: Incoming, found: tuple[Operation, dict[str, str]] | None) -> Outgoing:
        with self.world.lock:
            try:
                self.check_headers(incoming)
                caller = identify(self.world, incoming.header("authorization"))
            except Refused as refused:
                return Outgoing.refusal(refused)
            limits = self.count(caller)
            try:
                self.refuse_over_limit(caller)
                outgoing = self.serve(incoming, found, caller)
            except Refused as refused:
                outgoing = Outgoing.refusal(refused)
            except Exception:
                self.report(incoming, f"the stand-in itself failed:\n{traceback.format_exc()}")
                outgoing = Outgoing.json(500, {"message": "Server Error"})
            if outgoing.status == 304 and caller.token:
                caller.token.installation.requests_used -= 1
                limits = self.rate_headers(caller)
            outgoing.headers |= limits
            return outgoing

    def serve(self, incoming: Incoming, found: tuple[Operation, dict[str, str]] | None, caller: Caller) -> Outgoing:
        if incoming.path == "/graphql":
            return self.github.graphql.answer(incoming, caller)
        if found is None or found[0].name not in HANDLERS:
            self.report(incoming, "the stand-in serves no such operation")
            raise Refused.not_found()
        operation, arguments = found
        try:
            outgoing, shown = self.run(incoming, operation, arguments, caller)
        except Refused as refused:
            outgoing, shown = Outgoing.refusal(refused), refused.body
        for problem in check_answer(operation, outgoing.status, shown):
            self.report(incoming, problem)
        return conditional(incoming, outgoing)

    def run(
        self, incoming: Incoming, operation: Operation, arguments: dict[str, str], caller: Caller
    ) -> tuple[Outgoing, Any]:
        """The answer, and the value that its contract is about."""
        declared = HANDLERS[operation.name]
        repository = self.find_repository(arguments) if "repo" in arguments else None
        authorize(declared, caller, repository)
        self.check_request(incoming, operation)
        call = Call(
            world=self.world,
            postman=self.github.postman,
            arguments=arguments,
            query=dict(incoming.query),
            body=incoming.json or {},
            accept=incoming.header("accept"),
            app=caller.app,
            token=caller.token,
            _repository=repository,
        )
        return self.finish(declared.handle(call), call, incoming)

    def finish(self, answer: Answer, call: Call, incoming: Incoming) -> tuple[Outgoing, Any]:
        match answer:
            case Listing():
                body, headers = page_of(answer, call.query, f"{self.world.api_url}{incoming.path}")
                return Outgoing.json(200, body, headers), body
            case Raw():
                return Outgoing(200, answer.content, {"content-type": answer.media_type}), answer.content
            case Reply(body=None):
                return Outgoing(answer.status, headers=dict(answer.headers)), None
            case Reply():
                return Outgoing.json(answer.status, answer.body, answer.headers), answer.body
            case _:
                return Outgoing.json(200, answer), answer

    def find_repository(self, arguments: dict[str, str]) -> Repository:
        repository = self.world.repository(f"{arguments['owner']}/{arguments['repo']}")
        if repository is None:
            raise Refused.not_found()
        return repository

    # The contract

    def check_headers(self, incoming: Incoming) -> None:
        if not incoming.header("user-agent"):
            self.report(incoming, "header: User-Agent is missing")
            raise Refused(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent"
            )
        if not incoming.header("accept"):
            self.report(incoming, "header: Accept is missing")
        version = incoming.header("x-github-api-version")
        if incoming.path == "/graphql":
            return
        if not version:
            self.report(incoming, "header: X-GitHub-Api-Version is missing")
        elif version != API_VERSION:
            self.report(incoming, f"header: X-GitHub-Api-Version is {version}, expected {API_VERSION}")
            raise Refused(400, f"{version} is not a supported version")

    def check_request(self, incoming: Incoming, operation: Operation) -> None:
        """Unknown names are only reported, as GitHub ignores them; the rest is refused too."""
        for problem in check_query(operation, incoming.query):
            self.report(incoming, problem)
        problems = check_body(operation, incoming.json)
        for problem in problems:
            self.report(incoming, problem)
        grave = [each for each in problems if "Additional properties" not in each and "none is described" not in each]
        if grave:
            raise Refused(422, "Invalid request.\n\n" + "\n".join(grave))

    def report(self, incoming: Incoming, what: str) -> None:
        self.github.violations.add(incoming.method, incoming.path, what)

    # Rate limits

    def count(self, caller: Caller) -> dict[str, str]:
        if caller.token:
            caller.token.installation.requests_used += 1
        return self.rate_headers(caller)

    def rate_headers(self, caller: Caller) -> dict[str, str]:
        limit = self.world.limits.rate
        used = caller.token.installation.requests_used if caller.token else 0
        return {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(max(0, limit - used)),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(int(time.time()) + 3600),
            "x-ratelimit-resource": "core",
            "x-github-request-id": f"{self.world.next_id():X}",
            "x-github-media-type": "github.v3; format=json",
            "x-github-api-version-selected": API_VERSION,
        }

    def refuse_over_limit(self, caller: Caller) -> None:
        if caller.token and caller.token.installation.requests_used > self.world.limits.rate:
            raise Refused(403, f"API rate limit exceeded for installation ID {caller.token.installation.id}.")


def conditional(incoming: Incoming, outgoing: Outgoing) -> Outgoing:
    """ETag on every GET; 304 to who has it already."""
    if incoming.method != "GET" or outgoing.status != 200:
        return outgoing
    tag = f'W/"{hashlib.sha256(outgoing.content).hexdigest()}"'
    outgoing.headers["etag"] = tag
    known = [each.strip().removeprefix("W/") for each in incoming.header("if-none-match").split(",")]
    if tag.removeprefix("W/") in known:
        return Outgoing(304, b"", {"etag": tag})
    return outgoing


def broken(fault: Fault) -> Outgoing:
    if fault.cut:
        return Outgoing(0, cut=True)
    if fault.body is None and fault.status >= 500:
        return Outgoing(fault.status, b"<html>Unicorn!</html>", {"content-type": "text/html", **fault.headers})
    return Outgoing.json(fault.status, fault.body or {"message": "A fault on demand"}, fault.headers)


def auth_kind(incoming: Incoming) -> Any:
    secret = incoming.header("authorization").partition(" ")[2]
    if not secret:
        return "none"
    return "installation" if secret.startswith("ghs_") else "jwt" if secret.count(".") == 2 else "unknown"
