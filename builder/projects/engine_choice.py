"""Chooses the engine that suits a project here, with the reason in a sentence."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from builder.base.settings import LOOPBACK, AddressSettings
from builder.projects.run_hints import read_hints
from preview_runtime.engines import Capabilities, EngineChoice, EngineKind, choose_engine
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase

_IN_BROWSER: Final = frozenset({EngineKind.INSTANT, EngineKind.WEBCONTAINER})


class EngineSettings(AddressSettings):
    """Previews"""

    preview_engine: Literal["auto", "instant", "webcontainer", "pyodide", "docker"] = Field(
        "auto", description="Which engine runs previews."
    )
    webcontainer_api_key: str = Field(
        "",
        description="StackBlitz API key for WebContainers outside localhost. For-profit production needs StackBlitz's commercial licence.",
    )


def capabilities(settings: EngineSettings, no_servers: Phrase | None = None, *, python: bool = False) -> Capabilities:
    """What this server offers. WebContainers are free to use on this computer and need a key elsewhere.

    `no_servers`: why no container can run here, as half a sentence; None when one can. `python`: Python for the browser
    is installed.
    """
    forced = None if settings.preview_engine == "auto" else EngineKind(settings.preview_engine)
    local = urlsplit(settings.url).hostname in LOOPBACK
    available = _IN_BROWSER if local or settings.webcontainer_api_key else frozenset({EngineKind.INSTANT})
    if not no_servers:
        available |= {EngineKind.DOCKER}
    if python:
        available |= {EngineKind.PYODIDE}
    why_not = {
        EngineKind.PYODIDE: Phrase("engine.no_pyodide"),
        EngineKind.WEBCONTAINER: Phrase("engine.no_webcontainer"),
    }
    if no_servers:
        why_not[EngineKind.DOCKER] = no_servers
    return Capabilities(available, forced, {kind: why for kind, why in why_not.items() if kind not in available})


def engine_for(
    tree: FileTree,
    stack: tuple[str, ...],
    settings: EngineSettings,
    no_servers: Phrase | None = None,
    *,
    python: bool = False,
) -> EngineChoice:
    return choose_engine(tree, read_hints(tree, stack), capabilities(settings, no_servers, python=python))
