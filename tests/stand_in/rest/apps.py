"""Apps, installations, tokens, deliveries, limits."""

from tests.stand_in.contract.description import description
from tests.stand_in.rest.operations import Answer, Call, Listing, Reply, first, operation
from tests.stand_in.shapes.apps import (
    authenticated_app_shape,
    installation_shape,
    manifest_conversion_shape,
    token_shape,
)
from tests.stand_in.shapes.repositories import repository_shape
from tests.stand_in.state.apps import LEVELS, Installation
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import Json, now, stamp
from tests.stand_in.webhooks.delivery import Delivery, delivery_shape, full_delivery_shape

MOST_REPOSITORIES = 500


@operation("meta/root", auth="none")
def root(call: Call) -> Answer:
    names = description()["components"]["schemas"]["root"]["properties"]
    return {name: f"{call.world.api_url}/{name.removesuffix('_url')}" for name in names}


@operation("apps/get-authenticated", auth="jwt")
def get_app(call: Call) -> Answer:
    return authenticated_app_shape(call.caller)


@operation("apps/create-from-manifest", auth="none")
def create_from_manifest(call: Call) -> Answer:
    app = call.world.manifest_codes.pop(call.arguments["code"], None)
    if app is None:
        raise Refused.not_found()
    return Reply(manifest_conversion_shape(app), 201)


@operation("apps/list-installations", auth="jwt")
def list_installations(call: Call) -> Answer:
    return Listing(list(call.caller.installations), installation_shape)


@operation("apps/get-installation", auth="jwt")
def get_installation(call: Call) -> Answer:
    return installation_shape(find_installation(call))


@operation("apps/get-repo-installation", auth="jwt")
def get_repository_installation(call: Call) -> Answer:
    installation = call.caller.installation_for(call.repository)
    if installation is None:
        raise Refused.not_found()
    return installation_shape(installation)


@operation("apps/create-installation-access-token", auth="jwt")
def create_token(call: Call) -> Answer:
    installation = find_installation(call)
    if installation.suspended_at:
        raise Refused(403, "This installation has been suspended")
    permissions = call.body.get("permissions") or dict(installation.permissions)
    for name, level in permissions.items():
        if LEVELS.get(level, 9) > LEVELS.get(installation.permissions.get(name, ""), 0):
            raise Refused(422, "The permissions requested are not granted to this installation.")
    token = installation.new_token(dict(permissions), asked_repositories(call, installation))
    return Reply(token_shape(token), 201)


def asked_repositories(call: Call, installation: Installation) -> list[Repository] | None:
    ids, names = call.body.get("repository_ids"), call.body.get("repositories")
    if ids is None and names is None:
        return None
    found = [each for each in installation.repositories if each.id in (ids or []) or each.name in (names or [])]
    asked = len(ids or []) + len(names or [])
    if asked > MOST_REPOSITORIES:
        raise Refused(422, f"At most {MOST_REPOSITORIES} repositories may be requested.")
    if len(found) < len(set(ids or []) | set(names or [])):
        raise Refused(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    return found


def find_installation(call: Call) -> Installation:
    wanted = call.number("installation_id")
    found: Installation = first(call.caller.installations, lambda each: each.id == wanted)
    return found


@operation("apps/revoke-installation-access-token", ("metadata", "read"))
def revoke_token(call: Call) -> Answer:
    assert call.token
    call.installation.tokens.remove(call.token)
    return Reply(None, 204)


@operation("apps/list-repos-accessible-to-installation", ("metadata", "read"))
def list_installation_repositories(call: Call) -> Answer:
    assert call.token
    repositories = [each for each in call.installation.repositories if call.token.covers(each)]
    return Listing(repositories, repository_shape, "repositories", {"repository_selection": "selected"})


@operation("rate-limit/get", auth="either")
def get_rate_limit(call: Call) -> Answer:
    limit = call.world.limits.rate
    used = call.installation.requests_used if call.token else 0
    reset = int(now().timestamp()) + 3600
    resource = {"limit": limit, "used": used, "remaining": max(0, limit - used), "reset": reset}
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": reset}
    return {"resources": {"core": resource, "search": search, "graphql": resource}, "rate": resource}


# The App's webhook


@operation("apps/get-webhook-config-for-app", auth="jwt")
def get_hook_config(call: Call) -> Answer:
    return hook_config(call)


@operation("apps/update-webhook-config-for-app", auth="jwt")
def update_hook_config(call: Call) -> Answer:
    call.caller.webhook_url = call.body.get("url", call.caller.webhook_url)
    call.caller.webhook_secret = call.body.get("secret", call.caller.webhook_secret)
    return hook_config(call)


def hook_config(call: Call) -> Json:
    return {
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "********",
        "url": call.caller.webhook_url or "",
    }


@operation("apps/list-webhook-deliveries", auth="jwt")
def list_deliveries(call: Call) -> Answer:
    """Newest first. The cursor names the delivery with which a page begins."""
    status = call.query.get("status")
    found = [
        each
        for each in reversed(call.postman.deliveries)
        if each.app is call.caller and (status is None or each.is_ok == (status == "success"))
    ]
    size = min(int(call.query.get("per_page", 30)), 100)
    start = 0
    if cursor := call.query.get("cursor"):
        start = next((at for at, each in enumerate(found) if f"v1_{each.id}" == cursor), len(found))
    page, rest = found[start : start + size], found[start + size :]
    headers = {}
    if rest:
        kept = "".join(f"&{name}={value}" for name, value in call.query.items() if name != "cursor")
        address = f"{call.world.api_url}/app/hook/deliveries?cursor=v1_{rest[0].id}{kept}"
        headers["Link"] = f'<{address}>; rel="next"'
    return Reply([*map(delivery_shape, page)], headers=headers)


@operation("apps/get-webhook-delivery", auth="jwt")
def get_delivery(call: Call) -> Answer:
    return full_delivery_shape(find_delivery(call))


@operation("apps/redeliver-webhook-delivery", auth="jwt")
def redeliver(call: Call) -> Answer:
    delivery = find_delivery(call)
    if not call.postman.is_redeliverable(delivery):
        raise Refused(422, f"The delivery of {stamp(delivery.delivered_at)} is too old to be redelivered")
    call.postman.redeliver(delivery)
    return Reply({}, 202)


def find_delivery(call: Call) -> Delivery:
    wanted = call.number("delivery_id")
    found: Delivery = first(call.postman.deliveries, lambda each: each.id == wanted and each.app is call.caller)
    return found
