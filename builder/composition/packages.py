"""Packages of projects: what is held back, why, and what a person decides about it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from builder.accounts.access import Action
from builder.accounts.actor import Actor, acting_for
from builder.base.errors import Conflict
from builder.base.settings import words
from builder.composition.base import Base
from builder.composition.pinning.pinner import Pinner, image_has
from builder.composition.pinning.pins import Pins, locked_versions, made, pins_of, with_locked_versions
from builder.composition.settings import Settings
from builder.generation.mends.replacement import with_package_instead
from builder.previews.runnables.runnables import Runnable
from builder.projects.packages.decisions import PackageChoice, PackageDecisions
from builder.projects.packages.locks import KeptLock, PackageLocks
from builder.projects.run_hints import FILE as RUN_SETTINGS
from builder.projects.run_hints import read_hints
from builder.projects.store import ProjectStore
from builder.projects.tables import Version
from builder.safety.packages.gate import PackagePolicy
from builder.safety.packages.known import KnownFacts
from builder.safety.packages.locks import is_lock, of_resolved
from builder.safety.packages.registry import PackageRegistries
from builder.safety.packages.shapes import Ecosystem, Held, PackageVerdict, Reason, Wanted
from builder.safety.packages.sources import is_index
from builder.safety.packages.wanted import MANIFEST, npm_package, wanted_packages
from builder.texts import t
from preview_runtime.compiling.compiler import BuildFault, Order, Resolver
from preview_runtime.containers.packages.registries import PUBLIC_HOSTS
from preview_runtime.dependencies.declarations import with_declarations
from preview_runtime.dependencies.dependency_set import DependencySet
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.lock import without_addresses
from preview_runtime.dependencies.pinning import NPM_LOCK, Pinning
from preview_runtime.dependencies.request import package_of
from preview_runtime.dependencies.resolution import resolved_packages
from preview_runtime.dependencies.service import DependencyService
from preview_runtime.engines import Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from preview_runtime.phrases import Phrase
from preview_runtime.plans.plan import NothingToRun, plan_run

HELD: Final = "package_held"
# Other names of npm's registry, which lock files may have.
_MIRRORS: Final = ("registry.yarnpkg.com", "registry.npmjs.org")
_START_SECONDS: Final = 25.0
# Faults that a lock may have: another registry, an older one, or somebody's hand, made it.
_OF_THE_LOCK: Final = frozenset({"package_missing", "version_missing", "specifier_refused"})
log = logging.getLogger(__name__)
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
        own = [urlsplit(registries.address(one)).hostname or "" for one in Ecosystem]
        hosts = (*own, *PUBLIC_HOSTS, *_MIRRORS, *words(settings.install_hosts))
        known = KnownFacts(settings.data_dir / "packages" / "facts", registries)
        self.policy = PackagePolicy(settings, known, hosts=hosts)
        self._pinning = Pinning(settings.data_dir / "packages", node_executable(), words(settings.install_hosts))
        self._store, self._dependencies = store, dependencies
        self.pinner = Pinner(PackageLocks(base.db), base.jobs, self._pinning, dependencies)
        store.on_version(self.pinner.accepted)

    async def verdict(self, actor: Actor, project_id: str) -> PackageVerdict:
        """On all packages that the project's files ask for. Raises NotFound."""
        files = await self._store.working_tree(actor, project_id)
        tree = await self.locked(project_id, files)
        verdict = await self._verdict(project_id, await asyncio.to_thread(wanted_packages, tree))
        # A lock that is kept beside the files is none that a person could open.
        lists = {one.lock: one.path for one in await asyncio.to_thread(pins_of, files) if one.lock not in files}
        held = (
            replace(one, wanted=replace(one.wanted, path=lists.get(one.wanted.path, one.wanted.path)))
            for one in _once(verdict.held)
        )
        return PackageVerdict(tuple(held), verdict.unknown)

    async def locked(self, project_id: str, tree: FileTree) -> FileTree:
        """A tree of the project as it is installed and taken along: with the exact versions that are kept for it."""
        return await self.pinner.locked(project_id, tree)

    async def resolve(
        self, actor: Actor, project_id: str, dependencies: Mapping[str, str], specifiers: Collection[str]
    ) -> Prepared:
        """The packages for a page, without those that are held back. Raises NotFound, Refused, `DependencyError`."""
        asked, held, lock = await self._asked(actor, project_id, dependencies)
        try:
            return await self._prepared(project_id, asked, specifiers, held, lock)
        except DependencyError as error:
            if not lock or error.code not in _OF_THE_LOCK:
                raise
            log.info("The page of %s runs without its lock: %s %s", project_id, error.code, error.says)
            return await self._prepared(project_id, asked, specifiers, held, "")

    async def types(self, actor: Actor, project_id: str, dependencies: Mapping[str, str]) -> dict[str, str]:
        """The declarations of the packages, by their path below `node_modules`, without those that are held back; of a
        package without its own those that DefinitelyTyped has. Raises NotFound, Refused, `DependencyError`."""
        try:
            return await self._types(actor, project_id, with_declarations(dependencies))
        except DependencyError as error:
            if error.code not in ("package_missing", "version_missing"):
                raise
            # A registry of one's own may not have what was added here.
            return await self._types(actor, project_id, dependencies)

    async def _types(self, actor: Actor, project_id: str, dependencies: Mapping[str, str]) -> dict[str, str]:
        asked, _, lock = await self._asked(actor, project_id, dependencies)
        held = await self._brought(project_id, asked, lock)
        return await self._dependencies.types(
            {name: text for name, text in asked.items() if name not in held}, lock=lock
        )

    async def _asked(
        self, actor: Actor, project_id: str, dependencies: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, Phrase], str]:
        """Which of the packages may be asked for, in which versions; why the others may not; and the project's lock."""
        await self._store.get(actor, project_id)
        wanted = {name: one for name, asked in dependencies.items() if (one := npm_package(name, asked)) is not None}
        verdict = await self._verdict(project_id, tuple(wanted.values()))
        # A page has no use for the program that a package lacks.
        reasons = {one.wanted: self.says(one) for one in verdict.held if one.reason is not Reason.SCRIPT}
        held = {name: reasons[one] for name, one in wanted.items() if one in reasons}
        exact, lock = await self._locked(actor, project_id)
        return {name: exact.get(name, text) for name, text in dependencies.items() if name not in held}, held, lock

    async def _prepared(
        self,
        project_id: str,
        asked: Mapping[str, str],
        specifiers: Collection[str],
        held: Mapping[str, Phrase],
        lock: str,
    ) -> Prepared:
        held = {**held, **await self._brought(project_id, asked, lock)}
        asked = {name: text for name, text in asked.items() if name not in held}
        wanted = [specifier for specifier in specifiers if package_of(specifier) not in held]
        found = await self._dependencies.resolve(asked, wanted, lock=lock)
        self.pinner.ran(project_id, asked)
        return Prepared(found, {one: held[name] for one in specifiers if (name := package_of(one)) in held})

    async def _brought(self, project_id: str, asked: Mapping[str, str], lock: str) -> dict[str, Phrase]:
        """Which of the packages of a page bring along what is held back, and why; before anything of it is installed."""
        file, text = await self._dependencies.locked(asked, lock)
        packages = await asyncio.to_thread(resolved_packages, file, text)
        brought = [one for one in of_resolved(Ecosystem.NPM, MANIFEST, packages) if one.way]
        by_name = {one.name: name for name, text in asked.items() if (one := npm_package(name, text)) is not None}
        found: dict[str, Phrase] = {}
        for held in (await self._verdict(project_id, brought)).held:
            if held.reason is not Reason.SCRIPT:
                first = held.wanted.way[0]
                found.setdefault(by_name.get(first, first), self.says(held))
        return found

    def of_page(self, order: Order) -> Resolver:
        """The sets that a tab of the project would be given. They raise `BuildFault` where anything is held back."""
        return _PackagesOfPage(self, order)

    async def admit_front(self, tree: FileTree, order: Order) -> FileTree:
        """The tree as it is compiled here: with the versions of its locks. Raises `BuildFault` where a page would have
        packages of npm that are held back."""
        if not order.project:
            return tree
        lists = {one.path for one in pins_of(tree) if one.ecosystem is Ecosystem.NPM}
        tree = await self.pinner.ensured(order.project, tree, lists, _START_SECONDS)
        wanted = [one for one in wanted_packages(tree) if one.ecosystem is Ecosystem.NPM]
        held = [one for one in (await self._verdict(order.project, wanted)).held if one.reason is not Reason.SCRIPT]
        if held := [*_once(held)]:
            raise BuildFault("policy", HELD, self._fault(held), held[0].wanted.path)
        return await asyncio.to_thread(with_locked_versions, tree)

    async def admit_server(self, runnable: Runnable, tree: FileTree) -> tuple[FileTree, Fault | None]:
        """The tree as a server is started with it: with exact versions. And why it must not start, where what it would
        install is held back."""
        try:
            plan = await asyncio.to_thread(plan_run, tree, read_hints(tree))
        except NothingToRun:
            return tree, None
        # A page beside the server has packages of its own, which the server does not install.
        installed = {*plan.install_inputs, RUN_SETTINGS}
        project = runnable.project_id
        if (fault := await self._refused(project, tree, installed)) is not None:
            return tree, fault
        if plan.packages is None or not await asyncio.to_thread(image_has, plan.packages):
            tree = await self.pinner.ensured(project, tree, installed, _START_SECONDS)
        else:
            tree = await self.locked(project, tree)
        plan = await asyncio.to_thread(plan_run, tree, read_hints(tree))
        return tree, await self._refused(project, tree, {*plan.install_inputs, RUN_SETTINGS})

    async def refuses(self, project_id: str, tree: FileTree, paths: Collection[str]) -> Fault | None:
        """Why what the files at `paths` ask for may not be installed; None when it may."""
        return await self._refused(project_id, tree, {*paths, RUN_SETTINGS})

    async def refuses_brought(self, project_id: str, path: str, wheels: Collection[str]) -> Fault | None:
        """The same of Python wheels, by the names of their files, that the file at `path` brings along."""
        names = (wheel.split("-") for wheel in wheels)
        brought = [Wanted(Ecosystem.PYPI, canonicalize_name(name), version, path) for name, version, *_ in names]
        held = [*_once((await self._verdict(project_id, brought)).held)]
        return Fault(FaultKind.POLICY, HELD, self._fault(held), path) if held else None

    async def _refused(self, project_id: str, tree: FileTree, paths: Collection[str]) -> Fault | None:
        packages = await asyncio.to_thread(wanted_packages, tree)
        held = [*_once((await self._verdict(project_id, [one for one in packages if one.path in paths])).held)]
        return Fault(FaultKind.POLICY, HELD, self._fault(held), held[0].wanted.path) if held else None

    async def use(self, actor: Actor, project_id: str, ecosystem: Ecosystem, name: str) -> None:
        """Install a package that is held back all the same. Raises NotFound, Refused, BadInput, Conflict."""
        await self._store.get(actor, project_id, Action.EDIT)
        held = await self._held(actor, project_id, ecosystem, name)
        await self.decisions.use(actor, project_id, held)
        await self.pin_again(actor, project_id)

    async def use_instead(
        self, actor: Actor, project_id: str, ecosystem: Ecosystem, name: str, client: str = ""
    ) -> Version:
        """A version with the name that was probably meant. Raises NotFound, Refused, Conflict."""
        await self._store.get(actor, project_id, Action.EDIT)
        held = await self._held(actor, project_id, ecosystem, name)
        if not held.instead:
            raise Conflict(t("packages.no_other", name=name), code="no_other_package")
        newest = held.version or await self.policy.newest(ecosystem, held.instead)
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
        kept = await self.pinner.kept(project_id, tree)
        files = {
            one.lock: kept[one.key].text if one.key in kept and kept[one.key].text
            else await made(tree, one, self._pinning, tree.text(one.lock) or "")
            for one in pins_of(tree)
            if not one.holds
        }  # fmt: skip
        if not files:
            return None
        # What a lock was made for may have changed since: then it is made again by whoever asks again.
        lists = {one.path for one in pins_of(tree)}
        base = {path: digests.get(path) for path in (*files, *lists)}
        await self._store.write_working(actor, project_id, files, client=client, base=base)
        return await self._store.save(actor, project_id, t("packages.pinned"))

    async def pin_again(self, actor: Actor, project_id: str) -> None:
        """Make what is missing once more, in the background. Raises NotFound, Refused."""
        project = await self._store.get(actor, project_id, Action.EDIT)
        await self.pinner.again(project_id, project.owner)

    async def pins(self, actor: Actor, project_id: str) -> tuple[tuple[Pins, KeptLock | None], ...]:
        """Each list of packages, and what is kept for it where no file of the project holds. Raises NotFound."""
        tree = await self._store.working_tree(actor, project_id)
        kept = await self.pinner.kept(project_id, tree)
        return tuple((one, None if one.holds else kept.get(one.key)) for one in await asyncio.to_thread(pins_of, tree))

    def says(self, held: Held) -> Phrase:
        """Why it is held back, as half a sentence."""
        phrase = self._reason(held)
        ways = tuple(name for name in held.wanted.way if name)
        return Phrase("packages.brought", {"reason": phrase, "by": ways[-1]}) if ways else phrase

    def _reason(self, held: Held) -> Phrase:
        name, registry, like = held.wanted.name, _REGISTRIES[held.wanted.ecosystem], held.instead
        if held.reason is Reason.ELSEWHERE:
            told = "packages.index" if is_index(held.wanted) else "packages.elsewhere"
            return Phrase(told, {"name": name, "registry": registry})
        if held.reason is Reason.SCRIPT and held.version:
            return Phrase("packages.script.newer", {"name": name, "version": held.version})
        if held.reason is Reason.SCRIPT:
            other = like or held.rather
            return Phrase(f"packages.script{'.rather' if other else ''}", {"name": name, "other": other})
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
        await self.pinner.close()
        await self.policy.close()

    async def _locked(self, actor: Actor, project_id: str) -> tuple[dict[str, str], str]:
        """The exact versions of the page's packages, and the lock that says them, without its addresses; empty without one
        that holds for the package.json at the top."""
        manifest = await self._store.working_file(actor, project_id, MANIFEST)
        lock = await self._store.working_file(actor, project_id, NPM_LOCK)
        files = {
            MANIFEST: manifest if isinstance(manifest, str) else "",
            NPM_LOCK: lock if isinstance(lock, str) else "",
        }
        tree = await self.locked(project_id, FileTree({path: text for path, text in files.items() if text}))
        text = tree.text(NPM_LOCK) or ""
        exact = await asyncio.to_thread(locked_versions, tree.text(MANIFEST), text)
        return exact, await asyncio.to_thread(without_addresses, text) if exact else ""

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


@dataclass(frozen=True, slots=True)
class _PackagesOfPage:
    packages: Packages
    order: Order

    async def resolve(self, dependencies: Mapping[str, str], specifiers: list[str]) -> DependencySet:
        actor = acting_for(self.order.person)
        prepared = await self.packages.resolve(actor, self.order.project, dependencies, specifiers)
        if prepared.held:
            raise BuildFault(
                "policy", HELD, Phrase("fault.package_held", {"held": tuple(prepared.held.values())}), MANIFEST
            )
        return prepared.found


def _once(held: Collection[Held]) -> Iterator[Held]:
    """Each package once for each list that names it; one that a lock alone names, once for each lock."""
    listed = {(one.wanted.ecosystem, one.wanted.name) for one in held if not is_lock(one.wanted.path)}
    seen: set[tuple[str, Ecosystem, str]] = set()
    for one in held:
        name = (one.wanted.ecosystem, one.wanted.name)
        if (is_lock(one.wanted.path) and name in listed) or (one.wanted.path, *name) in seen:
            continue
        seen.add((one.wanted.path, *name))
        yield one
