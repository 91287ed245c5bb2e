"""A server of ours, without its pages, on the port that it is given; made to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvicorn

from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings


async def main(folder: str, port: str, model_url: str) -> None:
    settings = Settings(
        _env_file=None, data_dir=Path(folder), anthropic_api_key="sk-ant-test-key", anthropic_base_url=model_url,
        model="anthropic:claude-sonnet-5-5", docker_host="unix:///nowhere/docker.sock",
    )  # fmt: skip
    services = Services(settings)
    await services.start()
    config = uvicorn.Config(create_api(lambda: services), port=int(port), log_level="warning", lifespan="off")
    await uvicorn.Server(config).serve()


asyncio.run(main(*sys.argv[1:]))
