"""Who may ask what: the stand-in believes no JWT and no token that GitHub would not."""

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.stand_in import StandIn
from tests.stand_in.curl import Curl, app_jwt
from tests.stand_in.scene import Scene, scene_on
from tests.stand_in.state.apps import new_private_key
from tests.stand_in.state.world import now


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(github: StandIn) -> Iterator[Scene]:
    with scene_on(github) as made:
        yield made


def seconds(offset: int) -> int:
    return int(now().timestamp()) + offset


def test_an_app_asks_with_its_id_or_its_client_id(scene: Scene) -> None:
    for issuer in (str(scene.app.id), scene.app.client_id):
        answer = scene.curl.ask("GET", "/app", bearer=app_jwt(scene.app, iss=issuer))
        assert answer.json()["slug"] == scene.app.slug


def test_a_jwt_may_live_ten_minutes_at_most(scene: Scene) -> None:
    answer = scene.curl.ask("GET", "/app", bearer=app_jwt(scene.app, exp=seconds(700)))
    assert (answer.status_code, answer.json()["message"]) == (
        401,
        "'Expiration time' claim ('exp') is too far in the future",
    )


def test_an_expired_jwt_is_refused(scene: Scene) -> None:
    answer = scene.curl.ask("GET", "/app", bearer=app_jwt(scene.app, exp=seconds(-120)))
    assert answer.status_code == 401
    assert "must be a numeric value representing the future time" in answer.json()["message"]


def test_a_jwt_from_the_future_is_refused(scene: Scene) -> None:
    answer = scene.curl.ask("GET", "/app", bearer=app_jwt(scene.app, iat=seconds(120)))
    assert answer.status_code == 401
    assert "'Issued at' claim" in answer.json()["message"]


def test_a_jwt_signed_with_another_key_is_refused(scene: Scene) -> None:
    own, scene.app.private_key = scene.app.private_key, new_private_key()
    forged = app_jwt(scene.app)
    scene.app.private_key = own
    answer = scene.curl.ask("GET", "/app", bearer=forged)
    assert (answer.status_code, answer.json()["message"]) == (401, "A JSON web token could not be decoded")


def test_an_unknown_app_is_not_found(scene: Scene) -> None:
    answer = scene.curl.ask("GET", "/app", bearer=app_jwt(scene.app, iss="424242"))
    assert (answer.status_code, answer.json()["message"]) == (404, "Integration not found")


def mint(scene: Scene, body: object = None) -> tuple[int, dict[str, object]]:
    path = f"/app/installations/{scene.app.installations[0].id}/access_tokens"
    answer = scene.curl.ask("POST", path, bearer=app_jwt(scene.app), **({"json": body} if body else {}))
    return answer.status_code, answer.json()


def test_a_token_has_the_long_form_of_2026(scene: Scene) -> None:
    status, token = mint(scene)
    text = str(token["token"])
    assert status == 201
    assert text.startswith(f"ghs_{scene.app.id}_")
    assert len(text) > 450
    assert text.count(".") == 2


def test_a_token_is_restricted_to_the_repositories_and_permissions_asked_for(scene: Scene) -> None:
    other = scene.github.create_repository(f"octo/other-{scene.shop.name}", installed=scene.app, private=True)
    _, token = mint(scene, {"repository_ids": [scene.shop.id], "permissions": {"contents": "read"}})
    bearer = str(token["token"])
    assert [each["id"] for each in token["repositories"]] == [scene.shop.id]  # type: ignore[attr-defined]
    assert scene.curl.ask("GET", "contents/shop.txt", bearer=bearer).status_code == 200
    assert scene.curl.ask("GET", f"/repos/{other.full_name}/contents/README.md", bearer=bearer).status_code == 404
    refused = scene.curl.ask("GET", "pulls", bearer=bearer)
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")


def test_nobody_gets_more_than_the_installation_has(scene: Scene) -> None:
    status, answer = mint(scene, {"permissions": {"contents": "write"}})
    assert (status, answer["message"]) == (
        422,
        "The permissions requested are not granted to this installation.",
    )


def test_a_repository_of_somebody_else_is_refused(scene: Scene) -> None:
    other = scene.github.create_repository(f"eve/{scene.shop.name}")
    assert mint(scene, {"repository_ids": [other.id]})[0] == 422


def test_an_expired_or_revoked_token_is_a_bad_credential(scene: Scene) -> None:
    scene.curl.token.expires_at = now() - timedelta(seconds=1)
    answer = scene.curl.get("pulls")
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_reading_is_not_writing(scene: Scene) -> None:
    reader = Curl(scene.github, scene.app, scene.shop, {"checks": "read", "pull_requests": "read"})
    answer = reader.post("check-runs", {"name": "x", "head_sha": scene.pull.head_sha})
    assert (answer.status_code, answer.json()["message"]) == (403, "Resource not accessible by integration")
    reader.close()


def test_a_token_is_no_jwt_and_a_jwt_no_token(scene: Scene) -> None:
    assert scene.curl.get("/app").status_code == 401
    assert scene.curl.ask("GET", "pulls", bearer=app_jwt(scene.app)).status_code == 403


def test_an_uninstalled_app_has_nothing_left(scene: Scene) -> None:
    for app_repository in list(scene.app.installations[0].repositories):
        scene.github.uninstall(scene.app, app_repository)
    assert scene.curl.get("pulls").status_code == 401
    path = f"/repos/{scene.shop.full_name}/installation"
    assert scene.curl.ask("GET", path, bearer=app_jwt(scene.app)).status_code == 404


def test_an_archived_repository_takes_no_writes(scene: Scene) -> None:
    scene.shop.archive()
    answer = scene.curl.post(f"issues/{scene.pull.number}/comments", {"body": "hello"})
    assert (answer.status_code, answer.json()["message"]) == (403, "Repository was archived so is read-only.")
    assert scene.curl.get("pulls").status_code == 200


def test_the_rate_limit_ends(scene: Scene) -> None:
    scene.app.installations[0].requests_used = scene.github.limits.rate
    answer = scene.curl.get("pulls")
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    assert answer.json()["message"].startswith("API rate limit exceeded")


def test_an_app_is_registered_from_its_manifest(scene: Scene) -> None:
    manifest = {
        "name": "From Manifest",
        "url": "http://127.0.0.1:1",
        "redirect_url": "http://127.0.0.1:1/setup/done",
        "hook_attributes": {"url": "http://127.0.0.1:1/webhook"},
        "default_permissions": {"checks": "write", "contents": "read"},
        "default_events": ["pull_request"],
    }
    form = {"manifest": json.dumps(manifest)}
    answer = httpx.post(f"{scene.github.site_url}/settings/apps/new?state=s", data=form, trust_env=False)
    back = httpx.URL(answer.headers["location"])
    assert back.params["state"] == "s"
    path = f"/app-manifests/{back.params['code']}/conversions"
    made = scene.curl.ask("POST", path).json()
    assert (made["slug"], made["permissions"]) == ("from-manifest", manifest["default_permissions"])
    assert made["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert scene.curl.ask("POST", path).status_code == 404
