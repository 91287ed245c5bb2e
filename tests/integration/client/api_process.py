"""The API behind its guards as a process of its own: python -m tests.integration.client.api_process PORT. It has no pages."""

from __future__ import annotations

import asyncio
import sys

import uvicorn

from builder.accounts.sign_in import require_sign_in
from builder.api import create_api
from builder.base.http.hosts import same_origin_only
from builder.composition.services import Services
from builder.composition.settings import get_settings


async def main(port: int) -> None:
    settings = get_settings()
    services = Services(settings)
    await services.start()
    app = require_sign_in(same_origin_only(create_api(lambda: services), settings), settings)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off"))
    try:
        await server.serve()
    finally:
        await services.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
