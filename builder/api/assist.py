"""What a model does beside building an app, for editors and programs: complete, chat, act on a piece of code, say a
request better; and what all that used."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from builder.accounts.actor import Actor
from builder.api.requests.content import content
from builder.api.requests.context import AppServices, ClientAddress, MayEditWorkspace, MayReadWorkspace
from builder.api.requests.words import in_words, unless_gone
from builder.base.ids import now
from builder.composition.conversation import look_at
from builder.composition.services import Services
from builder.generation.assist.assistant import MOST_FILES, Utterance
from builder.generation.assist.completion import MOST_PREFIX, MOST_SUFFIX
from builder.generation.assist.operations import OPERATIONS, Action, OperationName

router = APIRouter(prefix="/ai", tags=["ai"])
_STREAM: Final = content("text/event-stream")
_MOST_CODE: Final = 60_000
_MOST_CONTEXT: Final = 100_000
_MOST_SAID: Final = 50_000
_MOST_LINES: Final = 60

ProjectId = Annotated[str | None, Field(max_length=16, description="Whose workspace pays, and whose files are read.")]
Path = Annotated[str, Field(max_length=400)]
Language = Annotated[str, Field(max_length=60)]
ModelName = Annotated[str, Field(max_length=200)]


class Completion(BaseModel):
    """The text before and behind the cursor."""

    model_config = ConfigDict(extra="forbid")
    prefix: str = Field(max_length=MOST_PREFIX)
    suffix: str = Field(default="", max_length=MOST_SUFFIX)
    language: Language = ""
    path: Path = ""
    project: ProjectId = None


class CompletionAnswer(BaseModel):
    """`suggestion` is put at the cursor, "" where the model was not sure. `tokens` that the answer took."""

    suggestion: str
    tokens: int
    model: str


class ChatLine(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: str = Field(min_length=1, max_length=_MOST_SAID)


class Chat(BaseModel):
    """`files`: paths of the project that the model is shown whole; `context`: what else it is to know."""

    model_config = ConfigDict(extra="forbid")
    messages: list[ChatLine] = Field(min_length=1, max_length=_MOST_LINES)
    project: ProjectId = None
    files: list[Path] = Field(default_factory=list, max_length=MOST_FILES)
    context: str = Field(default="", max_length=_MOST_CONTEXT)
    model: ModelName = ""


class CodeAction(BaseModel):
    """`instruction` says what `custom` does, and goes with the others where it is given."""

    model_config = ConfigDict(extra="forbid")
    action: Action
    code: str = Field(min_length=1, max_length=_MOST_CODE)
    language: Language = ""
    path: Path = ""
    instruction: str = Field(default="", max_length=2_000)
    project: ProjectId = None
    model: ModelName = ""


class RoughPrompt(BaseModel):
    model_config = ConfigDict(extra="forbid")
    prompt: str
    project: ProjectId = None
    model: ModelName = ""


class ImprovedPrompt(BaseModel):
    prompt: str


class OperationUseView(BaseModel):
    """Tokens and USD."""

    operation: str
    count: int
    input: int
    output: int
    cost_usd: float


class RateView(BaseModel):
    """Of the present minute; `resets_in` seconds."""

    used: int
    limit: int
    resets_in: int


class UsageAnswer(BaseModel):
    """What the workspace used in a month, and what the person has used of the operations that are limited."""

    period: str
    operations: list[OperationUseView]
    limits: dict[OperationName, RateView]


@router.post("/complete")
async def complete(
    request: Request, services: AppServices, actor: MayEditWorkspace, asked: Completion
) -> CompletionAnswer:
    """What comes next at the cursor. Ends when its client leaves. 409 `offline_model`, 429 `rate_limited`."""
    work = services.assistant.complete(
        actor, asked.prefix, asked.suffix, asked.language, asked.path, asked.project or None
    )
    done = await unless_gone(request, work)
    return CompletionAnswer(suggestion=done.text, tokens=done.tokens, model=done.model)


@router.post("/chat", response_class=StreamingResponse, responses=_STREAM)
async def chat(
    request: Request, services: AppServices, actor: MayEditWorkspace, asked: Chat, client: ClientAddress
) -> StreamingResponse:
    """An answer in words: events `text` `{delta}`, `usage`, `done`, `error`. 409 `offline_model`, 429 `rate_limited`."""
    for line in asked.messages:
        if line.role == "user":
            await _look(services, actor, asked.project, line.content, client)
    said = [Utterance(line.role, line.content) for line in asked.messages]
    spoken = await services.assistant.chat(actor, said, asked.project or None, asked.files, asked.context, asked.model)
    return await in_words(request, spoken)


@router.post("/action", response_class=StreamingResponse, responses=_STREAM)
async def act(
    request: Request, services: AppServices, actor: MayEditWorkspace, asked: CodeAction, client: ClientAddress
) -> StreamingResponse:
    """The piece of code as it is to be, of `test` the test file, of `explain` plain words; events as of a chat."""
    if asked.instruction.strip():
        await _look(services, actor, asked.project, asked.instruction, client)
    spoken = await services.assistant.act(
        actor, asked.action, asked.code, asked.language, asked.path, asked.instruction, asked.project or None,
        asked.model,
    )  # fmt: skip
    return await in_words(request, spoken)


@router.post("/improve")
async def improve_prompt(
    services: AppServices, actor: MayEditWorkspace, rough: RoughPrompt, client: ClientAddress
) -> ImprovedPrompt:
    """The request as a model would say it, for a project or for one that is not there yet; nothing is built."""
    text = await _look(services, actor, rough.project, rough.prompt, client)
    await services.assistant.rates.count("improve", actor.id)
    return ImprovedPrompt(prompt=await services.turns.improve(actor, rough.project or None, text, rough.model))


@router.get("/usage")
async def usage(
    services: AppServices,
    actor: MayReadWorkspace,
    month: Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$|^$", description="2026-11; else this one.")] = "",
) -> UsageAnswer:
    period = month or now()[:7]
    used = await services.usage.by_operation(actor, period)
    rates = await asyncio.gather(*(services.assistant.rates.of(name, actor.id) for name in OPERATIONS))
    return UsageAnswer(
        period=period,
        operations=[
            OperationUseView(
                operation=one.operation, count=one.count, input=one.input, output=one.output, cost_usd=one.cost_usd
            )
            for one in used
        ],
        limits={
            name: RateView(used=rate.used, limit=rate.limit, resets_in=rate.resets_in)
            for name, rate in zip(OPERATIONS, rates, strict=True)
        },
    )


async def _look(services: Services, actor: Actor, project: str | None, text: str, client: str) -> str:
    """The guard's look at what somebody says; nothing that is asked here changes or deletes anything."""
    if project:
        return (await look_at(services, actor, project, text, sure=True, client=client)).text
    return (await services.guard.look(actor, text, sure=True, client=client)).text
