"""What is looked at before a project is shared: secrets in its files, and routes of its server."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests.context import AppServices, MayReadTalk, MayRun, MayShare
from builder.composition.sharing.probes import ProbeRun, ProbeState
from builder.composition.sharing.secrets import blocking, said_of
from builder.composition.sharing.sharing import SharingScan
from builder.safety.leaks.scan import Leak
from builder.safety.probing.asking.holes import Hole
from builder.texts import t

router = APIRouter(prefix="/projects/{project_id}/scan", tags=["shares"])
_TOLD = 200


class LeakView(BaseModel):
    """A secret in a file, without the secret: `tail` are its last characters. `blocks`: no link and no archive is made until
    it is gone or was decided about. `kept_apart`: it stands where settings belong, and nobody is given that file.
    `decided`: somebody said that it is no secret."""

    kind: str
    says: str
    path: str
    line: int
    tail: str
    digest: str
    blocks: bool
    kept_apart: bool
    decided: bool


class HoleView(BaseModel):
    """A route that answers what it should not. `decided`: somebody said that it may stay."""

    key: str
    kind: str
    route: str
    says: str
    fix: str
    decided: bool


class ProbeView(BaseModel):
    """`state`: none, running, done or failed. `done` of `all` steps; 0 of 0 while the server starts. `whole`: nothing was
    left out for want of time. `problem`: why it failed. `accounts`: two accounts of the app were made and asked with."""

    state: ProbeState
    done: int
    all: int
    routes: int
    accounts: bool
    whole: bool
    problem: str
    holes: list[HoleView]


class ScanView(BaseModel):
    """Of the files that the person sees, unsaved typing included. `blocks`: some secret does. `server`: the app has one, and
    can be probed. `mend`: what to ask for, so that all that is undecided is mended; "" where nothing is."""

    version: str
    revision: int
    blocks: bool
    server: bool
    leaks: list[LeakView]
    probe: ProbeView
    mend: str


class FindingsDecided(BaseModel):
    """`leak`: these are no secrets (`keys`: their digests). `hole`: these may stay (`keys` of the holes)."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["leak", "hole"]
    keys: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(min_length=1, max_length=_TOLD)]


@router.get("")
async def get_scan(services: AppServices, actor: MayReadTalk, project_id: str) -> ScanView:
    """Look for secrets in the sources and in what is built of them, and tell how the last probe of these files ended."""
    return _view(await services.sharing.look(actor, project_id))


@router.post("")
async def start_scan(services: AppServices, actor: MayRun, project_id: str) -> ScanView:
    """As GET, and begin to probe the server: one with a copy of the app's data is started and asked each route, as nobody
    and as two accounts; then it is removed. Where a probe of these files runs or is done, that one counts."""
    await services.sharing.probe(actor, project_id)
    return _view(await services.sharing.look(actor, project_id))


@router.delete("")
async def stop_scan(services: AppServices, actor: MayRun, project_id: str) -> ScanView:
    """End the probe that is under way."""
    await services.sharing.stop(actor, project_id)
    return _view(await services.sharing.look(actor, project_id, build=False))


@router.post("/decisions")
async def decide_scan(services: AppServices, actor: MayShare, project_id: str, body: FindingsDecided) -> ScanView:
    """Record what the person says of findings, with who said it and when."""
    await services.sharing.decisions.keep(actor, project_id, body.kind, body.keys)
    return _view(await services.sharing.look(actor, project_id))


def _view(looked: SharingScan) -> ScanView:
    decided = looked.decided
    held = {leak.digest for leak in blocking(looked.leaks, decided["leak"])}
    leaks = [_leak(leak, leak.digest in held, leak.digest in decided["leak"]) for leak in looked.leaks[:_TOLD]]
    leaks.sort(key=lambda leak: (not leak.blocks, leak.kept_apart))
    probe = _probe(looked.probe, decided["hole"])
    open_holes = [hole for hole in probe.holes if not hole.decided]
    asks = [t("sharing.mend.leak", what=leak.says, path=leak.path, line=leak.line) for leak in leaks if leak.blocks]
    asks += [t("sharing.mend.hole", says=hole.says, fix=hole.fix) for hole in open_holes]
    return ScanView(
        version=looked.of[0],
        revision=looked.of[1],
        blocks=bool(held),
        server=looked.server,
        leaks=leaks,
        probe=probe,
        mend="\n".join([t("sharing.mend"), *(f"- {one}" for one in asks)]) if asks else "",
    )


def _leak(leak: Leak, blocks: bool, decided: bool) -> LeakView:
    return LeakView(
        kind=leak.kind, says=said_of(leak), path=leak.path, line=leak.line, tail=leak.tail, digest=leak.digest,
        blocks=blocks and leak.sure and not leak.kept_apart, kept_apart=leak.kept_apart, decided=decided,
    )  # fmt: skip


def _probe(run: ProbeRun | None, decided: set[str]) -> ProbeView:
    if run is None:
        return ProbeView(state="none", done=0, all=0, routes=0, accounts=False, whole=True, problem="", holes=[])
    return ProbeView(
        state=run.state, done=run.done, all=run.all, routes=run.routes, accounts=run.accounts, whole=run.whole,
        problem=run.problem, holes=[_hole(hole, hole.key in decided) for hole in run.holes[:_TOLD]],
    )  # fmt: skip


def _hole(hole: Hole, decided: bool) -> HoleView:
    says = t(f"sharing.hole.{hole.kind}", route=hole.route, what=hole.what)
    return HoleView(
        key=hole.key, kind=hole.kind, route=hole.route, says=says, fix=t(f"sharing.fix.{hole.kind}"), decided=decided
    )
