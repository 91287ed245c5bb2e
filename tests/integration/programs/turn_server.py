"""A server of ours, without its pages, on the listening socket that it is given; made to be killed."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

import uvicorn

from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings


async def main(folder: str, listener: str, model_url: str) -> None:
    settings = Settings(
        _env_file=None, data_dir=Path(folder), anthropic_api_key="sk-ant-test-key", anthropic_base_url=model_url,
        model="anthropic:claude-sonnet-5-5", docker_host="unix:///nowhere/docker.sock",
    )  # fmt: skip
    services = Services(settings)
    await services.start()
    config = uvicorn.Config(create_api(lambda: services), log_level="warning", lifespan="off")
    await uvicorn.Server(config).serve(sockets=[socket.socket(fileno=int(listener))])


asyncio.run(main(*sys.argv[1:]))
