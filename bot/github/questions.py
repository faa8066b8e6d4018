"""The GraphQL that we send. Blobs are asked for by their hash, many in one question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

THREADS = """
fragment Threads on PullRequestReviewThreadConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    id isResolved isOutdated path
    resolvedBy { login }
    comments(first: 20) {
      totalCount
      nodes { id fullDatabaseId viewerDidAuthor body isMinimized minimizedReason author { login } }
    }
  }
}
"""

GLANCE = (
    """
query Glance($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    databaseId nameWithOwner isArchived
    defaultBranchRef { name }
    pullRequest(number: $number) {
      title state isDraft isCrossRepository changedFiles headRefOid baseRefOid baseRefName
      baseRef { target { oid } }
      files(first: 100) { nodes { path } }
      reviews(last: 50) { nodes { viewerDidAuthor body } }
      reviewThreads(first: 100) { ...Threads }
    }
  }
}
"""
    + THREADS
)

MORE_THREADS = (
    """
query MoreThreads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviews(last: 50) { nodes { viewerDidAuthor body } }
      reviewThreads(first: 100, after: $after) { ...Threads }
    }
  }
}
"""
    + THREADS
)

TALK = """
query Talk($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      comments(last: 100) { nodes { viewerDidAuthor body } }
      reviewThreads(last: 100) { nodes { id comments(last: 20) { nodes { viewerDidAuthor body } } } }
    }
  }
}
"""

NEIGHBOURS = """
    pullRequests(
      states: OPEN, baseRefName: $base, first: 50, after: $after, orderBy: {field: CREATED_AT, direction: DESC}
    ) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title isDraft headRefOid
        files(first: 100) { nodes { path changeType } }
      }
    }
"""

_TEXT = """
fragment Text on GitObject {
  oid
  ... on Blob { byteSize isBinary isTruncated text }
}
"""


def blobs(
    shas: Sequence[str], at: Sequence[tuple[str, str]] = (), *, neighbours: bool = False
) -> tuple[str, Mapping[str, str]]:
    """Asks for blobs as `b0`, `b1` ...; for files by commit and path as `p0`, `p1` ...; and the variables for it.

    Paths go as variables, since anything may stand in them. `$base` and `$after` are asked for with `neighbours`:
    fifty open pull requests, the newest first, an order that nobody's push changes from one page to the next.
    """
    asked = [f"    b{n}: object(oid: {json.dumps(sha)}) {{ ...Text }}" for n, sha in enumerate(shas)]
    asked += [f"    p{n}: object(expression: $p{n}) {{ ...Text }}" for n in range(len(at))]
    declared = ["$owner: String!", "$name: String!", *(f"$p{n}: String!" for n in range(len(at)))]
    declared += ["$base: String!", "$after: String"] if neighbours else []
    lines = "\n".join(asked) + (NEIGHBOURS if neighbours else "")
    query = (
        f"query Blobs({', '.join(declared)}) {{\n"
        f"  repository(owner: $owner, name: $name) {{\n    id\n{lines}\n  }}\n}}\n" + (_TEXT if asked else "")
    )
    return query, {f"p{n}": f"{sha}:{path}" for n, (sha, path) in enumerate(at)}


def resolve(threads: Sequence[tuple[str, str | None]]) -> tuple[str, Mapping[str, str]]:
    """A mutation that resolves each thread as `t0` ... and hides its first comment as `m0` ...; and its variables.

    Both are asked for, since resolving takes write access to contents, which we do not want; hiding does not.
    """
    names, lines, variables = list[str](), list[str](), dict[str, str]()
    for n, (thread, comment) in enumerate(threads):
        names.append(f"$t{n}: ID!")
        lines.append(f"  t{n}: resolveReviewThread(input: {{threadId: $t{n}}}) {{ thread {{ id }} }}")
        variables[f"t{n}"] = thread
        if comment is not None:
            names.append(f"$m{n}: ID!")
            hiding = f"minimizeComment(input: {{subjectId: $m{n}, classifier: RESOLVED}})"
            lines.append(f"  m{n}: {hiding} {{ minimizedComment {{ isMinimized }} }}")
            variables[f"m{n}"] = comment
    return f"mutation Resolve({', '.join(names)}) {{\n" + "\n".join(lines) + "\n}\n", variables
