"""Packages of projects: what is held back, why, and what a person decides about it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.base.settings import words
from builder.composition.base import Base
from builder.composition.pins import Pins, locked_versions, pinned, pins_of, with_locked_versions
from builder.composition.settings import Settings
from builder.generation.mends.replacement import with_package_instead
from builder.previews.runnables.runnables import Runnable
from builder.projects.packages.decisions import PackageChoice, PackageDecisions
from builder.projects.run_hints import FILE as RUN_SETTINGS
from builder.projects.run_hints import read_hints
from builder.projects.store import ProjectStore
from builder.projects.tables import Version
from builder.safety.packages.gate import PackagePolicy
from builder.safety.packages.known import KnownFacts
from builder.safety.packages.registry import PackageRegistries
from builder.safety.packages.shapes import Ecosystem, Held, PackageVerdict, Reason, Wanted
from builder.safety.packages.wanted import MANIFEST, npm_package, wanted_packages
from builder.texts import t
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.dependencies.dependency_set import DependencySet
from preview_runtime.dependencies.pinning import NPM_LOCK, Pinning
from preview_runtime.dependencies.request import package_of
from preview_runtime.dependencies.service import DependencyService
from preview_runtime.engines import Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from preview_runtime.phrases import Phrase
from preview_runtime.plans.plan import NothingToRun, plan_run

HELD: Final = "package_held"
_TRIES: Final = 5
_REGISTRIES: Final = {Ecosystem.NPM: "npm", Ecosystem.PYPI: "Python"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A set of packages without those that are held back; `held` says why, by import specifier."""

    found: DependencySet
    held: Mapping[str, Phrase]


class Packages:
    """Stands before everything that installs: the instant engine's sets, live links, and servers."""

    def __init__(self, settings: Settings, base: Base, store: ProjectStore, dependencies: DependencyService) -> None:
        registries = PackageRegistries(os.environ)
        self.decisions = PackageDecisions(base.db)
        self.policy = PackagePolicy(settings, KnownFacts(settings.data_dir / "packages" / "facts", registries))
        self._pinning = Pinning(settings.data_dir / "packages", node_executable(), words(settings.install_hosts))
        self._store, self._dependencies = store, dependencies

    async def verdict(self, actor: Actor, project_id: str) -> PackageVerdict:
        """On all packages that the project's files ask for. Raises NotFound."""
        tree = await self._store.working_tree(actor, project_id)
        return await self._verdict(project_id, wanted_packages(tree))

    async def resolve(
        self, actor: Actor, project_id: str, dependencies: Mapping[str, str], specifiers: Collection[str]
    ) -> Prepared:
        """The packages for a page, without those that are held back. Raises NotFound, Refused, `DependencyError`."""
        await self._store.get(actor, project_id)
        wanted = {name: one for name, asked in dependencies.items() if (one := npm_package(name, asked)) is not None}
        verdict = await self._verdict(project_id, tuple(wanted.values()))
        reasons = {one.wanted: self.says(one) for one in verdict.held}
        held = {name: reasons[one] for name, one in wanted.items() if one in reasons}
        exact = await self._locked(actor, project_id)
        found = await self._dependencies.resolve(
            {name: exact.get(name, asked) for name, asked in dependencies.items() if name not in held},
            [specifier for specifier in specifiers if package_of(specifier) not in held],
        )
        return Prepared(found, {one: held[name] for one in specifiers if (name := package_of(one)) in held})

    async def admit_front(self, tree: FileTree, order: Order) -> FileTree:
        """The tree as it is compiled here: with the versions of its locks. Raises `BuildFault` where a page would have
        packages of npm that are held back."""
        if not order.project:
            return tree
        wanted = [one for one in wanted_packages(tree) if one.ecosystem is Ecosystem.NPM]
        if held := (await self._verdict(order.project, wanted)).held:
            raise BuildFault("policy", HELD, self._fault(held), held[0].wanted.path)
        return await asyncio.to_thread(with_locked_versions, tree)

    async def server_fault(self, runnable: Runnable, tree: FileTree) -> Fault | None:
        """Why a server must not start with this tree: what it would install is held back. None where nothing is."""
        try:
            plan = plan_run(tree, read_hints(tree))
        except NothingToRun:
            return None
        # A page beside the server has packages of its own, which the server does not install.
        installed = {*plan.install_inputs, RUN_SETTINGS}
        wanted = [one for one in wanted_packages(tree) if one.path in installed]
        held = (await self._verdict(runnable.project_id, wanted)).held
        return Fault(FaultKind.POLICY, HELD, self._fault(held), held[0].wanted.path) if held else None

    async def use(self, actor: Actor, project_id: str, ecosystem: Ecosystem, name: str) -> None:
        """Install a package that is held back all the same. Raises NotFound, Refused, BadInput, Conflict."""
        await self._store.get(actor, project_id, Action.EDIT)
        held = await self._held(actor, project_id, ecosystem, name)
        await self.decisions.use(actor, project_id, held)

    async def use_instead(
        self, actor: Actor, project_id: str, ecosystem: Ecosystem, name: str, client: str = ""
    ) -> Version:
        """A version with the name that was probably meant. Raises NotFound, Refused, Conflict."""
        await self._store.get(actor, project_id, Action.EDIT)
        held = await self._held(actor, project_id, ecosystem, name)
        if not held.instead:
            raise Conflict(t("packages.no_other", name=name), code="no_other_package")
        newest = await self.policy.newest(ecosystem, held.instead)
        for attempt in range(_TRIES):
            _, digests, tree = await self._store.read_working(actor, project_id, action=Action.EDIT)
            changed = with_package_instead(tree, ecosystem, name, held.instead, newest)
            base = {path: digests.get(path) for path in changed}
            try:
                await self._store.write_working(actor, project_id, changed, client=client, base=base)
                break
            except Conflict as conflict:  # the person may be typing in the same file: it is read again
                if conflict.code != "changed_meanwhile" or attempt == _TRIES - 1:
                    raise
        version = await self._store.save(actor, project_id, t("packages.replaced", name=name, instead=held.instead))
        if version is None:
            raise Conflict(t("packages.no_other", name=name), code="no_other_package")
        return version

    async def pin(self, actor: Actor, project_id: str, client: str = "") -> Version | None:
        """A version with the lock files that were missing or held no more; None where all hold. Raises NotFound, Refused,
        Conflict, `DependencyError`."""
        _, digests, tree = await self._store.read_working(actor, project_id, action=Action.EDIT)
        for held in (await self._verdict(project_id, wanted_packages(tree))).held:
            raise Conflict(t("packages.decide_first", name=held.wanted.name), code=HELD)
        made = await pinned(tree, self._pinning)
        if not made:
            return None
        # What a lock was made for may have changed since: then it is made again by whoever asks again.
        lists = {one.path for one in pins_of(tree)}
        base = {path: digests.get(path) for path in (*made, *lists)}
        await self._store.write_working(actor, project_id, made, client=client, base=base)
        return await self._store.save(actor, project_id, t("packages.pinned"))

    async def pins(self, actor: Actor, project_id: str) -> tuple[Pins, ...]:
        """Raises NotFound."""
        return await asyncio.to_thread(pins_of, await self._store.working_tree(actor, project_id))

    def says(self, held: Held) -> Phrase:
        """Why it is held back, as half a sentence."""
        name, registry, like = held.wanted.name, _REGISTRIES[held.wanted.ecosystem], held.instead
        if held.reason is Reason.YOUNG:
            count, least = held.days, self.policy.least_days
            return Phrase("packages.young", {"name": name, "registry": registry, "count": count, "least": least})
        if held.reason is Reason.MISSING and not like:
            return Phrase("packages.missing", {"name": name, "registry": registry})
        if held.reason is Reason.MISSING:
            return Phrase("packages.missing.like", {"name": name, "registry": registry, "like": like})
        if held.reason is Reason.LOOKALIKE:
            return Phrase("packages.lookalike", {"name": name, "registry": registry, "like": like})
        return Phrase("packages.unknown", {"name": name, "registry": registry})

    async def log(self, actor: Actor, project_id: str) -> list[PackageChoice]:
        """Raises NotFound."""
        return await self.decisions.log(actor, project_id)

    async def close(self) -> None:
        await self.policy.close()

    async def _locked(self, actor: Actor, project_id: str) -> dict[str, str]:
        """The exact versions of the page's packages; empty without a lock that holds for the package.json at the top."""
        lock = await self._store.working_file(actor, project_id, NPM_LOCK)
        if not isinstance(lock, str):
            return {}
        manifest = await self._store.working_file(actor, project_id, MANIFEST)
        return await asyncio.to_thread(locked_versions, manifest if isinstance(manifest, str) else "", lock)

    def _fault(self, held: Collection[Held]) -> Phrase:
        seen = {(one.wanted.ecosystem, one.wanted.name): self.says(one) for one in held}
        return Phrase("fault.package_held", {"held": tuple(seen.values())})

    async def _held(self, actor: Actor, project_id: str, ecosystem: Ecosystem, name: str) -> Held:
        verdict = await self.verdict(actor, project_id)
        for one in verdict.held:
            if (one.wanted.ecosystem, one.wanted.name) == (ecosystem, name):
                return one
        raise Conflict(t("packages.not_held", name=name), code="package_not_held")

    async def _verdict(self, project_id: str, wanted: Collection[Wanted]) -> PackageVerdict:
        return await self.policy.judge(wanted, await self.decisions.used(project_id)) if wanted else PackageVerdict()
