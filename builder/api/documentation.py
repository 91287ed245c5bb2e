"""The page that describes the API and tries it out (Swagger UI), from files of our own: our pages load nothing foreign."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from builder.api.requests.context import signed_in
from builder.base.http.hosts import CLIENT_HEADER
from builder.base.settings import ROOT

PAGE: Final = "/api/v1/docs"
DESCRIPTION: Final = "/api/v1/openapi.json"
_FILES: Final = f"{PAGE}/files"


def add_documentation(app: FastAPI) -> None:
    """Answer `/api/v1/docs`. Calls that are tried out there carry the header `X-Sayso-Client`."""
    app.mount(_FILES, StaticFiles(directory=str(files("fastapi_offline") / "static")))

    @app.get(PAGE, include_in_schema=False, dependencies=[signed_in])
    async def documentation() -> HTMLResponse:
        return HTMLResponse(_page())


@cache
def _page() -> str:
    templates = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "pages"), autoescape=True, undefined=StrictUndefined
    )
    return templates.get_template("documentation.html.jinja").render(
        files=_FILES, description=DESCRIPTION, header=CLIENT_HEADER
    )
