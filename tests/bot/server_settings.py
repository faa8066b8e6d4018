"""Settings for a test's server, with a key of its own."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.settings import ServerSettings, load_settings

SECRET = "the-secret-of-the-tests"
APP_ID = 4711


@lru_cache(maxsize=1)
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def environment(**changes: str) -> dict[str, str]:
    """The DBBOT_* variables of a sound server; `changes` are given without the prefix, empty ones are left out."""
    values = {
        "APP_ID": str(APP_ID),
        "PRIVATE_KEY": private_key(),
        "WEBHOOK_SECRET": SECRET,
        "GITHUB_API_URL": "http://127.0.0.1:9",
        **changes,
    }
    return {f"DBBOT_{name}": value for name, value in values.items() if value}


def server_settings(**changes: str) -> ServerSettings:
    return load_settings(environment(**changes))
