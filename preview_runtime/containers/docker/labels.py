"""The labels and names of everything we create in the engine; what does not carry them is never touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

PROJECT: Final = "sayso.project"  # or the slot: a container made in advance does not know its project yet
ROLE: Final = "sayso.role"
INSTANCE: Final = "sayso.instance"  # which Sayso: several may share one engine
PORT: Final = "sayso.port"
USER: Final = "sayso.user"  # on an app's volume: who owned what is in it from the beginning
MADE: Final = "sayso.made"  # on the layers' volume: tells it from one made later under its name
JOB: Final = "sayso.job"  # on a job's container: what finds it again after our own restart, as JSON
CONFIGURATION: Final = "sayso.configuration"  # a digest: an edit keeps the container where it is the same
_RESERVED: Final = ("sayso.", "traefik.")  # compared in small letters: a router reads its own in any
# What images of ours say of themselves.
_OF_IMAGES: Final = frozenset({"sayso.image", "sayso.base", "sayso.stand-in", "sayso.own-image", INSTANCE})
_PROJECT_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Role(StrEnum):
    """What a container, network or volume is for."""

    APP = "app"
    INSTALL = "install"
    COPY = "copy"
    PROBE = "probe"
    LAYERS = "layers"
    DATABASE = "database"
    EGRESS = "egress"
    JOB = "job"


# What runs beside an app is labelled with a slot of its own, which ends like this.
_SIDECARS: Final = {Role.DATABASE: "-postgres", Role.EGRESS: "-egress"}


def sidecar_slot(project: str, role: Role) -> str:
    """What stands in the labels of a sidecar in the place of its project.

    It is not the project itself: whoever clears an app's slot, its data included, must not take its database along.
    """
    return project + _SIDECARS[role]


def sidecar_owner(slot: str) -> str:
    """The project whose sidecar has `slot` in its labels, "" where it is no sidecar's."""
    return next((slot.removesuffix(end) for end in _SIDECARS.values() if slot.endswith(end)), "")


def labels(instance: str, project: str, role: Role) -> dict[str, str]:
    """The labels of one thing. Raises ValueError for a project id that no name could be made of."""
    if not _PROJECT_ID.fullmatch(project):
        raise ValueError(f"{project!r} is no project id")
    return {INSTANCE: instance, PROJECT: project, ROLE: role.value}


def name(instance: str, project: str, role: Role = Role.APP) -> str:
    """The name of the container, network or volume of `role`."""
    return f"{instance}-{project}" if role is Role.APP else f"{instance}-{project}-{role}"


def filters(instance: str, project: str = "", role: Role | None = None) -> dict[str, list[str]]:
    """The engine's `filters` argument for what is ours ("" = of every project, None = of every role)."""
    wanted = [f"{INSTANCE}={instance}"]
    wanted += [f"{PROJECT}={project}"] if project else [PROJECT]
    wanted += [f"{ROLE}={role}"] if role else []
    return {"label": wanted}


def is_named(container: Mapping[str, Any], title: str) -> bool:
    """Whether a container, as the engine lists it, is called `title`.

    Labels alone tell nothing: a container has those of its image too. Its name is given by who made it.
    """
    return f"/{title}" in (container.get("Names") or ())


def claims(found: Mapping[str, str] | None) -> list[str]:
    """The labels of an image with which a container made of it would pass for one of ours, or for a router's."""
    return sorted(key for key in found or () if key.lower().startswith(_RESERVED) and key not in _OF_IMAGES)


def port_of(found: Mapping[str, str] | None) -> int:
    """The port in a container's labels, 0 where there is none."""
    text = (found or {}).get(PORT, "")
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0


def ours(found: Mapping[str, str] | None, instance: str, project: str) -> bool:
    """Whether a thing with the labels `found` belongs to `project` of this Sayso."""
    return found is not None and (found.get(INSTANCE), found.get(PROJECT)) == (instance, project)
