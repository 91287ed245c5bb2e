"""Everything that a person owns, in one file."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

from builder.accounts.actor import Actor
from builder.accounts.doors.people import AccountParts
from builder.base.errors import SaysoError
from builder.composition.services import Services
from builder.projects.archive.export import file_name, write_zip

_SECRET: Final = {"password", "hash", "credential", "public_key"}


async def write_own_data(services: Services, people: AccountParts, actor: Actor) -> Path:
    """Write a zip with `account.json` and `projects/…zip` to a file of its own, which the caller removes."""
    account = {
        "account": _shown(await people.register.get(actor.id)),
        "sessions": [_shown(row) for row in await people.sessions.list(actor.id)],
        "tokens": [_shown(row) for row in await people.personal.list(actor.id)],
        "identities": [_shown(row) for row in await people.identities.list(actor.id)],
        "passkeys": [_shown(row) for row in await people.passkeys.list(actor.id)],
    }
    folder = services.settings.data_dir / "exports"
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".zip", dir=folder)
    os.close(handle)
    try:
        with zipfile.ZipFile(name, "w") as archive:
            if (avatar := await people.register.avatar(actor.id)) is not None:
                archive.writestr("avatar.webp", avatar.picture)
            archive.writestr("account.json", json.dumps(account, indent=2, ensure_ascii=False))
            for project in await services.store.list(actor.within(actor.id)):
                try:
                    tree = await services.store.working_tree(actor, project.id)
                except SaysoError as error:  # damaged on the disk: the others come all the same
                    await asyncio.to_thread(archive.writestr, f"projects/{project.id}.txt", error.message)
                    continue
                content = await asyncio.to_thread(write_zip, tree, project.title)
                await asyncio.to_thread(archive.writestr, f"projects/{project.id}-{file_name(project.title)}", content)
    except BaseException:
        await asyncio.to_thread(Path(name).unlink, missing_ok=True)
        raise
    return Path(name)


def _shown(row: Any) -> dict[str, Any]:
    return {key: value for key, value in row.model_dump().items() if key not in _SECRET}
