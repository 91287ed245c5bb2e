"""The images in the engine that builds of projects have made: named ones, stages, and the remains of broken builds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import aiodocker

from preview_runtime.containers.docker.labels import INSTANCE
from preview_runtime.containers.isolation.slots import CONFLICT, NOT_FOUND

OWNER: Final = "sayso.own-image"  # a label: the project that the image belongs to


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """One image. `depth` counts the images below it, down to the first one with our label."""

    id: str
    project: str
    names: tuple[str, ...]
    parent: str
    depth: int


async def built_images(docker: aiodocker.Docker, instance: str) -> list[BuiltImage]:
    """The existing images of all builds for `instance`, each before the images it is based on.

    The owner is in the label of the lowest image in the chain: we wrote that label, while one above it may have been
    written by the project.
    """
    found = {image["Id"]: image for image in await docker.images.list(all=1)}
    made: list[BuiltImage] = []
    for id_, image in found.items():
        owner, at, depth, below = "", id_, 0, 0
        while at in found and depth <= len(found):
            labels = found[at]["Labels"] or {}
            if OWNER in labels and INSTANCE in labels:
                owner, below = (labels[OWNER] if labels[INSTANCE] == instance else ""), depth
            at, depth = found[at].get("ParentId") or "", depth + 1
        if owner:
            names = tuple(name for name in image["RepoTags"] or () if name != "<none>:<none>")
            made.append(BuiltImage(id_, owner, names, image.get("ParentId") or "", below))
    return sorted(made, key=lambda image: -image.depth)


async def removed(docker: aiodocker.Docker, images: Collection[BuiltImage]) -> list[str]:
    """Remove `images`, given as `built_images` orders them; returns the names or ids of the removed ones.

    An image that a container uses, or on which another image is based, stays.
    """
    gone: list[str] = []
    for image in images:
        for name in image.names or (image.id,):
            try:
                # Without the images below it: they are in the list themselves if they have to be removed.
                await docker.images.delete(name, noprune=True)
            except aiodocker.DockerError as error:
                if error.status not in (NOT_FOUND, CONFLICT):
                    raise
            else:
                gone.append(name)
    return gone


def kept_with(images: Collection[BuiltImage], wanted: Collection[str]) -> set[str]:
    """`wanted` ids and all images that they are based on."""
    parents = {image.id: image.parent for image in images}
    kept: set[str] = set()
    for id_ in wanted:
        while id_ in parents and id_ not in kept:
            kept.add(id_)
            id_ = parents[id_]
    return kept
