"""Query in, GitHub-like answer out. A query that GitHub's schema refuses is a violation."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate

from tests.stand_in import contract
from tests.stand_in.graphql.mutations import mutation_root
from tests.stand_in.graphql.queries import query_root
from tests.stand_in.graphql.viewer import Viewer
from tests.stand_in.rest.auth import Caller
from tests.stand_in.server.exchange import Incoming, Outgoing
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import Json, World


@cache
def github_schema() -> GraphQLSchema:
    return build_schema(Path(contract.__file__).with_name("github.graphql").read_text())


class GraphQL:
    def __init__(self, world: World, report: Callable[[str, str, str], None]) -> None:
        self.world = world
        self.report = report

    def answer(self, incoming: Incoming, caller: Caller) -> Outgoing:
        if caller.token is None:
            raise Refused(401, "This endpoint requires you to be authenticated.")
        body = incoming.json
        if not isinstance(body, dict) or not isinstance(body.get("query"), str):
            raise Refused(400, "A query attribute must be specified and must be a string.")
        return Outgoing.json(200, self.run(body, Viewer(self.world, caller.token)))

    def run(self, body: Json, viewer: Viewer) -> Json:
        schema = github_schema()
        try:
            document = parse(body["query"])
        except GraphQLError as error:
            return self.refuse([error])
        if errors := validate(schema, document):
            return self.refuse(errors)
        result = execute_sync(
            schema,
            document,
            root_value=query_root(viewer) | mutation_root(viewer),
            variable_values=body.get("variables"),
            operation_name=body.get("operationName"),
        )
        shown: Json = {"data": result.data}
        unexpected = [each for each in result.errors or [] if not isinstance(each.original_error, GraphQLError)]
        for each in unexpected:
            self.report("POST", "/graphql", str(each))
        return shown | ({"errors": [*map(error_shape, result.errors)]} if result.errors else {})

    def refuse(self, errors: list[GraphQLError]) -> Json:
        for error in errors:
            self.report("POST", "/graphql", error.message)
        return {"errors": [*map(error_shape, errors)]}


def error_shape(error: GraphQLError) -> Json:
    extensions: dict[str, Any] = error.extensions or {}
    shape: Json = {"message": error.message}
    if "type" in extensions:
        shape["type"] = extensions["type"]
    if error.path:
        shape["path"] = error.path
    if error.locations:
        shape["locations"] = [{"line": each.line, "column": each.column} for each in error.locations]
    return shape
