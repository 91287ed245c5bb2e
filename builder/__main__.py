"""Command line: python -m builder serve|build|doctor|generate|export|accounts|audit."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys

from pydantic import ValidationError

from builder.base.watching.plain_text import plain_output


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status (0 fine, 1 failed with a message, 2 wrong usage)."""
    parser = argparse.ArgumentParser(prog="python -m builder", description="Say what you want; a running app answers.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="build what changed and start the server")
    commands.add_parser("build", help="build the pages and the preview engine")
    commands.add_parser("doctor", help="name each missing or broken part and the command that mends it")
    generate = commands.add_parser("generate", help="make an app from a prompt, into a new folder")
    generate.add_argument("prompt")
    generate.add_argument("--out", required=True, help="folder to write to; must not exist yet")
    generate.add_argument("--model", default="", help="such as starter:offline")
    export = commands.add_parser("export", help="write a project as a zip file")
    export.add_argument("project", help="the project's id, as in its address /p/<id>")
    export.add_argument("--out", required=True, help="the zip file to write")
    people = commands.add_parser("accounts", help="people's accounts: who has one, invitations, links, suspending")
    which = people.add_subparsers(dest="which", required=True)
    which.add_parser("list", help="who has an account")
    which.add_parser("links", help="the links that no mail has brought to anybody")
    which.add_parser("letters", help="the letters that were tried and not taken: how often, when again, and why")
    for name in ("first", "invite", "reset", "codes-off", "admin", "member", "suspend", "resume"):
        which.add_parser(name).add_argument("email")
    chain = commands.add_parser("audit", help="the record of who did what: whether it is whole, and all its lines")
    kinds = chain.add_subparsers(dest="which", required=True)
    look = kinds.add_parser("verify", help="find out whether a line was removed or changed")
    look.add_argument("--noted", action="append", default=[], help="NUMBER:DIGEST that an earlier look printed")
    lines = kinds.add_parser("export", help="write every line to the standard output, the oldest first")
    lines.add_argument("--form", choices=("ndjson", "csv"), default="ndjson")
    lines.add_argument("--since", default="", help="a moment, such as 2031-05-01")
    lines.add_argument("--until", default="")
    vault = commands.add_parser("keys", help="the key that encrypts variables and secrets")
    does = vault.add_subparsers(dest="which", required=True)
    does.add_parser("rotate", help="change it: everything is encrypted anew, while Sayso goes on")
    does.add_parser("new", help="print one, for VAULT_KEY or a vault")
    options = parser.parse_args(arguments)
    try:
        with plain_output():
            return _run(options)
    except ValidationError as error:
        for problem in error.errors():
            print(f"Settings: {problem['msg'].removeprefix('Value error, ')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from builder.base.storage_faults import storage_fault

        if (fault := storage_fault(error)) is None:
            raise
        print(f"{fault.message}\n({fault.detail})", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.command in ("serve", "build"):
        gc.disable()  # no loaded module is garbage: looking for garbage takes a quarter of the start
        from builder import serve

        try:
            serve.serve() if options.command == "serve" else serve.build_all()
        except serve.CannotStart as reason:
            print(str(reason), file=sys.stderr)
            return 1
        return 0
    if options.command == "doctor":
        from builder.doctor import doctor

        return doctor()
    if options.command == "accounts":
        from builder.accounts_command import accounts

        return asyncio.run(accounts(options))
    if options.command == "keys":
        from builder.keys_command import keys

        return asyncio.run(keys(options))
    if options.command == "audit":
        from builder.audit_command import audit

        return asyncio.run(audit(options))
    from builder import command_line

    if options.command == "generate":
        return asyncio.run(command_line.generate(options.prompt, options.out, options.model))
    return asyncio.run(command_line.export(options.project, options.out))


if __name__ == "__main__":
    sys.exit(main())
