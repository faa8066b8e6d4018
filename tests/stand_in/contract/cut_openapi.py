"""Cuts GitHub's description of its REST API down to the operations that the stand-in answers.

npm pack @octokit/openapi@23.0.2
python -m tests.stand_in.contract.cut_openapi package/generated/api.github.com.json
"""

import json
import sys
from pathlib import Path
from typing import Any

VERSION = "23.0.2"
PROVENANCE = (
    f"Cut from npm @octokit/openapi {VERSION} (MIT), generated/api.github.com.json: the operations below with every "
    "schema they refer to, without descriptions; `templates` are official examples of what has many addresses."
)
TARGET = Path(__file__).with_name("github-api.json")

OPERATIONS = {
    "apps": """
        create-from-manifest get-authenticated get-webhook-config-for-app
        update-webhook-config-for-app list-webhook-deliveries get-webhook-delivery
        redeliver-webhook-delivery list-installations get-installation
        create-installation-access-token get-repo-installation list-repos-accessible-to-installation
        revoke-installation-access-token
    """,
    "rate-limit": """
        get
    """,
    "meta": """
        root
    """,
    "repos": """
        get get-content get-commit compare-commits-with-basehead get-branch
        list-pull-requests-associated-with-commit get-collaborator-permission-level
    """,
    "git": """
        get-tree get-blob get-ref get-commit
    """,
    "pulls": """
        list get list-files list-commits list-reviews create-review get-review update-review
        submit-review list-comments-for-review dismiss-review delete-pending-review
        list-review-comments create-review-comment create-reply-for-review-comment
        get-review-comment update-review-comment delete-review-comment
    """,
    "checks": """
        create get update list-for-ref list-annotations
    """,
    "issues": """
        list-comments create-comment get-comment update-comment delete-comment
    """,
    "reactions": """
        create-for-issue-comment list-for-issue-comment create-for-pull-request-review-comment
        list-for-pull-request-review-comment
    """,
}
"""By GitHub's categories."""

SCHEMA_NOISE = {"description", "example", "examples", "title", "externalDocs", "x-github", "default", "deprecated"}


def main(description: Path) -> None:
    full = json.loads(description.read_text())
    wanted = {f"{group}/{name}" for group, names in OPERATIONS.items() for name in names.split()}
    operations = {
        operation["operationId"]: cut_operation(full, path, method, item.get("parameters", []), operation)
        for path, item in full["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"} and operation["operationId"] in wanted
    }
    if missing := wanted - set(operations):
        sys.exit(f"Not in the description: {sorted(missing)}")
    cut: dict[str, Any] = {
        "provenance": PROVENANCE,
        "operations": dict(sorted(operations.items())),
        "templates": templates(full),
        "components": {"schemas": referred_schemas(full, operations)},
    }
    TARGET.write_text(json.dumps(cut, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")
    print(
        f"{TARGET.name}: {len(operations)} operations, {len(cut['components']['schemas'])} schemas, "
        f"{TARGET.stat().st_size} bytes"
    )


def cut_operation(full: Any, path: str, method: str, shared: list[Any], operation: Any) -> dict[str, Any]:
    body = operation.get("requestBody", {})
    cut: dict[str, Any] = {
        "method": method.upper(),
        "path": path,
        "parameters": [
            {key: parameter.get(key) for key in ("name", "in", "required")} | {"schema": bare(parameter["schema"])}
            for parameter in (resolve(full, each) for each in [*shared, *operation.get("parameters", [])])
        ],
        "responses": {},
    }
    if body:
        cut["body_required"] = body.get("required", False)
        cut["body"] = bare(body["content"]["application/json"]["schema"])
    for status, response in operation["responses"].items():
        content = resolve(full, response).get("content", {})
        media: Any = next((value for name, value in content.items() if "json" in name), {})
        cut["responses"][status] = bare(media.get("schema")) if media else None
    return cut


def resolve(full: Any, node: Any) -> Any:
    while "$ref" in node:
        target = full
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def templates(full: Any) -> dict[str, Any]:
    content = full["paths"]["/repos/{owner}/{repo}"]["get"]["responses"]["200"]["content"]["application/json"]
    repository = resolve(full, next(iter(content["examples"].values())))["value"]
    nested = {"owner", "organization", "parent", "source", "template_repository", "license", "security_and_analysis"}
    return {
        "user": repository["owner"],
        "repository": {key: value for key, value in repository.items() if key not in nested},
    }


def bare(node: Any, names_are_keys: bool = False) -> Any:
    """The schema without what only people read; inside `properties` a name is a name, not a keyword."""
    if isinstance(node, list):
        return [bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: bare(value, names_are_keys=key == "properties" and not names_are_keys)
        for key, value in node.items()
        if names_are_keys or key not in SCHEMA_NOISE
    }


def referred_schemas(full: Any, operations: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = [
        {key: operation.get(key) for key in ("parameters", "body", "responses")} for operation in operations.values()
    ]
    while waiting:
        for name in references(waiting.pop()):
            if name not in found:
                found[name] = bare(full["components"]["schemas"][name])
                waiting.append(found[name])
    return dict(sorted(found.items()))


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(references, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    if isinstance(node.get("$ref"), str):
        return {node["$ref"].rsplit("/", 1)[1]}
    return set().union(*map(references, node.values())) if node else set()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
