"""Every setting in one frozen object; each is an environment variable of the same name or a line in `.env`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def words(text: str) -> tuple[str, ...]:
    """The words of a comma-separated setting."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


class Settings(BaseSettings):
    """Read once at start. Secrets are `SecretStr`, so that no log or trace shows them."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on. Anything but loopback needs OWNER_PASSWORD.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    data_dir: Path = Field(ROOT / ".data", description="Where projects, blobs, spools and caches are kept.")
    database_url: str = Field("", description="SQLAlchemy async URL. Empty: SQLite in DATA_DIR.")
    public_url: str = Field(
        "",
        description="Address people reach Sayso at, such as https://sayso.example.org. Empty: http://localhost:PORT.",
    )
    preview_host: str = Field(
        "preview.localhost",
        description="Domain below which each preview has its own host. In production a separate registrable domain.",
    )
    preview_engine: Literal["auto", "instant", "webcontainer", "pyodide", "docker"] = Field(
        "auto", description="Which engine runs previews."
    )
    docker_host: str = Field(
        "",
        description="Address of the Docker Engine that runs back ends, such as unix:///run/docker.sock. Empty: where Docker listens by default.",
    )
    docker_router: str = Field(
        "",
        description="Name of the container that reaches apps from inside their networks, where Sayso runs in one. Needs Docker 28.",
    )
    preview_pause_minutes: float = Field(
        10, ge=0, description="A server nobody has used this long stands still, its memory kept. 0: never."
    )
    preview_stop_minutes: float = Field(
        30, ge=0, description="A server nobody has used this long is ended; the next request starts it. 0: never."
    )
    preview_remove_hours: float = Field(
        24,
        ge=0,
        description="The container of a server nobody has used this long is removed; its data stays. 0: never.",
    )
    preview_memory_mb: int = Field(512, ge=64, description="Memory of each server, in MB.")
    preview_build_memory_mb: int = Field(
        1024,
        ge=64,
        description="Memory, in MB, of servers that compile their app where it runs (Next.js, Nuxt, Go), if that is more.",
    )
    preview_cpus: float = Field(1, gt=0, description="Processors each server may keep busy; a fraction is allowed.")
    preview_disk_mb: int = Field(
        1024, ge=16, description="Disk each server's data may take, in MB. One that takes more is stopped."
    )
    preview_files: int = Field(200_000, ge=1_000, description="Files each server's data may consist of.")
    preview_disk_quota: bool = Field(
        False, description="Have Docker hold data to its size by itself: Docker 23 or later on XFS with project quotas."
    )
    preview_runtime: str = Field(
        "", description="Docker's name of another runtime for servers, such as gVisor's runsc. Empty: its own."
    )
    preview_warm: int = Field(
        2, ge=0, description="Containers of each language that wait for new apps, so that they start at once; 0: none."
    )
    preview_warm_memory_mb: int = Field(1024, ge=0, description="Memory those may take in all, in MB.")
    layers_gigabytes: int = Field(10, ge=1, description="Disk that installed packages of server apps may take, in GB.")
    dockerfile_build: bool = Field(
        True,
        description="Whether images of projects with a Dockerfile of their own are built; their steps run as root.",
    )
    dockerfile_pull: bool = Field(
        True, description="Whether images that projects' own Dockerfiles stand on may be fetched from their registry."
    )
    install_hosts: str = Field(
        "",
        description="Further names, comma-separated, that installs may reach: a registry of one's own, or where it has its packages fetched.",
    )
    dockerfile_images: str = Field(
        "",
        description="Images of this server, comma-separated, that projects' own Dockerfiles may stand on beside official ones.",
    )
    preview_per_person: int = Field(10, ge=1, description="Servers of one person that may be awake at once.")
    preview_total: int = Field(30, ge=1, description="Servers that may be awake at once in all.")
    preview_starts: int = Field(
        2, ge=1, description="Servers that start at the same moment; the others wait in a queue."
    )
    owner_password: SecretStr = Field(
        SecretStr(""), description="Password of the owner. Needed when HOST is not loopback."
    )
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
    anthropic_api_key: SecretStr = Field(SecretStr(""), description="Claude key. Can be pasted in the page instead.")
    anthropic_base_url: str = Field("", description="Another address that speaks the Messages API, such as a gateway.")
    openai_api_key: SecretStr = Field(
        SecretStr(""), description="OpenAI key. With it, OpenAI's models are in the menu."
    )
    openai_base_url: str = Field(
        "", description="Another address that speaks OpenAI's chat completions, with its path, such as a gateway's /v1."
    )
    model: str = Field(
        "",
        description="Default model, such as anthropic:claude-sonnet-4-6. Empty: with a Claude key the newest Sonnet, else with an OpenAI key the newest Sol, else the offline demo.",
    )
    max_output_tokens: int = Field(64_000, ge=1_000, description="Most tokens one answer may have.")
    webcontainer_api_key: str = Field(
        "",
        description="StackBlitz API key for WebContainers outside localhost. For-profit production needs StackBlitz's commercial licence.",
    )
    offline_speed: int = Field(6_000, ge=1, description="Characters per second at which the offline demo writes.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much the server's log says."
    )

    @model_validator(mode="after")
    def _password_unless_loopback(self) -> Settings:
        if self.host not in LOOPBACK and not self.owner_password.get_secret_value():
            raise ValueError(
                f"HOST={self.host} would open Sayso to the network. Set OWNER_PASSWORD as well, or leave HOST out."
            )
        return self

    @property
    def url(self) -> str:
        """Address people reach the builder at, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def sign_in_required(self) -> bool:
        return bool(self.owner_password.get_secret_value())

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'sayso.db'}"

    def preview_origin(self, preview_id: str) -> str:
        """Origin of one preview, such as http://p-abc.preview.localhost:8000."""
        scheme, _, rest = self.url.partition("://")
        port = rest.rpartition(":")[2] if ":" in rest else ""
        return f"{scheme}://p-{preview_id}.{self.preview_host}" + (f":{port}" if port else "")


@lru_cache
def get_settings() -> Settings:
    """The process's settings. Tests build `Settings(...)` themselves and pass them on."""
    return Settings()
