"""Settings: each is an environment variable of the same name or a line in `.env`.

Each area has a group, a class that names the settings it reads; `builder.composition.settings` joins all groups.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def words(text: str) -> tuple[str, ...]:
    """The words of a comma-separated setting."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _password_in(address: str) -> str:
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:  # it is none
        return ""


class SettingsGroup(BaseSettings):
    """A group of settings, read once at start. Secrets are `SecretStr`, so that no log or trace shows them."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - its folder would be the same for everybody
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Files of SECRETS_DIR come before the environment: what starts Sayso may set every variable, if only to ""."""
        given = {**dotenv_settings(), **env_settings(), **init_settings()}
        folder = given.get("secrets_dir")
        files = SecretsSettingsSource(settings_cls, secrets_dir=folder) if folder and Path(folder).is_dir() else None
        return tuple(one for one in (init_settings, files, env_settings, dotenv_settings) if one is not None)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that nobody may read, also those inside of addresses."""
        held = [value.get_secret_value() for value in self.__dict__.values() if isinstance(value, SecretStr)]
        inside = [_password_in(text) for text in (*held, *self.__dict__.values()) if isinstance(text, str)]
        return tuple(text for text in (*held, *inside) if text)


class AddressSettings(SettingsGroup):
    """Addresses"""

    host: str = Field("127.0.0.1", description="Address to listen on. Anything but loopback needs OWNER_PASSWORD.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address people reach Sayso at, such as https://sayso.example.org. Empty: http://localhost:PORT.",
    )
    preview_host: str = Field(
        "preview.localhost",
        description="Domain below which each preview has its own host. In production a separate registrable domain.",
    )

    @property
    def url(self) -> str:
        """The address at which people reach the builder, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    def preview_origin(self, preview_id: str) -> str:
        """Origin of one preview, such as http://p-abc.preview.localhost:8000."""
        return self._origin("p", preview_id)

    def walk_origin(self, preview_id: str, lane: int | None = None) -> str:
        """Origin of the same preview for walks, which keep nothing where the person's own use of it does; each lane of
        walks has its own."""
        return self._origin("w" if lane is None else f"w{lane}", preview_id)

    def _origin(self, kind: str, preview_id: str) -> str:
        scheme, _, rest = self.url.partition("://")
        port = rest.rpartition(":")[2] if ":" in rest else ""
        return f"{scheme}://{kind}-{preview_id}.{self.preview_host}" + (f":{port}" if port else "")


class StorageSettings(SettingsGroup):
    """What is kept"""

    data_dir: Path = Field(ROOT / ".data", description="Where projects, blobs, spools and caches are kept.")
    database_url: str = Field("", description="SQLAlchemy async URL. Empty: SQLite in DATA_DIR.")
    secrets_dir: Path | None = Field(
        None,
        description="Folder into which a vault puts secrets: a file for each setting (such as owner_password) or key.",
    )

    vault_key: SecretStr = Field(
        SecretStr(""),
        description="Key of the vault, in place of DATA_DIR/vault.key: `python -m builder keys new` makes one. While it is changed, the new one and the old one, between spaces.",
    )

    @field_validator("secrets_dir", mode="before")
    @classmethod
    def _there(cls, folder: object) -> object:
        if folder and not Path(str(folder)).is_dir():
            raise ValueError(f"SECRETS_DIR={folder} is no folder. Let the vault fill it first, or leave it out.")
        return folder or None

    def key_file(self, name: str) -> Path:
        """Where one of Sayso's own keys is: with the vault's secrets where it has it, else in DATA_DIR."""
        kept = self.secrets_dir / name if self.secrets_dir is not None else None
        return kept if kept is not None and kept.is_file() else self.data_dir / name

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'sayso.db'}"


class WatchingSettings(SettingsGroup):
    """Watching"""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much the server's log says."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="text: lines to read. json: an object a line, for programs that gather logs."
    )

    metrics_token: SecretStr = Field(
        SecretStr(""), description="Token with which figures may be read. Empty: only from this computer."
    )
    otel_exporter_otlp_endpoint: str = Field(
        "", description="Where traces are sent to (OTLP over HTTP), such as http://localhost:4318. Empty: nowhere."
    )


class QuotaSettings(SettingsGroup):
    """Quotas"""

    quota_projects: int = Field(
        0, ge=0, description="Projects that one workspace may have, without archived ones. 0: any number."
    )
    quota_members: int = Field(0, ge=0, description="People that one team may have. 0: any number.")
    quota_storage_mb: int = Field(
        0, ge=0, description="Megabytes that one workspace may store, with what its apps store. 0: any."
    )


class RequestSettings(AddressSettings):
    """Requests"""

    trusted_proxies: str = Field(
        "",
        description="Addresses of the proxies before Sayso, such as 127.0.0.1,10.0.0.0/8. What they say about the visitor counts.",
    )
    head_kb: int = Field(32, ge=0, description="Most kilobytes of a request's address and headers together. 0: any.")
    head_seconds: float = Field(10, ge=0, description="Seconds a request's headers may take to arrive. 0: any.")
    body_seconds: float = Field(
        20,
        ge=0,
        description="Seconds a request's body may take to arrive at Sayso itself, and one more for each 500 bytes. 0: any.",
    )
    connections_per_address: int = Field(
        512, ge=0, description="Connections one address may have at once; the one silent for longest gives way. 0: any."
    )
    reads_per_minute: int = Field(
        600, ge=0, description="Calls of the API that one account may read with in a minute. 0: any."
    )
    changes_per_minute: int = Field(100, ge=0, description="Calls by which it may change something. 0: any.")
    generations_per_minute: int = Field(
        10, ge=0, description="Requests to models for code of one account, and of one team, in a minute. 0: any."
    )
    runs_per_hour: int = Field(100, ge=0, description="Commands and starts of servers of one team in an hour. 0: any.")
    redis_url: SecretStr = Field(SecretStr(""), description="Redis in which all processes count together.")
    preview_body_mb: int = Field(
        100, ge=0, description="Most megabytes of one request to an app with a server. 0: any."
    )
    preview_body_seconds: float = Field(
        20,
        ge=0,
        description="Seconds a request's body may take to arrive at such an app, and one more for each 500 bytes. 0: any.",
    )
    preview_requests_per_second: float = Field(
        100, ge=0, description="Requests per second that one visitor may make of one such app. 0: any."
    )
    preview_burst: int = Field(500, ge=1, description="How many of them may come at once.")
    preview_connections: int = Field(
        256, ge=0, description="Requests and connections that one such app has at the same time. 0: any."
    )
