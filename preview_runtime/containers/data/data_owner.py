"""Gives an app's stored files to the app's own user, if they were written by the former common user of all apps: once,
at the app's next start.

The volume's folder itself changes last. So its owner tells whether everything below is done, and an interrupted change
is simply repeated. No process of the app runs meanwhile, and no link is followed.
"""

from __future__ import annotations

import logging
from typing import Final

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import Role
from preview_runtime.containers.docker.users import account
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import image_missing
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.container_job import JobTerms, begin
from preview_runtime.containers.jobs.own_command import Said
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime

log = logging.getLogger(__name__)
_LONGEST_SECONDS: Final = 600.0
# $1 the user, $2 user and group. A change of owner removes special bits from programs; other mode bits stay.
_MOVE: Final = """set -eu
cd /volume
[ "$(stat -c %u .)" != "$1" ] || exit 0
find -P . -xdev -mindepth 1 ! -uid "$1" -exec chown -h "$2" {} +
chown "$2" .
"""


async def move(slots: Slots, slot: str) -> None:
    """Give all files in the slot's volume to its user, by a container of ours without a network.

    Nothing else may use the volume. Raises `EngineFailed`, aiodocker.DockerError.
    """
    image = await _image(slots.docker)
    user = slots.user(slot)
    command = ["sh", "-c", _MOVE, "sh", str(user), account(user)]
    volumes = [(slots.title(slot), "/volume", False)]
    config = policy.copying_container(image, command, slot, volumes, slots.settings)
    await slots.delete_containers(slot, Role.COPY)  # of an interrupted change
    said = Said()
    terms = JobTerms(_LONGEST_SECONDS, hear=said.hear)
    async with await begin(slots.docker, config, terms, title=slots.title(slot, Role.COPY)) as job:
        code = await job.exit_code()
    if code:
        log.warning("The data of %s could not be given to its own user: %s %s", slot, code, said.err)
        message = Phrase("fault.data_not_moved")
        raise EngineFailed(Fault(FaultKind.PLATFORM, "data_not_moved", message, frame=said.err))


async def _image(docker: aiodocker.Docker) -> str:
    missing = await catalogue.missing_images(docker, (Runtime.PYTHON, Runtime.NODE))
    for runtime in (Runtime.PYTHON, Runtime.NODE):
        if runtime not in missing:
            return catalogue.tag(runtime)
    raise EngineFailed(image_missing(Runtime.PYTHON))
