"""Cuts GitHub's GraphQL schema down to the types and fields that the stand-in serves.

    npm pack @octokit/graphql-schema@15.26.1
    python -m tests.stand_in.contract.cut_graphql package/schema.graphql

What is kept is GitHub's to the letter, but for descriptions and for interfaces and directives that are not served.
"""

import re
import sys
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    NamedTypeNode,
    Node,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    Visitor,
    VisitorAction,
    build_ast_schema,
    parse,
    print_ast,
    visit,
)

VERSION = "15.26.1"
PROVENANCE = f"""\
# Cut from npm @octokit/graphql-schema {VERSION} (MIT), schema.graphql: the types and fields that the stand-in serves.
# Kept definitions are GitHub's; descriptions, unserved fields, interfaces and directives are left out.
"""
TARGET = Path(__file__).with_name("github.graphql")

SERVED = {
    "Query": "id node nodes rateLimit repository viewer",
    "Mutation": """
        addPullRequestReview addPullRequestReviewThreadReply minimizeComment resolveReviewThread unminimizeComment
        unresolveReviewThread
    """,
    "Node": "id",
    "Actor": "avatarUrl login resourcePath url",
    "RepositoryOwner": "id login url",
    "Minimizable": "isMinimized minimizedReason viewerCanMinimize",
    "GitObject": "abbreviatedOid id oid",
    "User": "avatarUrl databaseId id login name resourcePath url",
    "Bot": "avatarUrl databaseId id login resourcePath url",
    "Organization": "avatarUrl databaseId id login name resourcePath url",
    "Repository": """
        databaseId defaultBranchRef id isArchived isFork isPrivate name nameWithOwner object owner pullRequest
        pullRequests ref url
    """,
    "Ref": "id name prefix target",
    "Blob": "abbreviatedOid byteSize id isBinary isTruncated oid text",
    "Tree": "abbreviatedOid entries id oid",
    "TreeEntry": "mode name object oid path size type",
    "Commit": "abbreviatedOid committedDate id message messageHeadline oid tree",
    "PullRequest": """
        additions author authorAssociation baseRef baseRefName baseRefOid body changedFiles closed comments createdAt
        databaseId deletions files fullDatabaseId headRefName headRefOid headRepository headRepositoryOwner id
        isCrossRepository isDraft mergeable merged number repository reviewThreads reviews state title updatedAt url
        viewerDidAuthor
    """,
    "PullRequestChangedFile": "additions changeType deletions path",
    "PullRequestReviewThread": """
        comments diffSide id isCollapsed isOutdated isResolved line originalLine originalStartLine path
        resolvedBy startDiffSide startLine subjectType viewerCanReply viewerCanResolve viewerCanUnresolve
    """,
    "PullRequestReviewComment": """
        author authorAssociation body commit createdAt databaseId diffHunk fullDatabaseId id isMinimized line
        minimizedReason originalCommit originalLine originalStartLine outdated path pullRequestReview
        replyTo startLine state subjectType updatedAt url viewerCanMinimize viewerDidAuthor
    """,
    "PullRequestReview": """
        author authorAssociation body comments commit createdAt databaseId fullDatabaseId id isMinimized
        minimizedReason state submittedAt updatedAt url viewerCanMinimize viewerDidAuthor
    """,
    "IssueComment": """
        author authorAssociation body createdAt databaseId fullDatabaseId id isMinimized minimizedReason
        updatedAt url viewerCanMinimize viewerDidAuthor
    """,
    "PageInfo": "endCursor hasNextPage hasPreviousPage startCursor",
    "RateLimit": "cost limit nodeCount remaining resetAt used",
    **dict.fromkeys(
        (
            "PullRequestConnection",
            "PullRequestChangedFileConnection",
            "PullRequestReviewThreadConnection",
            "PullRequestReviewCommentConnection",
            "PullRequestReviewConnection",
            "IssueCommentConnection",
        ),
        "edges nodes pageInfo totalCount",
    ),
    **dict.fromkeys(
        (
            "PullRequestEdge",
            "PullRequestChangedFileEdge",
            "PullRequestReviewThreadEdge",
            "PullRequestReviewCommentEdge",
            "PullRequestReviewEdge",
            "IssueCommentEdge",
        ),
        "cursor node",
    ),
    "AddPullRequestReviewPayload": "clientMutationId pullRequestReview reviewEdge",
    "AddPullRequestReviewThreadReplyPayload": "clientMutationId comment",
    "MinimizeCommentPayload": "clientMutationId minimizedComment",
    "UnminimizeCommentPayload": "clientMutationId unminimizedComment",
    "ResolveReviewThreadPayload": "clientMutationId thread",
    "UnresolveReviewThreadPayload": "clientMutationId thread",
}
WHOLE = (EnumTypeDefinitionNode, InputObjectTypeDefinitionNode, ScalarTypeDefinitionNode)


def main(schema: Path) -> None:
    without_descriptions = re.sub(r'"""[\s\S]*?"""', "", schema.read_text())
    types = {
        each.name.value: each
        for each in parse(without_descriptions).definitions
        if isinstance(each, TypeDefinitionNode)
    }
    kept = [cut_type(types[name], set(fields.split())) for name, fields in sorted(SERVED.items())]
    waiting, found = list(kept), dict[str, Any]()
    while waiting:
        for name in named_types(waiting.pop()) - set(SERVED) - set(found):
            if name in types:
                if not isinstance(types[name], WHOLE):
                    sys.exit(f"A served field mentions {name}, which is not served")
                found[name] = types[name]
                waiting.append(found[name])
    document = visit(DocumentNode(definitions=tuple(kept + [found[name] for name in sorted(found)])), Bare())
    build_ast_schema(document)
    TARGET.write_text(PROVENANCE + "\n" + print_ast(document) + "\n")
    print(f"{TARGET.name}: {len(kept) + len(found)} types, {TARGET.stat().st_size} bytes")


def cut_type(definition: Any, wanted: set[str]) -> Any:
    assert not isinstance(definition, UnionTypeDefinitionNode)
    fields: tuple[FieldDefinitionNode, ...] = tuple(each for each in definition.fields if each.name.value in wanted)
    if missing := wanted - {each.name.value for each in fields}:
        sys.exit(f"{definition.name.value} has no {sorted(missing)}")
    interfaces = tuple(each for each in definition.interfaces or () if each.name.value in SERVED)
    return type(definition)(name=definition.name, fields=fields, interfaces=interfaces, directives=())


def named_types(node: Node) -> set[str]:
    found: set[str] = set()

    class Names(Visitor):
        def enter_named_type(self, named: NamedTypeNode, *_: object) -> None:
            found.add(named.name.value)

    visit(node, Names())
    return found


class Bare(Visitor):
    """Without directives that the cut does not define."""

    def enter_directive(self, node: Any, *_: object) -> VisitorAction:
        return None if node.name.value == "deprecated" else self.REMOVE


if __name__ == "__main__":
    main(Path(sys.argv[1]))
