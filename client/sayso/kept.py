"""What the command line keeps: who somebody is, in their own folder; and beside a project's files what they came from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sayso.client import Client

FOLDER = ".sayso"


@dataclass(frozen=True, slots=True)
class Login:
    url: str = "http://localhost:8000"
    token: str = ""
    cookie: str = ""

    def client(self) -> Client:
        return Client(self.url, self.token or os.environ.get("SAYSO_TOKEN", ""), self.cookie)


@dataclass(slots=True)
class Checkout:
    """A folder with a project's files. `base`: the digest that each path had on the server when it was last the same
    here."""

    root: Path
    url: str
    project: str
    base: dict[str, str] = field(default_factory=dict)

    def keep(self) -> None:
        told = {"url": self.url, "project": self.project, "base": self.base}
        _write(self.root / FOLDER / "project.json", told)


def read_login(url: str = "") -> Login:
    """The last one, or that of the server at `url`."""
    kept = _read(_logins())
    known = {one["url"]: Login(**one) for one in kept.get("servers", [])}
    return known.get(url or kept.get("last", ""), Login(url) if url else Login())


def keep_login(login: Login) -> None:
    servers = [one for one in _read(_logins()).get("servers", []) if one["url"] != login.url]
    _write(_logins(), {"last": login.url, "servers": [*servers, asdict(login)]}, private=True)


def find_checkout(start: Path) -> Checkout | None:
    """That of the folder, or of one around it."""
    for folder in (start, *start.parents):
        if told := _read(folder / FOLDER / "project.json"):
            return Checkout(folder, told["url"], told["project"], dict(told["base"]))
    return None


def _logins() -> Path:
    home = os.environ.get("SAYSO_HOME") or os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "sayso" / "login.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _write(path: Path, told: Mapping[str, Any], *, private: bool = False) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file, indent=1)
    draft.replace(path)
