"""Where packages may come from: this machine's registry and certificates, never a project's own settings."""

from __future__ import annotations

import configparser
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.phrases import Phrase

DEFAULT_REGISTRY: Final = "https://registry.npmjs.org/"
DEFAULT_INDEX: Final = "https://pypi.org/simple"
_PIP_FILES: Final = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")

# A project that could set these would choose the registry, send tokens elsewhere or preload code (bunfig `preload`).
_REFUSED: Final = frozenset({".npmrc", "bunfig.toml", ".bunfig.toml", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs"})

# The variables that an installer needs to reach the registry from here. All others, secrets above all, are withheld.
_PASSED: Final = (
    "NODE_EXTRA_CA_CERTS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)


def refuse_registry_settings(tree: Iterable[str]) -> None:
    """Raise `DependencyError` (`settings_refused`) when the paths in `tree` hold a registry or installer setting."""
    for path in tree:
        name = path.rpartition("/")[2].lower()
        if name in _REFUSED:
            raise DependencyError(
                "settings_refused",
                Phrase("fault.settings_refused", {"path": path}),
            )


def installer_environment(home: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The whole environment of an installer: `home` as its home, the machine's registry and certificates, no secret."""
    passed = {name: environ[name] for name in _PASSED if environ.get(name)}
    registry = npm_registry(environ)
    return {
        **passed,
        **({"npm_config_registry": registry} if registry else {}),
        # No programs: for packages that point outside the registry, an installer would run git, and git would run ssh.
        "PATH": str(home / "no-programs"),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "BUN_INSTALL_CACHE_DIR": str(home / "bun-cache"),
        "npm_config_cache": str(home / "npm-cache"),
        "npm_config_userconfig": str(home / "npmrc"),
        "npm_config_update_notifier": "false",
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
        "LANG": "C.UTF-8",
    }


def index_environment(home: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What uv needs beside an installer's environment: the machine's index, and its own cache below `home`."""
    return {"UV_DEFAULT_INDEX": python_index(environ), "UV_CACHE_DIR": str(home / "uv-cache"), "UV_NO_PROGRESS": "1"}


def npm_registry(environ: Mapping[str, str] = os.environ) -> str:
    """The registry set in the environment or in this machine's own ~/.npmrc; "" for the default. Never with a token."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY", "BUN_CONFIG_REGISTRY"):
        if environ.get(name):
            return environ[name]
    settings = Path(environ.get("NPM_CONFIG_USERCONFIG") or Path(environ.get("HOME", "/nonexistent")) / ".npmrc")
    try:
        lines = settings.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""  # the machine has no settings: the default registry
    for line in lines:
        name, separator, value = line.partition("=")
        if separator and name.strip() == "registry":
            return value.strip().strip("\"'")
    return ""


def python_index(environ: Mapping[str, str] = os.environ) -> str:
    """The index of Python packages set in the environment or in this machine's own pip settings, else PyPI's."""
    named = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL") or environ.get("PIP_INDEX_URL")
    return named or pip_settings(environ).get("index-url", "") or DEFAULT_INDEX


def pip_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The values of this machine's own pip settings."""
    home = environ.get("HOME", "/nonexistent")
    files = [Path(name.replace("~", home, 1)) for name in _PIP_FILES]
    files += [Path(environ["PIP_CONFIG_FILE"])] if environ.get("PIP_CONFIG_FILE") else []
    parser = configparser.RawConfigParser(strict=False)
    for file in files:
        try:
            parser.read_string(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, configparser.Error):
            continue  # none, or one that pip could not read either
    return dict(parser["global"]) if parser.has_section("global") else {}
