"""Prompts and the generations that answer them."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from builder.api.requests.context import AppServices, ClientAddress, MayEdit, MayReadTalk, has_room
from builder.composition.conversation import act, look_at
from builder.generation.asking import PromptOptions
from builder.generation.prompts.pointed_at import PointedAt
from builder.generation.sent.calls import SentBody
from builder.generation.sent.tables import SentCall
from builder.generation.shapes import GenerationView, TokenCounts, generation_shape
from builder.generation.turns.shapes import Mode, TurnView, turn_shape
from builder.projects.shapes import MessageView, message_shape

router = APIRouter(prefix="/projects/{project_id}", tags=["conversation"])


class NewMessage(BaseModel):
    """`open_file`: the path that the person has open in the editor, which the request may be about. `about`:
    the part of the running app that the person points at. `attachments`: ids of
    files that were uploaded for it."""

    model_config = ConfigDict(extra="forbid")
    text: str
    model: str = ""
    mode: Mode = "build"
    queue: bool = Field(default=False, description="Wait where the project is busy, instead of 409.")
    instead_of: str = Field(default="", description="The id of an earlier turn from which another way is gone.")
    thinking: bool = False
    open_file: str = Field("", max_length=400)
    about: PointedAt | None = None
    attachments: list[str] = Field(default_factory=list, max_length=50)
    sure: bool = False


class MessageSent(BaseModel):
    """`message` and `generation` are null while nothing is written yet: the turn is queued, asks back or plans. `notice`:
    what the person should know about what they sent, "" for nothing."""

    turn: TurnView
    message: MessageView | None
    generation: GenerationView | None
    notice: str


class GenerationAnswer(BaseModel):
    generation: GenerationView


class ArrivedText(BaseModel):
    text: str
    closed: bool


class GenerationText(GenerationView):
    """With the text that has arrived so far, by path, and the offset from which the stream continues, in code
    points. `thinking`: what the model has thought in its last call."""

    thinking: str
    text_files: dict[str, ArrivedText]
    offset: int


class SentFileView(BaseModel):
    """`characters` of its text; `superseded`: a later text of the same file was sent behind it, which counts."""

    path: str
    characters: int
    superseded: bool


class SentCallView(BaseModel):
    """What one call of a model was sent: the rules in `system`, then the project's `map` and `files`, then `asked`, with the
    conversation and the request. `others`: files that were sent by name only. Secrets were taken out before."""

    number: int
    model: str
    created_at: str
    system: str
    map: list[str]
    files: list[SentFileView]
    others: list[str]
    asked: str
    tokens: TokenCounts


class SentAnswer(BaseModel):
    """In the order of the calls; empty where they are no longer kept."""

    calls: list[SentCallView]


@router.post("/messages", status_code=202, dependencies=[has_room])
async def send_message(
    services: AppServices, actor: MayEdit, project_id: str, new: NewMessage, client: ClientAddress
) -> MessageSent:
    """Begins a turn; what was typed becomes a version first.

    422 `blocked` where the text asks for what no app needs; 409 `sure_needed` where it has to be sent with `sure`;
    429 `slowed_down` after many refusals."""
    looked = await look_at(services, actor, project_id, new.text, sure=new.sure, client=client)
    options = PromptOptions(
        thinking=new.thinking,
        open_file=new.open_file,
        about=new.about,
        attachments=tuple(dict.fromkeys(new.attachments)),
    )
    turn, steps = await services.turns.send(
        actor, project_id, looked.text, new.model, mode=new.mode, queue=new.queue, instead_of=new.instead_of,
        options=options,
    )  # fmt: skip
    message, generation = await services.turns.begun(turn.id)
    return MessageSent(
        turn=turn_shape(turn, steps),
        message=message_shape(message) if message else None,
        generation=generation_shape(generation) if generation else None,
        notice=looked.notice,
    )


@router.get("/generations/{generation_id}")
async def get_generation(
    services: AppServices, actor: MayReadTalk, project_id: str, generation_id: str
) -> GenerationText:
    arrived = await services.generations.arrived(actor, generation_id, project_id)
    texts = {path: ArrivedText(text=file.text, closed=file.closed) for path, file in arrived.files.items()}
    thinking = str(arrived.generation.resume.get("thinking", ""))
    return GenerationText(
        **dict(generation_shape(arrived.generation)), thinking=thinking, text_files=texts, offset=arrived.offset
    )


@router.get("/generations/{generation_id}/sent")
async def get_sent(services: AppServices, actor: MayReadTalk, project_id: str, generation_id: str) -> SentAnswer:
    """What the model was sent for it, call by call."""
    await services.generations.get(actor, generation_id, project_id)
    return SentAnswer(calls=[_call(*one) for one in await services.generations.sent.of(project_id, generation_id)])


def _call(row: SentCall, body: SentBody) -> SentCallView:
    current = body.layout.files
    return SentCallView(
        number=row.number,
        model=row.model,
        created_at=row.created_at,
        system=body.system,
        map=body.map,
        files=[
            SentFileView(path=file.path, characters=file.characters, superseded=current[file.path] != file)
            for block in body.blocks
            for file in block
        ],
        others=body.others,
        asked=body.asked,
        tokens=TokenCounts(
            input=row.input_tokens, output=row.output_tokens, cache_read=row.cache_read, cache_write=row.cache_write
        ),
    )


@router.post("/generations/{generation_id}/stop")
async def stop_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    return GenerationAnswer(generation=generation_shape(await act(services, actor, project_id, generation_id, "stop")))


@router.post("/generations/{generation_id}/continue", status_code=202)
async def continue_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    generation = await act(services, actor, project_id, generation_id, "continue")
    return GenerationAnswer(generation=generation_shape(generation))


@router.post("/generations/{generation_id}/retry", status_code=202)
async def retry_generation(
    services: AppServices, actor: MayEdit, project_id: str, generation_id: str
) -> GenerationAnswer:
    generation = await act(services, actor, project_id, generation_id, "retry")
    return GenerationAnswer(generation=generation_shape(generation))
