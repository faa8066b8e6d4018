"""GitHub's answers, as far as we use them. Everything else in them is ignored."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Answer(BaseModel):
    """REST: names as they are."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class GraphAnswer(BaseModel):
    """GraphQL: names in camel case."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True)


# REST


class FileAnswer(Answer):
    filename: str
    status: str
    sha: str | None = None
    patch: str | None = None
    previous_filename: str | None = None
    contents_url: str = ""

    @property
    def head_sha(self) -> str | None:
        """GitHub says nowhere else which head a listing is of."""
        named = parse_qs(urlsplit(self.contents_url).query).get("ref", [])
        return named[0] if named else None


class TreeEntry(Answer):
    path: str
    mode: str = ""
    type: str = ""
    sha: str | None = None
    size: int | None = None


class TreeAnswer(Answer):
    tree: list[TreeEntry]
    truncated: bool = False


class AppOf(Answer):
    id: int | None = None


class OutputAnswer(Answer):
    annotations_count: int = 0


class CheckRunAnswer(Answer):
    id: int
    external_id: str | None = None
    status: str = ""
    name: str = ""
    app: AppOf | None = None
    output: OutputAnswer = OutputAnswer()


class CheckRunsAnswer(Answer):
    check_runs: list[CheckRunAnswer] = []


# GraphQL


class Login(GraphAnswer):
    login: str


class CommentNode(GraphAnswer):
    id: str | None = None
    is_minimized: bool = False
    minimized_reason: str | None = None
    full_database_id: int | None = None
    viewer_did_author: bool = False
    body: str = ""
    author: Login | None = None


class CommentNodes(GraphAnswer):
    total_count: int = 0
    nodes: list[CommentNode | None] | None = None


class ThreadNode(GraphAnswer):
    id: str
    is_resolved: bool = False
    is_outdated: bool = False
    path: str = ""
    resolved_by: Login | None = None
    comments: CommentNodes = CommentNodes()


class PageEnd(GraphAnswer):
    has_next_page: bool = False
    end_cursor: str | None = None


class Threads(GraphAnswer):
    page_info: PageEnd = PageEnd()
    nodes: list[ThreadNode | None] | None = None


class ReviewNode(GraphAnswer):
    viewer_did_author: bool = False
    body: str = ""


class ReviewNodes(GraphAnswer):
    nodes: list[ReviewNode | None] | None = None


class PathNode(GraphAnswer):
    path: str
    change_type: str = ""


class PathNodes(GraphAnswer):
    nodes: list[PathNode | None] | None = None


class Oid(GraphAnswer):
    oid: str


class RefNode(GraphAnswer):
    target: Oid | None = None


class NameNode(GraphAnswer):
    name: str


class PullTalk(GraphAnswer):
    """What was said on a pull request."""

    reviews: ReviewNodes | None = None
    review_threads: Threads = Threads()


class TalkNode(GraphAnswer):
    """The latest comments of either kind."""

    comments: CommentNodes | None = None
    review_threads: Threads = Threads()

    @property
    def all_comments(self) -> list[CommentNode]:
        threads = [thread.comments for thread in self.review_threads.nodes or () if thread]
        return [node for nodes in (self.comments, *threads) for node in (nodes.nodes if nodes else None) or () if node]


class PullNode(PullTalk):
    title: str
    state: str
    is_draft: bool = False
    is_cross_repository: bool = False
    changed_files: int = 0
    head_ref_oid: str
    base_ref_oid: str
    base_ref_name: str
    base_ref: RefNode | None = None
    files: PathNodes | None = None


class RepositoryNode(GraphAnswer):
    database_id: int | None = None
    name_with_owner: str
    is_archived: bool = False
    default_branch_ref: NameNode | None = None
    pull_request: PullNode | None = None


class NeighbourNode(GraphAnswer):
    number: int
    title: str = ""
    is_draft: bool = False
    head_ref_oid: str
    files: PathNodes | None = None


class NeighbourNodes(GraphAnswer):
    page_info: PageEnd = PageEnd()
    nodes: list[NeighbourNode | None] = Field(default_factory=list)


class BlobNode(GraphAnswer):
    """Without `byte_size` it is not a blob: a folder, or a submodule's commit."""

    oid: str
    byte_size: int | None = None
    is_binary: bool | None = None
    is_truncated: bool = False
    text: str | None = None
