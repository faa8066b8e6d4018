"""The server's settings: the DBBOT_* environment, checked as a whole, every error at once, no secret in any of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "DBBOT_"
SHORTEST_SECRET = 8


class SettingsError(Exception):
    """Everything that is wrong with the settings, one sentence each; no sentence repeats a value."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ServerSettings(BaseSettings):
    """Frozen. `load_settings` makes it; `repr` and logs show no secret."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True, env_ignore_empty=True
    )

    app_id: int = Field(gt=0)
    private_key: SecretStr | None = None
    """PEM; `\\n` written as two characters is read as a line end, since many secret stores keep one line."""
    private_key_file: Path | None = Field(default=None, validate_default=True)
    webhook_secret: Annotated[tuple[SecretStr, ...], NoDecode] = Field(min_length=1)
    """The first is the current one, the others are still accepted while it is being changed."""
    github_api_url: str = "https://api.github.com"
    redis_url: SecretStr | None = None
    """May carry a password. None: `dbbot serve` starts its own Redis."""
    data_dir: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "dbbot")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    """0 takes a free one."""
    public_url: str | None = None
    workers: int = Field(default=2, ge=1, le=64)
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    sweep_interval: int = Field(default=300, ge=10, le=86400)
    """Seconds between two sweeps of `serve` and `sweep`."""
    grace: int = Field(default=60, ge=0, le=3600)
    """Seconds that a worker gets to finish its job when `serve` stops."""

    @field_validator("webhook_secret", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(one.strip() for one in value.split(",") if one.strip()) if isinstance(value, str) else value

    @field_validator("webhook_secret")
    @classmethod
    def _long_enough(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(secret.get_secret_value()) < SHORTEST_SECRET for secret in value):
            raise ValueError(
                f"a secret is shorter than {SHORTEST_SECRET} characters; make one with `openssl rand -hex 32`"
            )
        return value

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("github_api_url", "public_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise ValueError("expected an address such as https://github.example.com/api/v3")
        return value.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and urlsplit(value.get_secret_value()).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("expected redis://, rediss:// or unix://")
        return value

    @field_validator("private_key")
    @classmethod
    def _key_is_rsa(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_key(_unfolded(value.get_secret_value()))
        return value

    @field_validator("private_key_file")
    @classmethod
    def _one_readable_key(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if "private_key" not in info.data:  # it was wrong itself and has been named
            return value
        if (info.data["private_key"] is None) == (value is None):
            raise ValueError("set exactly one of DBBOT_PRIVATE_KEY and DBBOT_PRIVATE_KEY_FILE")
        if value is not None:
            try:
                _check_key(value.read_text())
            except OSError as error:
                raise ValueError(f"the file cannot be read ({error.strerror})") from None
        return value

    @cached_property
    def private_key_pem(self) -> SecretStr:
        """The key's text, from whichever of the two settings holds it."""
        if self.private_key_file is not None:
            return SecretStr(self.private_key_file.read_text())
        return SecretStr(_unfolded(self.private_key.get_secret_value() if self.private_key else ""))

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        return tuple(secret.get_secret_value().encode() for secret in self.webhook_secret)

    def as_environment(self) -> dict[str, str]:
        """The variables from which a child process reads these settings again; they hold the secrets."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {f"{PREFIX}{name.upper()}": _written(value) for name, value in values.items() if value is not None}


def load_settings(environment: Mapping[str, str] | None = None) -> ServerSettings:
    """From the process environment, or from `environment` over it. Raises SettingsError."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in (environment or {}).items()
        if name.startswith(PREFIX) and value
    }
    try:
        return ServerSettings.model_validate(given) if environment is not None else ServerSettings()  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsError(tuple(_sentence(one["loc"], one["type"], one["msg"]) for one in error.errors())) from None


def _written(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case tuple():
            return ",".join(_written(one) for one in value)
    return str(value)


def _unfolded(key: str) -> str:
    return key.replace("\\n", "\n")


def _check_key(text: str) -> None:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("no PEM private key without a passphrase, as GitHub hands it out") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the key is not an RSA key; GitHub Apps sign with RSA")


def _sentence(place: tuple[int | str, ...], kind: str, message: str) -> str:
    text = message.removeprefix("Value error, ")
    name = f"{PREFIX}{str(place[0]).upper()}"
    if kind == "missing" or (kind == "too_short" and len(place) == 1):
        return f"{name} is not set."
    return f"{name}: {text[0].lower()}{text[1:]}."
