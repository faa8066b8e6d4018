"""Apps, installations, tokens and deliveries as GitHub shows them."""

from tests.stand_in.shapes.people import user_shape
from tests.stand_in.shapes.repositories import repository_shape
from tests.stand_in.state.apps import App, Installation, Token
from tests.stand_in.state.world import Json, stamp


def app_shape(app: App) -> Json:
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": f"A_{app.id}",
        "client_id": app.client_id,
        "owner": user_shape(app.owner, app.world),
        "name": app.name,
        "description": "",
        "external_url": "https://example.com",
        "html_url": f"{app.world.site_url}/apps/{app.slug}",
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.updated_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def authenticated_app_shape(app: App) -> Json:
    return app_shape(app) | {"installations_count": len(app.installations)}


def manifest_conversion_shape(app: App) -> Json:
    return app_shape(app) | {
        "client_secret": "0" * 40,
        "webhook_secret": app.webhook_secret,
        "pem": app.private_key,
    }


def installation_shape(installation: Installation) -> Json:
    app, world = installation.app, installation.app.world
    return {
        "id": installation.id,
        "client_id": app.client_id,
        "account": user_shape(installation.account, world),
        "repository_selection": "selected",
        "access_tokens_url": f"{world.api_url}/app/installations/{installation.id}/access_tokens",
        "repositories_url": f"{world.api_url}/installation/repositories",
        "html_url": f"{world.site_url}/settings/installations/{installation.id}",
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": installation.account.id,
        "target_type": "Organization" if installation.account.kind == "Organization" else "User",
        "permissions": dict(installation.permissions),
        "events": list(installation.events),
        "created_at": stamp(installation.created_at),
        "updated_at": stamp(installation.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": user_shape(installation.account, world) if installation.suspended_at else None,
        "suspended_at": stamp(installation.suspended_at) if installation.suspended_at else None,
    }


def token_shape(token: Token) -> Json:
    shape: Json = {
        "token": token.text,
        "expires_at": stamp(token.expires_at),
        "permissions": dict(token.permissions),
        "repository_selection": "selected",
    }
    if token.repositories is not None:
        shape["repositories"] = [*map(repository_shape, token.repositories)]
    return shape
