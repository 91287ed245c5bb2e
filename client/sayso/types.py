"""What calls answer, as the OpenAPI document says. Written by script/api-types."""

from __future__ import annotations

from typing import Literal, NotRequired, Optional, TypeAlias, Union

from typing_extensions import TypedDict


class AttachmentView(TypedDict):
    id: str
    name: str
    kind: Literal['picture', 'pdf', 'page', 'design', 'table', 'json', 'text']
    size: int
    picture: bool
    characters: int
    notes: list[str]
    data: bool
    path: str | None


LogItem: TypeAlias = str


class CopyProgress(TypedDict):
    done: int
    total: int


EngineKind: TypeAlias = Literal['instant', 'webcontainer', 'pyodide', 'docker']


EngineStatus: TypeAlias = Literal['absent', 'pending', 'running', 'asleep', 'failed']


class EngineView(TypedDict):
    runtime_url: str
    preferred: Literal['auto', 'instant', 'webcontainer', 'pyodide', 'docker']
    kind: EngineKind | None
    reason: str
    complete: bool
    missing: bool
    front_end: bool
    browser_python: bool
    no_server: str | None
    damaged: list[str]
    webcontainer_api_key: str


class Executed(TypedDict):
    code: int
    output: str
    timed_out: NotRequired[bool]
    cut: NotRequired[bool]
    stdout: NotRequired[str]
    stderr: NotRequired[str]


class FailedWalk(TypedDict, closed=True):
    path: str
    title: NotRequired[str]
    step: NotRequired[int]
    what: NotRequired[str]


FaultKind: TypeAlias = Literal['protocol', 'policy', 'build', 'runtime', 'walk', 'platform']


class FaultView(TypedDict):
    kind: FaultKind
    code: str
    message: str
    file: str | None
    line: int | None
    frame: str | None


class FileEntry(TypedDict):
    path: str
    size: int
    sha256: str
    binary: bool


class FileProgress(TypedDict):
    path: str
    closed: bool


class GenerationFault(TypedDict):
    code: str
    message: str
    remedy: Literal['retry', 'continue', 'key', 'credit', 'budget', 'wait', 'shorten', 'model', 'decide', 'none']


Json: TypeAlias = Optional[Union[bool, int, float, str, list["Json"], dict[str, "Json"]]]


class LogLineView(TypedDict):
    stream: Literal['stdout', 'stderr', 'build', 'sayso']
    text: str
    at: str


class LogLines(TypedDict):
    lines: list[LogLineView]


class LossView(TypedDict):
    kind: FaultKind
    code: str
    message: str
    file: str | None
    line: int | None
    frame: str | None
    at: str


MemberRole: TypeAlias = Literal['owner', 'admin', 'editor', 'commenter', 'viewer']


class MendView(TypedDict):
    path: str
    code: str
    says: str


class MessageView(TypedDict):
    id: str
    role: Literal['person', 'builder']
    text: str
    created_at: str
    generation: str | None
    turn: str | None
    attachments: list[AttachmentView]


class ModelChange(TypedDict):
    instead_of: str
    because: str


Phase: TypeAlias = Literal['queued', 'boot', 'dependencies', 'build', 'start', 'listening', 'painted']


class PlanItem(TypedDict):
    name: str
    what: NotRequired[str]


class PlannedCheck(TypedDict):
    title: str
    how: NotRequired[str]
    steps: NotRequired[list[dict[str, Json]]]


class Question(TypedDict):
    question: str
    choices: NotRequired[list[str]]
    answer: NotRequired[str]


class SeenFault(TypedDict, closed=True):
    kind: FaultKind
    message: str
    code: NotRequired[str]
    path: NotRequired[str]
    line: NotRequired[int]
    column: NotRequired[int]
    detail: NotRequired[str]


class ShareView(TypedDict):
    id: str
    url: str
    version: str
    version_number: int
    access: Literal['public', 'password', 'signed_in']
    follows: bool
    source: bool
    server: bool
    data: Literal['copy', 'empty']
    copying: bool
    data_problem: str | None
    framed: bool
    remix: bool
    remix_url: str | None
    badge: bool
    views: int
    expires_at: str | None
    created_at: str
    revoked_at: str | None


Stage: TypeAlias = Literal['starting', 'awake', 'paused', 'asleep', 'removed', 'stopped']


class TokenCounts(TypedDict):
    input: int
    output: int
    cache_read: int
    cache_write: int


class VersionView(TypedDict):
    id: str
    number: int
    kind: Literal['generation', 'mend', 'save', 'import', 'restore', 'starter']
    label: str
    created_at: str
    parent: str | None
    generation: str | None
    files: int
    name: str
    pinned: bool


Visibility: TypeAlias = Literal['private', 'team', 'public']


Waits: TypeAlias = Literal['turn', 'person', 'total']


class WorkingState(TypedDict):
    revision: int
    dirty: list[str]


class WorkingWritten(TypedDict):
    revision: int
    digests: dict[str, str | None]


class AppPlan(TypedDict):
    title: NotRequired[str]
    summary: NotRequired[str]
    pages: NotRequired[list[PlanItem]]
    data: NotRequired[list[PlanItem]]
    api: NotRequired[list[PlanItem]]
    checks: NotRequired[list[PlannedCheck]]


class CheckReport(TypedDict, closed=True):
    version: str
    painted: bool
    phase: NotRequired[str]
    faults: NotRequired[list[SeenFault]]
    walked: NotRequired[int | None]
    not_walked: NotRequired[str]
    failed_walks: NotRequired[list[FailedWalk]]
    different: NotRequired[int]
    log: NotRequired[list[LogItem]]


class GenerationView(TypedDict):
    id: str
    project: str
    status: Literal['queued', 'running', 'done', 'stopped', 'interrupted', 'failed']
    model: str
    model_label: str
    offline: bool
    prompt: str
    title: str
    summary: str
    files: list[FileProgress]
    tokens: TokenCounts
    cost_usd: float | None
    error: GenerationFault | None
    started_at: str | None
    finished_at: str | None
    version: str | None
    characters: int
    calls: NotRequired[int]
    changed: NotRequired[ModelChange | None]
    turn: NotRequired[str | None]


class ProjectView(TypedDict):
    id: str
    title: str
    description: str
    created_at: str
    updated_at: str
    head: str | None
    can_undo: bool
    can_redo: bool
    stack: list[str]
    preview_url: str
    thumbnail: str | None
    deleted_at: str | None
    team: str
    visibility: Visibility
    archived_at: str | None
    tags: list[str]


class ServerView(TypedDict):
    status: EngineStatus
    phase: Phase
    ahead: int
    waits_for: Waits | None
    copying: CopyProgress | None
    stage: Stage
    since: str | None
    fault: FaultView | None
    loss: LossView | None


class StepView(TypedDict):
    id: str
    number: int
    kind: Literal['understand', 'plan', 'discuss', 'write', 'free_mend', 'check', 'mend']
    status: Literal['running', 'done', 'stopped', 'interrupted', 'failed']
    model: str
    model_label: str
    tokens: TokenCounts
    cost_usd: float | None
    generation: str | None
    version: str | None
    seen: NotRequired[CheckReport | None]
    mends: NotRequired[list[MendView]]
    walks: NotRequired[list[str]]
    attempt: NotRequired[int]
    changed: NotRequired[ModelChange | None]
    started_at: str
    finished_at: str | None


class TurnView(TypedDict):
    id: str
    project: str
    prompt: str
    mode: Literal['auto', 'build', 'plan', 'discuss']
    model: str
    status: Literal['queued', 'running', 'asking', 'planned', 'deciding', 'done', 'stopped', 'interrupted', 'failed']
    outcome: Literal['', 'shown', 'runs', 'unseen', 'faulty']
    base: str | None
    version: str | None
    questions: list[Question]
    plan: AppPlan | None
    error: GenerationFault | None
    followed_by: str | None
    steps: list[StepView]
    tokens: TokenCounts
    cost_usd: float | None
    created_at: str
    finished_at: str | None


class VersionSaved(TypedDict):
    version: VersionView | None


class ProjectAnswer(TypedDict):
    project: ProjectView


class ProjectList(TypedDict):
    projects: list[ProjectView]
    next: str | None


class Snapshot(TypedDict):
    project: ProjectView
    role: MemberRole
    files: list[FileEntry]
    working: WorkingState
    messages: list[MessageView]
    generations: list[GenerationView]
    turns: list[TurnView]
    shares: list[ShareView]
    event: int
    signs_in: bool
    engines: EngineView
