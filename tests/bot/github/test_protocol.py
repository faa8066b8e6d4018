"""GitHub's protocol, without GitHub."""

from __future__ import annotations

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.github.addresses import Addresses
from bot.github.errors import (
    Archived,
    Forbidden,
    GitHubError,
    Gone,
    InstallationRemoved,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from bot.github.protocol import app_jwt, error_of, graphql_error, headers, next_page, retry_at
from tests.stand_in.state.apps import new_private_key

NOW = 1_800_000_000.0
ABUSE = "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again."


def test_the_apps_jwt_names_the_app_and_lives_less_than_ten_minutes() -> None:
    key = new_private_key()
    claims = jwt.decode(app_jwt("42", key, NOW), options={"verify_signature": False})
    assert claims == {"iat": NOW - 60, "exp": NOW + 540, "iss": "42"}
    assert jwt.get_unverified_header(app_jwt("Iv23li", key, NOW))["alg"] == "RS256"


def test_every_request_names_the_api_version_and_us() -> None:
    assert headers("t")["X-GitHub-Api-Version"] == "2022-11-28"
    assert headers("t")["User-Agent"].startswith("dbbot")


@pytest.mark.parametrize(
    ("rest", "graphql", "web"),
    [
        ("https://api.github.com", "https://api.github.com/graphql", "https://github.com"),
        ("https://api.github.com/", "https://api.github.com/graphql", "https://github.com"),
        ("https://api.octo.ghe.com", "https://api.octo.ghe.com/graphql", "https://octo.ghe.com"),
        ("https://git.corp/api/v3", "https://git.corp/api/graphql", "https://git.corp"),
        ("http://127.0.0.1:8081/api/v3/", "http://127.0.0.1:8081/api/graphql", "http://127.0.0.1:8081"),
    ],
)
def test_addresses_follow_from_the_rest_address(rest: str, graphql: str, web: str) -> None:
    found = Addresses.of(rest)
    assert (found.graphql, found.web) == (graphql, web)
    assert found.rest == rest.rstrip("/")


@pytest.mark.parametrize("wrong", ["", "api.github.com", "ftp://api.github.com", "https://"])
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Addresses.of(wrong)


def test_a_permalink_survives_strange_paths() -> None:
    link = Addresses.of("https://api.github.com").permalink("o/r", "abc", "a b/ü#.py", 3, 7)
    assert link == "https://github.com/o/r/blob/abc/a%20b/%C3%BC%23.py#L3-L7"


def test_the_next_page_is_read_from_the_link_header() -> None:
    link = '<https://api.github.com/x?page=1>; rel="prev", <https://api.github.com/x?page=3>; rel="next"'
    assert next_page({"link": link}) == "https://api.github.com/x?page=3"
    assert next_page({"link": '<https://api.github.com/x?page=9>; rel="last"'}) is None
    assert next_page({}) is None


@pytest.mark.parametrize(
    ("given_headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "30", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 900)}, 30),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 900)}, 900),
        ({"x-ratelimit-remaining": "12", "x-ratelimit-reset": str(int(NOW) + 900)}, 60),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) - 900)}, 1),
        ({"retry-after": "soon"}, 60),
        ({}, 60),
    ],
)
def test_how_long_to_wait_follows_githubs_order(given_headers: dict[str, str], seconds: int) -> None:
    assert retry_at(given_headers, NOW) == NOW + seconds


def test_a_reset_counts_by_githubs_clock_and_not_by_ours() -> None:
    ahead = NOW + 300
    theirs = {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(int(NOW) + 900),
        "date": "Fri, 15 Jan 2027 08:00:00 GMT",
    }
    assert retry_at(theirs, ahead) == ahead + 900


@pytest.mark.parametrize(
    ("status", "given_headers", "body", "kind"),
    [
        (401, {}, {"message": "Bad credentials"}, Unauthorized),
        (403, {}, {"message": "Resource not accessible by integration"}, Forbidden),
        (403, {"retry-after": "60"}, {"message": "Slow down"}, RateLimited),
        (403, {"x-ratelimit-remaining": "0"}, {"message": "No more"}, RateLimited),
        (403, {}, {"message": "You have exceeded a secondary rate limit."}, RateLimited),
        (403, {}, {"message": ABUSE}, RateLimited),
        (403, {}, {"message": "Repository was archived so is read-only."}, Archived),
        (403, {}, {"message": "This installation has been suspended"}, InstallationRemoved),
        (404, {}, {"message": "Not Found"}, NotFound),
        (409, {}, {"message": "Git Repository is empty."}, Refused),
        (410, {}, {"message": "Issues are disabled for this repo"}, Gone),
        (422, {}, {"message": "Validation Failed"}, Refused),
        (429, {}, {"message": "Too many"}, RateLimited),
        (451, {}, {"message": "Repository access blocked"}, Gone),
        (500, {}, "<html>", Unavailable),
        (502, {}, "", Unavailable),
        (504, {}, None, Unavailable),
    ],
)
def test_an_answer_becomes_the_error_that_it_means(
    status: int, given_headers: dict[str, str], body: object, kind: type[GitHubError]
) -> None:
    error = error_of(status, given_headers, body, now=NOW, request="GET /x")
    assert type(error) is kind
    assert str(error).startswith("GET /x: ")


def test_an_answer_below_400_is_no_error() -> None:
    assert all(error_of(status, {}, None, now=NOW) is None for status in (200, 201, 204, 304))


def test_a_forbidden_request_says_which_permission_would_do() -> None:
    error = error_of(403, {"x-accepted-github-permissions": "checks=write"}, {"message": "No"}, now=NOW)
    assert isinstance(error, Forbidden)
    assert error.permission == "checks=write"


@pytest.mark.parametrize(
    ("errors", "reasons"),
    [
        (["Line could not be resolved"], ("Line could not be resolved",)),
        (
            [{"resource": "PullRequestReview", "field": "commit_id", "code": "invalid"}],
            ("PullRequestReview commit_id invalid",),
        ),
        ([{"message": "line must be part of the diff"}], ("line must be part of the diff",)),
        ("Path could not be resolved", ("Path could not be resolved",)),
        (None, ()),
    ],
)
def test_a_refusal_carries_githubs_words(errors: object, reasons: tuple[str, ...]) -> None:
    error = error_of(422, {}, {"message": "Unprocessable Entity", "errors": errors}, now=NOW)
    assert isinstance(error, Refused)
    assert error.reasons == reasons
    assert all(reason in str(error) for reason in reasons)


@pytest.mark.parametrize(
    ("kind", "message", "expected"),
    [
        ("RATE_LIMITED", "API rate limit exceeded", RateLimited),
        (None, "You have exceeded a secondary rate limit", RateLimited),
        ("NOT_FOUND", "Could not resolve to a Repository", NotFound),
        ("FORBIDDEN", "Resource not accessible by integration", Forbidden),
        (None, "Something went wrong while executing your query", Unavailable),
        ("MAX_NODE_LIMIT_EXCEEDED", "Too many nodes", Refused),
    ],
)
def test_graphql_errors_have_the_same_kinds(kind: str | None, message: str, expected: type[GitHubError]) -> None:
    error = graphql_error([{"type": kind, "message": message}], {"retry-after": "7"}, now=NOW)
    assert type(error) is expected
    if isinstance(error, RateLimited):
        assert error.retry_at == NOW + 7


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(400, 599),
    st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-reset", "x-ratelimit-remaining", "date"]), st.text()),
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["message", "errors", "type"]), inner),
    ),
)
def test_no_answer_is_without_a_meaning(status: int, given_headers: dict[str, str], body: object) -> None:
    error = error_of(status, given_headers, body, now=NOW)
    assert isinstance(error, GitHubError)
    assert str(error)
    if isinstance(error, RateLimited):
        assert error.retry_at >= NOW
    assert isinstance(graphql_error(body if isinstance(body, list) else [body], given_headers, now=NOW), GitHubError)
