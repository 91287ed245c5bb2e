import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def answer(app: FastAPI | Starlette, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as client:
        return await client.get(path)


def folder(**files: str) -> Path:
    made = Path(tempfile.mkdtemp())
    for name, text in files.items():
        (made / f"{name}.html").write_text(text)
    return made


async def note_lifespan() -> None:
    seen = []

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        seen.append("start")
        yield
        seen.append("end")

    app = FastAPI(lifespan=lifespan)
    async with app.router.lifespan_context(app):
        assert seen == ["start"]
    assert seen == ["start", "end"]
    try:
        FastAPI().on_event("startup")
    except DeprecationWarning:
        return
    raise AssertionError("on_event is not deprecated")


async def order_of(scope: str | None) -> list[str]:
    app, seen = FastAPI(), []

    async def db():
        yield 1
        seen.append("kept")

    @app.get("/")
    async def page(one: int = Depends(db, scope=scope)) -> int:
        return one

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        if message["type"] == "http.response.body":
            seen.append("sent")

    await app({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}, receive, send)
    return seen


async def note_yield() -> None:
    assert await order_of(None) == ["sent", "kept"]
    assert await order_of("function") == ["kept", "sent"]


async def note_templates() -> None:
    app, templates = FastAPI(), Jinja2Templates(directory=folder(page="hi {{ name }}"))

    @app.get("/")
    def page(request: Request):
        return templates.TemplateResponse(request, "page.html", {"name": "you"})

    @app.get("/old")
    def old(request: Request):
        return templates.TemplateResponse("page.html", {"request": request, "name": "you"})

    assert (await answer(app, "/")).text == "hi you"
    try:
        await answer(app, "/old")
    except TypeError:
        return
    raise AssertionError("the old order works")


async def note_static() -> None:
    def app(first: bool) -> FastAPI:
        made, static = FastAPI(), StaticFiles(directory=folder(index="page"), html=True)
        if first:
            made.mount("/", static)
        made.get("/api")(lambda: "data")
        if not first:
            made.mount("/", static)
        return made

    assert (await answer(app(False), "/api")).json() == "data"
    assert (await answer(app(False), "/")).text == "page"
    assert (await answer(app(True), "/api")).status_code == 404


async def note_starlette() -> None:
    assert not hasattr(Starlette, "route")
    try:
        Starlette(on_startup=[])
    except TypeError:
        app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("hi"))])
        assert (await answer(app, "/")).text == "hi"
        return
    raise AssertionError("on_startup is taken")
