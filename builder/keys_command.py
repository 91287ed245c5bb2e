"""`python -m builder keys rotate`: change the key of the vault, for whoever is at the computer."""

from __future__ import annotations

import argparse
import sys

from cryptography.fernet import Fernet

from builder.accounts.audit.chain import Deed, record
from builder.accounts.audit.origin import Via, came
from builder.base.db import Database
from builder.base.errors import SaysoError
from builder.composition.projects import vault_keys_of
from builder.composition.settings import get_settings
from builder.projects.vault.keys import KeyFile
from builder.projects.vault.rotation import Rotation
from builder.texts import t


async def keys(options: argparse.Namespace) -> int:
    """Returns the exit status."""
    if options.which == "new":
        print(Fernet.generate_key().decode())
        return 0
    came(Via.COMMAND)
    settings = get_settings()
    source, db = vault_keys_of(settings), Database(settings)
    workspaces = secrets = 0
    try:
        await db.migrate()
        async for one in Rotation(db, source).run():
            workspaces, secrets = workspaces + 1, secrets + one.secrets
        async with db.session() as session:
            record(session, Deed("vault.rotate", resource="key", details={"teams": workspaces, "secrets": secrets}))
        print(t("vault.rotated", workspaces=workspaces, secrets=secrets))
        if not isinstance(source, KeyFile):
            print(t("vault.take_old_away", place=source.place))
        return 0
    except SaysoError as error:
        print(error.message, file=sys.stderr)
        return 1
    finally:
        await db.close()
