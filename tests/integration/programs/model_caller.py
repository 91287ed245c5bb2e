"""Calls a model and says so once the answer has begun; made to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.db import Database
from builder.base.leases import Leases
from builder.billing.usage_log import UsageLog
from builder.composition.settings import Settings
from builder.llm.conversation.events import ToolInputPiece
from builder.llm.conversation.messages import CallOptions, Tool, user_message
from builder.llm.language_models import LanguageModels


async def main(folder: str, address: str, key: str) -> None:
    settings = Settings(
        _env_file=None, data_dir=Path(folder), anthropic_api_key=SecretStr(key), anthropic_base_url=address
    )
    db = Database(settings)
    await db.migrate()
    models = LanguageModels(settings, log=UsageLog(db, Leases(db, settings.data_dir / "processes")))
    model = await models.get(ME, "anthropic:claude-sonnet-5-5")
    tools, options = [Tool("write", "Writes.", {"type": "object"})], CallOptions("chat", max_output_tokens=4_000)
    async for event in model.stream([user_message("Write.")], tools, options):
        if isinstance(event, ToolInputPiece):
            print("answering", flush=True)
            await asyncio.sleep(60)


asyncio.run(main(*sys.argv[1:]))
