"""Web-Bench's HTTP agent: each step of a project is one request, with the files as they are and the errors of the try
before; the answer is the files that changed (bytedance/web-bench, `tools/types/src/agent.ts`)."""

from __future__ import annotations

import socket
import threading
from types import FrameType
from typing import Literal

import uvicorn
from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks._harness import say
from benchmarks.evaluation import asking
from benchmarks.evaluation.asking import Stopped, Way
from benchmarks.evaluation.attempt import fresh_browser
from benchmarks.evaluation.sayso import Refusal


class StepRequest(BaseModel):
    """`error`: what the tests said of the answer before this one."""

    type: Literal["normal", "init"] = "normal"
    task: str = Field(min_length=1)
    files: dict[str, str] = Field(default_factory=dict)
    error: str | None = None


class NotAnswered(Exception):
    """No answer that could be used; `str()` says why."""


def step_prompt(step: StepRequest) -> str:
    """The request as a person would say it. What stands of it in the project's files is not named twice."""
    if not step.error:
        return step.task
    return f"{step.task}\n\nThis was tried before, and these tests failed:\n{step.error.strip()[:20_000]}"


def changed(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """What an answer wrote: files that are new or another. Web-Bench has no word for a file that is gone."""
    return {path: text for path, text in after.items() if before.get(path) != text and not path.startswith("walks/")}


def answer_step(step: StepRequest, way: Way, executable: str) -> dict[str, str]:
    """The files that changed. Raises `NotAnswered`, `Refusal`, `Stopped`."""
    with fresh_browser(executable) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        if step.files:
            project = way.sayso.bring(step.task.strip()[:60], step.files)
            asking.open_page(page, way, project)
            turn = way.sayso.say(project, step_prompt(step), way.model, way.mode)
        else:
            project, turn = way.sayso.create(step_prompt(step), way.model, way.mode)
            asking.open_page(page, way, project)
        answered = asking.answered(page, way, project, turn)
        if answered.turn["version"] is None:
            raise NotAnswered((answered.turn["error"] or {}).get("message", "The answer changed nothing."))
        return changed(step.files, way.sayso.texts(project))


def agent_app(way: Way, executable: str, parallel: int) -> Starlette:
    """The agent. More requests than `parallel` wait for their turn."""
    turns = threading.Semaphore(parallel)

    def answered(step: StepRequest) -> dict[str, str]:
        with turns:
            return answer_step(step, way, executable)

    async def agent(request: Request) -> Response:
        try:
            step = StepRequest.model_validate_json(await request.body())
        except ValidationError as fault:
            return JSONResponse({"error": str(fault)}, 422)
        try:
            files = await run_in_threadpool(answered, step)
        except (NotAnswered, Refusal, Stopped) as fault:
            say(f"not answered: {fault}")
            return JSONResponse({"error": str(fault)}, 502)
        say(f"answered with {len(files)} files: {' '.join(step.task.split())[:80]}")
        return JSONResponse({"files": files})

    return Starlette(routes=[Route("/", agent, methods=["POST"])])


def serve_agent(port: int, way: Way, executable: str, parallel: int) -> None:
    """Answer at loopback until the program is stopped."""
    config = uvicorn.Config(agent_app(way, executable, parallel), host="127.0.0.1", port=port, log_level="warning")
    _Agent(config, way.stop).run()


class _Agent(uvicorn.Server):
    """Says where it listens, and ends with the run's own signal, which ends the turns that are under way as well."""

    def __init__(self, config: uvicorn.Config, stop: threading.Event) -> None:
        super().__init__(config)
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            address = f"http://{self.config.host}:{self.config.port}/"
            say(f'Web-Bench: "agentMode": "http", "agentEndPoint": "{address}". Ctrl-C ends it.')

    async def on_tick(self, counter: int) -> bool:
        return self._stop.is_set() or await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self._stop.is_set():
            raise KeyboardInterrupt
        self._stop.set()
