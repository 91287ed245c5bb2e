"""The command line: sayso login | new | push | pull | logs | open | exec."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import webbrowser
from pathlib import Path

from sayso import syncing
from sayso.client import ApiError
from sayso.kept import Checkout, Login, find_checkout, keep_login, read_login


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0 done, 1 refused with a message, 2 wrong usage, 3 a conflict."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except ApiError as error:
        print(error.message, file=sys.stderr)
        if error.status == 401:
            print("Run: sayso login", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sayso", description="Apps of a Sayso server, from the command line.")
    commands = parser.add_subparsers(required=True, metavar="command")

    login = commands.add_parser("login", help="say which server, and who you are there")
    login.add_argument("url", nargs="?", default="http://localhost:8000")
    login.add_argument(
        "--token", action="store_true", help="sign in by a personal access token (asked for, or SAYSO_TOKEN)"
    )
    login.add_argument("--password", action="store_true", help="sign in by password (asked for, or SAYSO_PASSWORD)")
    login.set_defaults(run=_login)

    new = commands.add_parser("new", help="make a project, with a folder for its files")
    new.add_argument("title")
    new.add_argument("--starter", default="", help="such as kanban")
    new.add_argument("--folder", type=Path, help="else one named like the title")
    new.set_defaults(run=_new)

    pull = commands.add_parser("pull", help="bring what changed on the server")
    pull.add_argument("project", nargs="?", default="", help="its id, to begin a new folder with it")
    pull.add_argument("--folder", type=Path)
    push = commands.add_parser("push", help="send what changed here, as a version")
    push.add_argument("--label", default="", help="of the version")
    for command, run in ((pull, _pull), (push, _push)):
        command.add_argument("--dry-run", action="store_true", help="only say what would happen")
        command.set_defaults(run=run)

    logs = commands.add_parser("logs", help="the last lines that the app's server wrote")
    logs.add_argument("--lines", type=int, default=200)
    logs.set_defaults(run=_logs)

    opens = commands.add_parser("open", help="open the project in the browser")
    opens.add_argument("--print", action="store_true", help="only say the address")
    opens.set_defaults(run=_open)

    execute = commands.add_parser("exec", help="run a command in the running app")
    execute.add_argument("--shell", action="store_true", help="have a shell read it")
    execute.add_argument("--folder", default="")
    execute.add_argument("--stdin", action="store_true", help="pass on what is read here")
    execute.add_argument("words", nargs="+", metavar="command", help="behind --")
    execute.set_defaults(run=_exec)
    return parser


def _login(options: argparse.Namespace) -> int:
    url = options.url.rstrip("/")
    login = Login(url)
    if options.token:
        login = Login(url, token=os.environ.get("SAYSO_TOKEN") or getpass.getpass("Token: "))
    with login.client() as client:
        if options.password:
            password = os.environ.get("SAYSO_PASSWORD") or getpass.getpass("Password: ")
            login = Login(url, cookie=client.sign_in(password))
        client.call("GET", "/projects", params={"limit": 1})
    keep_login(login)
    print(f"You work with {url}.")
    return 0


def _new(options: argparse.Namespace) -> int:
    folder = options.folder or Path(_folder_name(options.title))
    if folder.exists() and any(folder.iterdir()):
        print(f"{folder} has files already. Name another --folder.", file=sys.stderr)
        return 1
    login = read_login()
    with login.client() as client:
        project = client.create(options.title, options.starter)
        checkout = Checkout(folder, login.url, project["id"])
        folder.mkdir(parents=True, exist_ok=True)
        checkout.keep()
        syncing.pull(client, checkout, _say)
        print(f"{project['title']}: {client.page(project['id'])}\nIts files are in {folder}.")
    return 0


def _pull(options: argparse.Namespace) -> int:
    if options.project:
        folder = options.folder or Path(options.project)
        if folder.exists() and any(folder.iterdir()):
            print(f"{folder} has files already. Name another --folder.", file=sys.stderr)
            return 1
        checkout = Checkout(folder, read_login().url, options.project)
    else:
        checkout = _checkout(options.folder)
    with read_login(checkout.url).client() as client:
        found = syncing.pull(client, checkout, _say, dry=options.dry_run)
    if options.dry_run:
        _told(found.there, found.gone_there, "would come", "would be removed here")
    for path in found.both:
        print(f"conflict: {path} has changed on both sides.", file=sys.stderr)
    if found.both and not options.dry_run:
        print(
            f"What is on the server stands beside each, with {syncing.THEIRS} behind its name. Make yours as it is to be, "
            "then push.",
            file=sys.stderr,
        )
    if not (found.there or found.gone_there or found.both):
        print("Nothing has changed on the server.")
    return 3 if found.both else 0


def _push(options: argparse.Namespace) -> int:
    checkout = _checkout(None)
    with read_login(checkout.url).client() as client:
        try:
            found = syncing.push(client, checkout, _say, dry=options.dry_run)
        except ApiError as error:
            if error.code != "changed_meanwhile":
                raise
            for path in error.details.get("digests", {}):
                print(f"conflict: {path} was changed on the server in this moment.", file=sys.stderr)
            print("Nothing of it was written over. Pull, then push again.", file=sys.stderr)
            return 3
        if found.both:
            for path in found.both:
                print(f"conflict: {path} has changed on both sides.", file=sys.stderr)
            print("Nothing was sent. Pull first.", file=sys.stderr)
            return 3
        if options.dry_run:
            _told(found.here, found.gone_here, "would be sent", "would be removed there")
            return 0
        version = client.save(checkout.project, options.label or "pushed")
    if found.there or found.gone_there:
        print("The server has changes that are not here. Pull brings them.")
    print(f"Version {version['number']}" if version else "Nothing has changed here.")
    return 0


def _logs(options: argparse.Namespace) -> int:
    checkout = _checkout(None)
    with read_login(checkout.url).client() as client:
        for line in client.logs(checkout.project, options.lines):
            print(line["text"], file=sys.stderr if line["stream"] == "stderr" else sys.stdout)
    return 0


def _open(options: argparse.Namespace) -> int:
    checkout = _checkout(None)
    with read_login(checkout.url).client() as client:
        address = client.page(checkout.project)
    print(address)
    if not options.print:
        webbrowser.open(address)
    return 0


def _exec(options: argparse.Namespace) -> int:
    checkout = _checkout(None)
    given = sys.stdin.read() if options.stdin else ""
    command = " ".join(options.words) if options.shell else options.words
    with read_login(checkout.url).client() as client:
        done = client.run(checkout.project, command, stdin=given, folder=options.folder)
    sys.stdout.write(done["stdout"])
    sys.stderr.write(done["stderr"])
    if done["timed_out"]:
        print("It took longer than it may and was ended.", file=sys.stderr)
    return done["code"]


def _checkout(folder: Path | None) -> Checkout:
    found = find_checkout((folder or Path.cwd()).resolve())
    if found is None:
        raise ApiError(0, "no_project", "This folder has no project of Sayso. Run: sayso new TITLE, or sayso pull ID")
    return found


def _say(path: str) -> None:
    print(path, flush=True)


def _told(changed: list[str], gone: list[str], comes: str, goes: str) -> None:
    for path in changed:
        print(f"{path} {comes}")
    for path in gone:
        print(f"{path} {goes}")


def _folder_name(title: str) -> str:
    plain = "".join(letter if letter.isalnum() else "-" for letter in title.lower())
    return "-".join(part for part in plain.split("-") if part)[:60] or "app"


if __name__ == "__main__":
    sys.exit(main())
