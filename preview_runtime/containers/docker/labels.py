"""The labels and names of everything we create in the engine; things without them are never touched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

PROJECT: Final = "sayso.project"  # or the slot: a container made in advance has no project yet
ROLE: Final = "sayso.role"
INSTANCE: Final = "sayso.instance"  # which installation of Sayso: several may share one engine
PORT: Final = "sayso.port"
USER: Final = "sayso.user"  # on an app's volume: the user who has owned its files from the beginning
MADE: Final = "sayso.made"  # on the volume of layers: distinguishes it from a later one with the same name
JOB: Final = "sayso.job"  # on a job's container: JSON that finds the job again after our restart
CONFIGURATION: Final = "sayso.configuration"  # a digest: an edit keeps the container while the digest is the same
_RESERVED: Final = ("sayso.", "traefik.")  # compared in lower case: a router reads its labels in any case
# The labels of our own images.
_OF_IMAGES: Final = frozenset({"sayso.image", "sayso.base", "sayso.stand-in", "sayso.own-image", INSTANCE})
_PROJECT_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Role(StrEnum):
    """The purpose of a container, network or volume."""

    APP = "app"
    INSTALL = "install"
    COPY = "copy"
    PROBE = "probe"
    LAYERS = "layers"
    DATABASE = "database"
    EGRESS = "egress"
    JOB = "job"


# A sidecar is labelled with a slot of its own, which ends like this.
_SIDECARS: Final = {Role.DATABASE: "-postgres", Role.EGRESS: "-egress"}


def sidecar_slot(project: str, role: Role) -> str:
    """The slot in the labels of a project's sidecar.

    It is not the project itself: whoever clears an app's slot, its data included, must not take its database along.
    """
    return project + _SIDECARS[role]


def sidecar_owner(slot: str) -> str:
    """The project whose sidecar has `slot` in its labels, "" when it is no sidecar's."""
    return next((slot.removesuffix(end) for end in _SIDECARS.values() if slot.endswith(end)), "")


def labels(instance: str, project: str, role: Role) -> dict[str, str]:
    """The labels of one thing. Raises ValueError for a project id that cannot be part of a name."""
    if not _PROJECT_ID.fullmatch(project):
        raise ValueError(f"{project!r} is no project id")
    return {INSTANCE: instance, PROJECT: project, ROLE: role.value}


def name(instance: str, project: str, role: Role = Role.APP) -> str:
    """The name of the container, network or volume of `role`."""
    return f"{instance}-{project}" if role is Role.APP else f"{instance}-{project}-{role}"


def filters(instance: str, project: str = "", role: Role | None = None) -> dict[str, list[str]]:
    """The engine's `filters` argument for our own things ("" = of every project, None = of every role)."""
    wanted = [f"{INSTANCE}={instance}"]
    wanted += [f"{PROJECT}={project}"] if project else [PROJECT]
    wanted += [f"{ROLE}={role}"] if role else []
    return {"label": wanted}


def is_named(container: Mapping[str, Any], title: str) -> bool:
    """Whether a container, as listed by the engine, has the name `title`.

    Labels alone prove nothing: a container also has its image's labels. Its name was given by its creator.
    """
    return f"/{title}" in (container.get("Names") or ())


def claims(found: Mapping[str, str] | None) -> list[str]:
    """The labels of an image that would make its containers look like ours, or like a router's."""
    return sorted(key for key in found or () if key.lower().startswith(_RESERVED) and key not in _OF_IMAGES)


def port_of(found: Mapping[str, str] | None) -> int:
    """The port in a container's labels, 0 when there is none."""
    text = (found or {}).get(PORT, "")
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0


def ours(found: Mapping[str, str] | None, instance: str, project: str) -> bool:
    """Whether a thing with the labels `found` belongs to `project` of this installation."""
    return found is not None and (found.get(INSTANCE), found.get(PROJECT)) == (instance, project)
