"""What the queue carries: numbers, shas and names; never a payload, a token or a text that somebody wrote."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
FullName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}$")]
Number = Annotated[int, Field(gt=0)]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
Word = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]

STRICT = ConfigDict(extra="forbid", strict=True)


class JobError(ValueError):
    """A job's JSON is not what its function expects."""


@dataclass(frozen=True, slots=True)
class Where:
    """The repository a job is about; `installation_id` and `repository_id` are GitHub's numbers."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    installation_id: Number
    repository_id: Number
    repository: FullName


@dataclass(frozen=True, slots=True)
class ReviewJob:
    """Review a pull request. `asked` says that a person pressed Re-run, so that drafts are reviewed too."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    function: ClassVar[str] = "worker.review.review_pull_request"
    timeout: ClassVar[int] = 300

    where: Where
    pull: Number
    head_sha: Sha
    asked: bool = False

    @property
    def turn(self) -> str:
        """Jobs with the same key run one after another."""
        return f"pull-{self.where.repository_id}-{self.pull}"


@dataclass(frozen=True, slots=True)
class RecheckJob:
    """Find the open pull requests whose head is this commit and review each; GitHub names none of a fork's itself."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    function: ClassVar[str] = "worker.review.review_head"
    timeout: ClassVar[int] = 120

    where: Where
    head_sha: Sha

    @property
    def turn(self) -> str:
        return f"head-{self.where.repository_id}-{self.head_sha}"


@dataclass(frozen=True, slots=True)
class MergeGroupJob:
    """Judge what a merge queue is about to merge."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    function: ClassVar[str] = "worker.merge_group.review_merge_group"
    timeout: ClassVar[int] = 300

    where: Where
    head_sha: Sha
    base_sha: Sha
    base_ref: Ref

    @property
    def turn(self) -> str:
        return f"group-{self.where.repository_id}-{self.head_sha}"


@dataclass(frozen=True, slots=True)
class BaseMovedJob:
    """Judge every open pull request to a branch again; `merged` is the one that moved it, 0 if none is known.

    `below` is 0, or says that those with this number and higher ones have had their turn.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    function: ClassVar[str] = "worker.base_moved.review_open_pulls"
    timeout: ClassVar[int] = 900

    where: Where
    base_ref: Ref
    base_sha: Sha
    merged: Annotated[int, Field(ge=0)] = 0
    below: Annotated[int, Field(ge=0)] = 0

    @property
    def turn(self) -> str:
        return id_from("base", str(self.where.repository_id), self.base_ref)


@dataclass(frozen=True, slots=True)
class CommandJob:
    """Answer a comment. `kind` says which of GitHub's two kinds of comment `comment_id` is."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT
    function: ClassVar[str] = "worker.command.answer_command"
    timeout: ClassVar[int] = 120

    where: Where
    pull: Number
    comment_id: Number
    kind: Literal["issue", "review"]
    verb: Word
    argument: Word = ""

    @property
    def turn(self) -> str:
        return f"comment-{self.where.repository_id}-{self.comment_id}"


Job = ReviewJob | RecheckJob | MergeGroupJob | BaseMovedJob | CommandJob

JOB_TYPES: tuple[type[Job], ...] = (ReviewJob, RecheckJob, MergeGroupJob, BaseMovedJob, CommandJob)
JOB_FUNCTIONS = frozenset(kind.function for kind in JOB_TYPES)
"""The only functions that a worker calls; one test checks that each name resolves."""

J = TypeVar("J", bound=Job)

_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in JOB_TYPES}


def to_json(job: Job) -> str:
    """Raises JobError if a value in it is none that `from_json` takes back."""
    text = _ADAPTERS[type(job)].dump_json(job, warnings="none").decode()
    from_json(type(job), text)
    return text


def from_json(kind: type[J], text: object) -> J:
    """Raises JobError on anything that `to_json` would not have written for this kind."""
    if not isinstance(text, str):
        raise JobError(f"A job's argument is JSON text, not {type(text).__name__}.")
    try:
        job: J = _ADAPTERS[kind].validate_json(text)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(step) for step in one['loc']) or 'the whole'}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        )
        raise JobError(f"This is no {kind.__name__}: {wrong}.") from None
    return job


def id_from(*parts: str) -> str:
    """An id made of letters, digits, `-` and `_`, as RQ demands; the same parts give the same id."""
    plain = "-".join(parts)
    if len(plain) <= 100 and plain.replace("-", "").replace("_", "").isalnum() and plain.isascii():
        return plain
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
