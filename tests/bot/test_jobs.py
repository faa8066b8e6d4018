"""Jobs as JSON, both ways, strictly."""

from __future__ import annotations

import json
import pkgutil
from dataclasses import fields

import pytest

from bot.jobs import (
    JOB_FUNCTIONS,
    JOB_TYPES,
    BaseMovedJob,
    CommandJob,
    Job,
    JobError,
    MergeGroupJob,
    RecheckJob,
    ReviewJob,
    Where,
    from_json,
    id_from,
    to_json,
)

WHERE = Where(11, 22, "octo/shop")
SHA = "a" * 40
JOBS: tuple[Job, ...] = (
    ReviewJob(WHERE, 7, SHA, asked=True),
    RecheckJob(WHERE, SHA),
    MergeGroupJob(WHERE, SHA, "b" * 64, "refs/heads/main"),
    BaseMovedJob(WHERE, "main", SHA, 12),
    CommandJob(WHERE, 7, 99, "review", "explain", "some-rule"),
)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_comes_back_as_it_went(job: Job) -> None:
    assert from_json(type(job), to_json(job)) == job


def test_every_kind_of_job_is_among_those_tested() -> None:
    assert {type(job) for job in JOBS} == set(JOB_TYPES)


@pytest.mark.parametrize("name", sorted(JOB_FUNCTIONS))
def test_the_name_of_every_job_leads_to_a_function(name: str) -> None:
    assert callable(pkgutil.resolve_name(name))


@pytest.mark.parametrize("job", JOBS)
def test_a_field_too_many_or_too_few_is_refused(job: Job) -> None:
    values = json.loads(to_json(job))
    with pytest.raises(JobError):
        from_json(type(job), json.dumps({**values, "more": 1}))
    for field in fields(job):
        if field.name not in ("asked", "argument", "merged", "below"):
            with pytest.raises(JobError):
                from_json(type(job), json.dumps({name: value for name, value in values.items() if name != field.name}))


@pytest.mark.parametrize(
    "change",
    [
        {"pull": "7"},
        {"pull": 0},
        {"pull": True},
        {"head_sha": "a" * 39},
        {"head_sha": "A" * 40},
        {"head_sha": SHA + "\n"},
        {"asked": "yes"},
        {"where": {"installation_id": 1, "repository_id": 2, "repository": "../../etc"}},
        {"where": {"installation_id": 1, "repository_id": 2, "repository": "o/r/../../x"}},
        {"where": None},
    ],
)
def test_a_value_that_github_would_not_send_is_refused(change: dict[str, object]) -> None:
    values = json.loads(to_json(JOBS[0]))
    with pytest.raises(JobError):
        from_json(ReviewJob, json.dumps({**values, **change}))


@pytest.mark.parametrize("text", [None, 7, b"{}", "", "[]", "null", "{", "[" * 100_000])
def test_what_is_no_job_is_refused_in_a_sentence(text: object) -> None:
    with pytest.raises(JobError, match=r"\.$"):
        from_json(ReviewJob, text)


def test_a_job_that_would_not_come_back_is_not_written() -> None:
    with pytest.raises(JobError):
        to_json(ReviewJob(WHERE, 7, "main"))


def test_ids_are_made_of_letters_digits_and_hyphens() -> None:
    assert id_from("72d3162e-cc78-11e3-81ab-4c9367dc0958", "0") == "72d3162e-cc78-11e3-81ab-4c9367dc0958-0"
    for odd in ("o/r#7", "", "é", "a" * 200, "a\nb"):
        assert id_from(odd).isalnum()
    assert id_from("o/r#7") != id_from("o/r#8")
    assert id_from("o/", "r") != id_from("o", "/r")
