"""Alembic's environment: the URL and the connection come from `builder.base.db`, never from an ini file."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import builder.accounts.audit.tables
import builder.accounts.installation.tables
import builder.accounts.notices.tables
import builder.accounts.tables
import builder.accounts.webhooks.tables
import builder.base.tables
import builder.billing.tables
import builder.generation.aside.tables
import builder.generation.sent.tables
import builder.generation.tables
import builder.llm.tables
import builder.previews.links.tables
import builder.previews.runnables.tables
import builder.projects.attachments.tables
import builder.projects.git.tables
import builder.projects.searching.tables
import builder.projects.tables
import builder.projects.vault.tables
import builder.safety.tables  # noqa: F401  # all of them fill SQLModel.metadata
from builder.base.db import Database
from builder.base.settings import StorageSettings


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    # The words of a search have a form that no model describes; SQLite adds tables of its own to them.
    return not (kind == "table" and (name or "").startswith("search_words"))


def migrate(connection: Connection) -> None:
    # Batch mode, because SQLite cannot alter a column in place.
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_configured_database() -> None:
    database = Database(StorageSettings())
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(migrate)
    finally:
        await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_configured_database())
