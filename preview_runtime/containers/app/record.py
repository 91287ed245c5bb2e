"""What finds a preview and its data again after a restart of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Rest(StrEnum):
    """How an app rests that is to run again as it was."""

    NONE = ""
    PAUSED = "paused"  # frozen: it uses no processor time
    SLEPT = "slept"  # its processes have ended: it uses no memory either


@dataclass(slots=True)
class PreviewRecord:
    """What an engine knows of its preview. Holds no secret.

    `slot`: what the container, network and volume are called after. `port`: where the app answered, `asked`: where it
    was asked to (0 = not known). `installed`: digest of what the packages in the volume were installed from. `files`:
    digests of the files in the container, and of how it runs. `told`: what the app was started with. `moved`: whether
    what an earlier user wrote into the volume is this one's.
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

    def __post_init__(self) -> None:
        self.slot = self.slot or self.project

    def without_container(self) -> None:
        """The container is gone, or a new one is there that has nothing yet."""
        self.container, self.files, self.port, self.rest = "", {}, 0, Rest.NONE

    def as_json(self) -> dict[str, Any]:
        """For `from_json`, in a later process too."""
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
        }

    @classmethod
    def from_json(cls, project: str, state: Mapping[str, Any]) -> PreviewRecord:
        """What `as_json` gave, also in an earlier Sayso: what is missing is not known."""
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
        )
