"""The record that finds a preview and its data again after a restart of this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Rest(StrEnum):
    """How an app rests that will later run again as it was."""

    NONE = ""
    PAUSED = "paused"  # frozen: it uses no processor time
    SLEPT = "slept"  # its processes have ended: it uses no memory either


@dataclass(slots=True)
class PreviewRecord:
    """What an engine knows of its preview. Holds no secret.

    `slot`: the name of the container, network and volume. `port`: the port at which the app answered, `asked`: the port
    it was told (0 = not known). `installed`: digest of the inputs of the packages in the volume. `files`: digests of
    the files in the container, and of how it runs. `told`: the environment that the app was started with. `moved`:
    whether files that an earlier user wrote into the volume belong to the present user. `stored`: bytes in the volume,
    as they were counted last.
    """

    project: str
    slot: str = ""
    container: str = ""
    port: int = 0
    asked: int = 0
    installed: str = ""
    layer: str = ""
    files: dict[str, str] = field(default_factory=dict)
    rest: Rest = Rest.NONE
    sidecars: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    moved: bool = False
    stored: int = 0

    def __post_init__(self) -> None:
        self.slot = self.slot or self.project

    def without_container(self) -> None:
        """The container is gone, or a new and empty one is there."""
        self.container, self.files, self.port, self.rest = "", {}, 0, Rest.NONE

    def as_json(self) -> dict[str, Any]:
        """JSON for `from_json`, also in a later process."""
        return {
            "project": self.project,
            "slot": self.slot,
            "container": self.container,
            "port": self.port,
            "asked": self.asked,
            "installed": self.installed,
            "layer": self.layer,
            "files": dict(self.files),
            "asleep": str(self.rest),
            "sidecars": self.sidecars,
            "told": dict(self.told),
            "moved": self.moved,
            "stored": self.stored,
        }

    @classmethod
    def from_json(cls, project: str, state: Mapping[str, Any]) -> PreviewRecord:
        """Read the result of `as_json`, also of an earlier version of Sayso: missing fields are not known."""
        return cls(
            project,
            str(state.get("slot") or project),
            str(state.get("container", "")),
            int(state.get("port", 0)),
            int(state.get("asked", 0)),
            str(state.get("installed", "")),
            str(state.get("layer", "")),
            {str(path): str(digest) for path, digest in dict(state.get("files", {})).items()},
            Rest(str(state.get("asleep", ""))),
            bool(state.get("sidecars", False)),
            dict(state.get("told", {})),
            bool(state.get("moved", False)),
            int(state.get("stored", 0)),
        )
