"""Makes a start command listen where a preview is reached: on every address of its container, at `$PORT`."""

from __future__ import annotations

import re
import shlex
from typing import Final

_LOOPBACK: Final = r"(?:127\.0\.0\.1|localhost|\[?::1\]?)"
# Options by tool: (the pattern that shows that the host is set, the option that sets it), and the same for the port.
_Flags = tuple[str, str, str, str]
_HOST_PORT: Final[_Flags] = (r"--host\b", "--host 0.0.0.0", r"--port\b", "--port $PORT")
_TOOLS: Final[dict[str, _Flags]] = {
    "uvicorn": _HOST_PORT,
    "fastapi": _HOST_PORT,
    "granian": _HOST_PORT,
    "flask": (r"--host\b|(?<!\S)-h\b", "--host 0.0.0.0", r"--port\b|(?<!\S)-p\b", "--port $PORT"),
    "gunicorn": (r"--bind\b|(?<!\S)-b\b", "--bind 0.0.0.0:$PORT", r".", ""),
    "hypercorn": (r"--bind\b|(?<!\S)-b\b", "--bind 0.0.0.0:$PORT", r".", ""),
    "streamlit": (
        r"--server\.address\b",
        "--server.address 0.0.0.0",
        r"--server\.port\b",
        "--server.port $PORT --server.headless true",
    ),
    "vite": (r"--host\b", "--host 0.0.0.0", r"--port\b", "--port $PORT --strictPort"),
    "next": (r"--hostname\b|(?<!\S)-H\b", "--hostname 0.0.0.0", r"--port\b|(?<!\S)-p\b", "--port $PORT"),
    "nuxt": _HOST_PORT,
    "nuxi": _HOST_PORT,
    "astro": _HOST_PORT,
}
# Of these tools only the named commands open a port: `vite build` and `flask db upgrade` take no address.
_SERVING: Final = {
    "fastapi": {"run", "dev"},
    "flask": {"run"},
    "streamlit": {"run"},
    "next": {"dev", "start"},
    "nuxt": {"dev", "preview"},
    "nuxi": {"dev", "preview"},
    "astro": {"dev", "preview"},
}
_PREFIXES: Final = frozenset({"exec", "npx", "bunx", "pnpm", "yarn", "python", "python3", "-m", "poetry", "uv", "run"})
_SEPARATOR: Final = re.compile(r"(&&|\|\||;|\n)")


def listening_command(command: str) -> str:
    """`command` with the options to listen on 0.0.0.0:$PORT, for known servers.

    A loopback address in the command becomes 0.0.0.0; a port in the command is kept (the plan takes it over). The
    command of an unknown tool is returned unchanged: it has `HOST` and `PORT` in its environment.
    """
    parts = _SEPARATOR.split(command.strip())
    # The spaces around a part stay where they are.
    return "".join(
        part if index % 2 else part.replace(part.strip(), _one(part.strip()), 1) for index, part in enumerate(parts)
    )


def port_of(command: str) -> int:
    """The port in `command`, 0 when it names none."""
    found = re.search(r"(?:--(?:server\.)?port[= ]|(?<!\S)-p[= ]?|:)(\d{2,5})\b", command)
    found = found or re.search(
        r"\brunserver\s+(?:\S+:)?(\d{2,5})\b|\bhttp\.server\s+(\d{2,5})\b|\bPORT=(\d{2,5})\b", command
    )
    port = int(next(group for group in found.groups() if group)) if found else 0
    return port if port < 65536 else 0


def _one(command: str) -> str:
    words = _words(command)
    command = re.sub(
        rf"((?:--host(?:name)?|--server\.address|--bind|-H|-h|-b)[= ]){_LOOPBACK}", r"\g<1>0.0.0.0", command
    )
    if "runserver" in words:
        return _django(command)
    if "http.server" in words:
        return (
            command if re.search(r"--bind\b|(?<!\S)-b\b", command) else f"{_with_port(command, words)} --bind 0.0.0.0"
        )
    # The first word that is a tool, after `npx`, `python -m` and settings such as `NODE_ENV=production`.
    for place, word in enumerate(words):
        if word in _TOOLS:
            serving = _SERVING.get(word)
            if serving is not None and not serving & {*words[place + 1 :]}:
                return command
            if word == "vite" and {"build", "optimize"} & {*words[place + 1 :]}:
                return command
            host_said, host, port_said, port = _TOOLS[word]
            for said, option in ((host_said, host), (port_said, port)):
                if option and not re.search(said, command):
                    command = f"{command} {option}"
            return command
        if word not in _PREFIXES and not re.fullmatch(r"[A-Za-z_]\w*=.*", word):
            break
    return command


def _django(command: str) -> str:
    """`runserver` takes one address after its options; it listens on 127.0.0.1:8000 when it gets none."""
    match = re.search(r"\brunserver\b(?P<rest>.*)$", command, re.DOTALL)
    rest = match["rest"] if match else ""
    if address := re.search(r"(?<!\S)(?:[\w.\[\]:]+:)?(\d{2,5}|\$PORT)(?!\S)", rest):
        fixed = rest.replace(address[0], f"0.0.0.0:{address[1]}", 1)
    else:
        fixed = f"{rest} 0.0.0.0:$PORT"
    return command[: len(command) - len(rest)] + fixed


def _with_port(command: str, words: list[str]) -> str:
    return command if any(word.isdigit() for word in words) else command.replace("http.server", "http.server $PORT", 1)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()  # an open quote: the shell reports it itself
