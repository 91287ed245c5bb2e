"""Commands of projects as jobs: started in a waiting container or in one of their own, and found again after a
restart."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final, Protocol

import aiodocker

from preview_runtime.containers.agents import client
from preview_runtime.containers.agents.client import AgentFailed, AppStart
from preview_runtime.containers.docker import faults, policy
from preview_runtime.containers.docker.archive import archive, is_private
from preview_runtime.containers.docker.labels import JOB, PROJECT, Role, filters, is_named
from preview_runtime.containers.docker.policy import Limits
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import image_missing
from preview_runtime.containers.isolation.slots import NOT_FOUND, Slots
from preview_runtime.containers.jobs.container_job import Job, JobTerms, begin, found
from preview_runtime.containers.jobs.spec import ArtefactLimits, JobSpec
from preview_runtime.containers.jobs.warm_start import WaitingContainers, command_line, fits
from preview_runtime.engines import EngineFailed, Fault
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import DATA_FOLDER, WORK_FOLDER
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
PREFIX: Final = "job-"  # prefix of the slot of a job with a container of its own
_SEND_SECONDS: Final = 20.0
_NO_FILES: Final = FileTree({})


class Reached(Protocol):
    """See `preview_runtime.containers.beside.access.Access`."""

    @property
    def networks(self) -> tuple[str, ...]: ...

    @property
    def environment(self) -> Mapping[str, str]: ...


class WayOut(Protocol):
    """How a job reaches its allowed hosts; see `preview_runtime.containers.beside.egress.ProjectEgress`."""

    async def ensure(self, project: str, hosts: Sequence[str]) -> Reached: ...

    async def stop(self, project: str) -> None: ...


class JobLimitWatch(Protocol):
    """Enforces limits that the kernel does not; see `preview_runtime.containers.limits.limit_watch.LimitWatch`."""

    def watch(self, project: str, volume: str, container: str, limits: Limits | None = None) -> None: ...

    def forget(self, project: str) -> None: ...

    def passed(self, project: str) -> Fault | None: ...


class Jobs:
    """The jobs of one Sayso. One object per engine. Each part may be missing; a job that needs it is then refused, or
    starts more slowly."""

    def __init__(
        self,
        slots: Slots,
        *,
        pool: WaitingContainers | None = None,
        way_out: WayOut | None = None,
        limits: JobLimitWatch | None = None,
    ) -> None:
        self._slots = slots
        self._pool = pool
        self._way_out = way_out
        self._limits = limits
        self._at_work: set[str] = set()  # slots
        self._jobs: dict[str, tuple[Job, bool]] = {}  # slot → a job, and whether it continues when this process ends

    @property
    def known(self) -> frozenset[str]:
        """The slots of jobs that are not closed: what these jobs have in the engine must stay."""
        return frozenset(self._at_work)

    async def close(self) -> None:
        """End the jobs that nobody has closed, except those that continue when this process ends."""
        ends = [job.leave() if resume else job.close() for job, resume in self._jobs.values()]
        for error in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(error, BaseException):
                log.info("A job could not be ended: %r", error)

    async def start(self, spec: JobSpec) -> Job:
        """Start a job; the caller has to close it. Raises `EngineFailed`; then nothing is left."""
        try:
            if (runtime := fits(spec, self._slots.settings)) and (job := await self._warm(spec, runtime)):
                return job
            return await self._cold(spec)
        except (aiodocker.DockerError, TimeoutError) as error:
            raise EngineFailed(faults.platform(error)) from error

    async def recover(self, wanted: Collection[str] = ()) -> dict[str, Job]:
        """The jobs of an earlier process that are in `wanted` and should continue (`resume`), by id; all others are
        ended.

        Their time limit has kept running, and their output is read from the beginning. Raises aiodocker.DockerError.
        """
        docker, instance = self._slots.docker, self._slots.settings.instance
        back: dict[str, Job] = {}
        for one in await docker.containers.list(all=1, filters=json.dumps(filters(instance, role=Role.JOB))):
            labels = one._container["Labels"]
            slot = str(labels[PROJECT])
            if slot in self._at_work or not is_named(one._container, self._slots.title(slot, Role.JOB)):
                continue
            kept = json.loads(labels.get(JOB, "{}"))
            shown = await one.show()
            if kept.get("resume") and kept["id"] in wanted and shown["State"]["Status"] != "created":
                terms = replace(self._terms(slot), **_terms_of(kept))
                self._watch(slot, one.id, _limits_of(kept))
                back[kept["id"]] = self._begun(slot, found(docker, one, terms, slot, shown), resume=True)
            else:
                await self._clear(slot)
        return back

    async def _warm(self, spec: JobSpec, runtime: Runtime) -> Job | None:
        """Start it in a waiting container; None when there is none, or none that works."""
        if self._pool is None:
            return None
        slots = self._slots
        files = {path: content for path, content in (spec.tree or _NO_FILES).items() if not is_private(path)}
        run = AppStart(command_line(spec.argv), environment=spec.environment)
        async with self._pool.starting():
            while blank := await self._pool.take(runtime):
                self._watch(blank.slot, blank.container.id)
                done = False
                try:
                    await slots.networks.prove()
                    began = time.time()
                    await client.send(blank.host, files, list(files), run, seconds=_SEND_SECONDS)
                    done = True
                except (AgentFailed, aiodocker.DockerError) as error:
                    log.info("A container made in advance was of no use to a job: %s", error)
                finally:
                    if not done:
                        await uncancelled(self._clear(blank.slot))
                if done:
                    terms = replace(self._terms(blank.slot), **_terms_of(_kept(spec)))
                    return self._begun(blank.slot, Job(slots.docker, blank.container, terms, blank.slot, began))
        return None

    async def _cold(self, spec: JobSpec) -> Job:
        slots, slot = self._slots, f"{PREFIX}{spec.id}"
        if slot in self._at_work:
            raise ValueError(f"the job {spec.id} runs already")
        self._at_work.add(slot)
        try:
            if isinstance(spec.image, Runtime) and await catalogue.missing_images(slots.docker, [spec.image]):
                raise EngineFailed(image_missing(spec.image))
            await slots.ensure_volume(slot)
            reached = await self._reached(slot, spec.hosts)
            job = await begin(
                slots.docker,
                self._configuration(spec, slot, reached),
                replace(self._terms(slot), **_terms_of(_kept(spec))),
                title=slots.title(slot, Role.JOB),
                archives=[await self._files(spec, slot)],
            )
        except BaseException:
            await uncancelled(self._clear(slot))
            raise
        self._watch(slot, job.container.id, spec.limits)
        return self._begun(slot, job, resume=spec.resume)

    async def _reached(self, slot: str, hosts: Sequence[str]) -> Reached | None:
        if not hosts:
            return None
        if self._way_out is None:
            raise ValueError("no job reaches a host here")
        await self._slots.networks.prove()
        return await self._way_out.ensure(slot, hosts)

    async def _files(self, spec: JobSpec, slot: str) -> tuple[str, bytes]:
        """The folder of the job's own volume, and the archive unpacked there, which also gives the folder to the
        job."""
        folder = _folder(spec)
        packed = await asyncio.to_thread(
            archive, spec.tree or _NO_FILES, self._slots.user(slot), time.time(), folder=folder
        )
        return folder, packed

    def _configuration(self, spec: JobSpec, slot: str, reached: Reached | None) -> dict[str, Any]:
        slots, ours = self._slots, isinstance(spec.image, Runtime)
        config = policy.job_container(
            catalogue.tag(spec.image) if isinstance(spec.image, Runtime) else spec.image,
            spec.argv,
            slot,
            reached.networks[0] if reached else "none",
            slots.title(slot),
            slots.settings,
            spec.limits or slots.settings.limits,
            {**(reached.environment if reached else {}), **spec.environment},
            own_image=not ours,
            mounts=[(mount.volume, mount.target, mount.read_only) for mount in spec.mounts],
        )
        config["Labels"][JOB] = json.dumps(_kept(spec))
        return config

    def _terms(self, slot: str) -> JobTerms:
        async def clear() -> None:
            await self._clear(slot)

        limits = self._limits
        return JobTerms(0, passed=lambda: limits.passed(slot) if limits else None, clear=clear)

    def _begun(self, slot: str, job: Job, *, resume: bool = False) -> Job:
        self._jobs[slot] = job, resume
        return job

    def _watch(self, slot: str, container: str, limits: Limits | None = None) -> None:
        self._at_work.add(slot)
        if self._limits:
            self._limits.watch(slot, self._slots.title(slot), container, limits)

    async def _clear(self, slot: str) -> None:
        """Remove everything of a job; what the engine refuses to remove here, the reconciler removes later."""
        if self._limits:
            self._limits.forget(slot)
        try:
            with contextlib.suppress(EngineFailed):
                await self._slots.clear(slot, volume=True)
                if self._way_out and slot.startswith(PREFIX):
                    await self._way_out.stop(slot)
        except aiodocker.DockerError as error:
            if error.status != NOT_FOUND:
                log.warning("What is left of the job %s could not be removed yet: %s", slot, error)
        finally:
            self._at_work.discard(slot)
            self._jobs.pop(slot, None)


def _folder(spec: JobSpec) -> str:
    return WORK_FOLDER if isinstance(spec.image, Runtime) else DATA_FOLDER


def _kept(spec: JobSpec) -> dict[str, Any]:
    """The state in the labels of a job's container. It holds no secret, because everybody with access to the engine can
    read it."""
    limits = spec.artefact_limits
    return {
        "id": spec.id,
        "project": spec.project,
        "resume": spec.resume,
        "seconds": spec.seconds,
        "output": spec.output,
        "limits": asdict(spec.limits) if spec.limits else None,
        "artefacts": list(spec.artefacts),
        "artefact_limits": [limits.file, limits.bytes, limits.files],
        "folder": _folder(spec),
    }


def _limits_of(kept: Mapping[str, Any]) -> Limits | None:
    return Limits(**kept["limits"]) if kept["limits"] else None


def _terms_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seconds": float(kept["seconds"]),
        "output": int(kept["output"]),
        "artefacts": tuple(kept["artefacts"]),
        "artefact_limits": ArtefactLimits(*kept["artefact_limits"]),
        "folder": str(kept["folder"]),
    }
