"""Packages of a project: those of its page, what is held back and why, and what people decided about it."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.actor import Actor
from builder.api.requests.context import AppServices, MayEdit, MayRead
from builder.composition.pinning.pins import Pins
from builder.composition.services import Services
from builder.projects.packages.locks import KeptLock
from builder.projects.shapes import VersionAnswer, version_shape
from builder.safety.packages.shapes import Ecosystem, Reason
from builder.texts import said
from preview_runtime.phrases import Phrase

router = APIRouter(prefix="/projects/{project_id}", tags=["packages"])


class PackagesBody(BaseModel):
    """Packages by name and range, and the specifiers the project imports."""

    model_config = ConfigDict(extra="forbid")
    dependencies: dict[str, str] = Field(default_factory=dict, max_length=500)
    specifiers: list[str] = Field(default_factory=list, max_length=2_000)


class TypesBody(BaseModel):
    """Packages by name and range."""

    model_config = ConfigDict(extra="forbid")
    dependencies: dict[str, str] = Field(default_factory=dict, max_length=500)


class TypesOfPackages(BaseModel):
    """Declarations (`.d.ts`) and the `package.json` that lead to them, by their path below `node_modules`."""

    files: dict[str, str]


class PackagesOfPage(BaseModel):
    """A `DependencySet`; `held` says for each import specifier of a package that is held back why it is."""

    hash: str
    base: str
    modules: dict[str, str]
    styles: dict[str, str]
    imports: dict[str, list[str]]
    errors: dict[str, str]
    held: dict[str, str]


class NamedPackage(BaseModel):
    """`name` is the registry's; Python's are in their normal form (small letters, hyphens)."""

    ecosystem: Ecosystem
    name: str


class HeldPackage(NamedPackage):
    """`says` is the reason in half a sentence, `instead` the name that was probably meant, or that does the same without
    an install script ("" for none), in the version `version` where not any will do; `path` the file that asks for it, `way`
    the packages that bring it along, from one that the file names on."""

    asked: str
    path: str
    reason: Reason
    says: str
    instead: str
    version: str
    way: list[str]


class PackageDecisionView(NamedPackage):
    """`used`: it was decided to install it all the same; otherwise that was taken back. `at` is ISO 8601."""

    used: bool
    reason: str
    by: str
    at: str


class PinsView(BaseModel):
    """The list of packages at `path` has exact versions (`holds`), or not yet, for the `problem` where there is one. `file`:
    they stand in the project's file `lock`; otherwise they are kept beside it, since `at` (ISO 8601, "" for a file)."""

    path: str
    lock: str
    holds: bool
    file: bool
    at: str
    problem: str


class PackagesView(BaseModel):
    """What is `held` back, what is used in spite of that (`used`), what no registry said anything of (`unknown`), and who
    decided what, the latest first. `pins` says which lists of packages have exact versions, `pinning` that those which
    have none are getting them."""

    held: list[HeldPackage]
    used: list[NamedPackage]
    unknown: list[NamedPackage]
    decisions: list[PackageDecisionView]
    pins: list[PinsView]
    pinning: bool


class PackageChange(BaseModel):
    """`client` comes back in the event of the change."""

    model_config = ConfigDict(extra="forbid")
    client: str = Field(default="", max_length=64)


class PinsOrder(PackageChange):
    """`files`: put the exact versions into the project's files; otherwise those that are missing are made once more, in the
    background."""

    files: bool = True


@router.post("/dependencies")
async def resolve_dependencies(
    services: AppServices, actor: MayRead, project_id: str, wanted: PackagesBody
) -> PackagesOfPage:
    """The packages for the page, ready to be imported, without those that are held back."""
    prepared = await services.packages.resolve(actor, project_id, wanted.dependencies, wanted.specifiers)
    held = {specifier: said(reason) for specifier, reason in prepared.held.items()}
    return PackagesOfPage(**asdict(prepared.found), held=held)


@router.post("/types")
async def types_of_packages(
    services: AppServices, actor: MayRead, project_id: str, wanted: TypesBody
) -> TypesOfPackages:
    """What an editor has to know of the packages, without those that are held back."""
    return TypesOfPackages(files=await services.packages.types(actor, project_id, wanted.dependencies))


@router.get("/packages")
async def get_packages(services: AppServices, actor: MayRead, project_id: str) -> PackagesView:
    """What the policy says of the project's packages."""
    return await _view(services, actor, project_id)


@router.post("/packages/pins")
async def pin_packages(services: AppServices, actor: MayEdit, project_id: str, body: PinsOrder) -> PackagesView:
    """Puts the exact versions into the project's files, as a version, those that are missing made first; or makes them."""
    if body.files:
        await services.packages.pin(actor, project_id, body.client)
    else:
        await services.packages.pin_again(actor, project_id)
    return await _view(services, actor, project_id)


@router.put("/packages/{ecosystem}/{name:path}")
async def use_package(
    services: AppServices, actor: MayEdit, project_id: str, ecosystem: Ecosystem, name: str
) -> PackagesView:
    """Use a package that is held back all the same. Who decided it, when and why is kept."""
    await services.packages.use(actor, project_id, ecosystem, name)
    return await _view(services, actor, project_id)


@router.delete("/packages/{ecosystem}/{name:path}")
async def hold_package(
    services: AppServices, actor: MayEdit, project_id: str, ecosystem: Ecosystem, name: str
) -> PackagesView:
    """Leave the package to the policy again."""
    await services.packages.decisions.hold(actor, project_id, ecosystem, name)
    return await _view(services, actor, project_id)


@router.post("/packages/{ecosystem}/{name:path}")
async def use_package_instead(
    services: AppServices, actor: MayEdit, project_id: str, ecosystem: Ecosystem, name: str, body: PackageChange
) -> VersionAnswer:
    """A version in which the name that was probably meant stands in the place of the one that is held back."""
    version = await services.packages.use_instead(actor, project_id, ecosystem, name, body.client)
    return VersionAnswer(version=version_shape(version))


def _pins(one: Pins, kept: KeptLock | None) -> PinsView:
    holds = one.holds or (kept is not None and bool(kept.text))
    problem = kept.problem if kept is not None and not holds else {}
    says = said(Phrase(problem["key"], problem["values"])) if problem else ""
    at = kept.at if kept is not None and kept.text else ""
    return PinsView(path=one.path, lock=one.lock, holds=holds, file=one.holds, at=at, problem=says)


async def _view(services: Services, actor: Actor, project_id: str) -> PackagesView:
    packages = services.packages
    pinning = await packages.pinner.pinning(project_id)  # first: what is said next may be what it ends with
    verdict = await packages.verdict(actor, project_id)
    decisions = await packages.log(actor, project_id)
    held = [
        HeldPackage(
            ecosystem=one.wanted.ecosystem,
            name=one.wanted.name,
            asked=one.wanted.asked,
            path=one.wanted.path,
            reason=one.reason,
            says=said(packages.says(one)),
            # What is brought along has no name in the files that another could replace.
            instead="" if one.wanted.way else one.instead,
            version=one.version,
            way=[name for name in one.wanted.way if name],
        )
        for one in verdict.held
    ]
    return PackagesView(
        held=held,
        used=[
            NamedPackage(ecosystem=one, name=name) for one, name in sorted(await packages.decisions.used(project_id))
        ],
        unknown=[NamedPackage(ecosystem=one.ecosystem, name=one.name) for one in verdict.unknown],
        decisions=[PackageDecisionView(**asdict(one)) for one in decisions],
        pins=[_pins(one, kept) for one, kept in await packages.pins(actor, project_id)],
        pinning=pinning,
    )
