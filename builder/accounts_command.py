"""The commands about people's accounts, for whoever is at the computer."""

from __future__ import annotations

import argparse
import sys

from builder.accounts.audit.origin import Via, came
from builder.accounts.doors.people import AccountParts
from builder.accounts.tables import Account
from builder.base.errors import NotFound, SaysoError
from builder.composition.services import Services
from builder.composition.settings import get_settings
from builder.texts import t


async def accounts(options: argparse.Namespace) -> int:
    """Run one of them; returns the exit status."""
    came(Via.COMMAND)
    services = Services(get_settings())
    try:
        if not services.settings.has_accounts:
            print(t("people.off"), file=sys.stderr)
            return 1
        await services.start(serves=False)
        await _run(services.people, options)
        return 0
    except SaysoError as error:
        print(error.message, file=sys.stderr)
        return 1
    finally:
        await services.close()


async def _run(people: AccountParts, options: argparse.Namespace) -> None:
    if options.which == "list":
        for account in await people.register.all():
            print(f"{account.email}  {account.role}  {account.state}  {account.created_at[:10]}")
    elif options.which == "links":
        for link in await people.outbox.open_links():
            print(f"{link.recipient}  {link.kind}  until {link.expires_at[:16]}\n  {link.link}")
    elif options.which == "letters":
        for one in await people.outbox.waiting():
            then = f"again {one.next_at[:16]}" if one.next_at else "given up"
            print(f"{one.recipient}  {one.kind}  {one.created_at[:16]}  {one.tries} tries, {then}: {one.problem}")
    elif options.which == "first":
        print(await people.entering.first_link(options.email))
    elif options.which == "invite":
        print(await people.links.invite(options.email))
    elif options.which == "reset":
        print(await people.links.reset_link(options.email))
    elif options.which in ("admin", "member"):
        await people.register.set_role((await _named(people, options.email)).id, options.which)
    elif options.which == "codes-off":
        await people.factors.remove((await _named(people, options.email)).id, "")
    elif options.which == "suspend":
        await people.register.suspend((await _named(people, options.email)).id)
    else:
        await people.register.resume((await _named(people, options.email)).id)


async def _named(people: AccountParts, email: str) -> Account:
    account = await people.register.by_email(email)
    if account is None:
        raise NotFound(t("people.no_account"))
    return account
