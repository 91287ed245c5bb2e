"""Messages that are commands of an agent's own console instead of wishes for an app."""

from __future__ import annotations

import re
from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The commands of Claude Code, Codex and Gemini CLI, from their documentation.
_CONSOLE: Final = _set("""
    add-dir agents allowed-tools approvals auth bashes bug chat clear compact compress config context copy corgi cost
    diff directory doctor docs editor effort exit export extensions fast fork help hooks ide init install-github-app
    keybindings login logout mcp memory mention model new output-style permissions plan plugin pr-comments privacy
    privacy-settings quit release-notes rename restore resume review rewind sandbox security-review settings setup-github
    skills stats status statusline tasks terminal-setup theme todos tools undo upgrade usage vim
""")
_COMMAND: Final = re.compile(r"/([a-z][a-z0-9_-]{0,60})((?::[a-z0-9_:-]{1,60})?)(?=\s|$)", re.IGNORECASE)
_SHELL: Final = re.compile(
    r"![ ]?(?:sudo|rm|ls|cat|curl|wget|bash|sh|zsh|chmod|chown|env|printenv|python3?|node|npm|git|ps|kill|whoami|id|echo|find|grep|cp|mv|mkdir|docker)\b"
)
# Those of them that an app may have a page of.
_PAGES: Final = _set("""
    agents auth bug chat config context copy cost directory docs editor export extensions help ide login logout memory
    model new plan privacy review sandbox settings skills stats status tasks theme todos tools upgrade usage
""")
_TALKS: Final = _set("""
    page route endpoint screen should must returns shows gives is needs link path url has looks página pagina rota tela deve
    está mostra precisa fica
""")
# What follows the name of a page that somebody talks about, instead of a command's arguments.
_PROSE: Final = _set("""
    a an and are as at be by can could does for from gives has have in is it looks lists makes must needs not of on page
    route returns screen shall should show shows so that the then to was when which will with without would path
    endpoint view link url redirects opens fails crashes loads works responds
    a o as os da de do dos das e em esta está com deve devia mostra não nao para pagina página precisa que rota sem
    tela tem é fica abre falha retorna devolve lista
""")


def is_slash_command(text: str) -> bool:
    """Whether `text` begins with a command; paths, dates and names of pages are none."""
    text = text.lstrip()
    if _SHELL.match(text):
        return True
    found = _COMMAND.match(text)
    if not found:
        return False
    rest = text[found.end() :].split()
    name = found[1].lower()
    words = [word.strip(".,:;!?").lower() for word in rest[:6]]
    if (name in _CONSOLE and name not in _PAGES) or name.startswith("mcp__"):
        return _TALKS.isdisjoint(words[:2])
    return bool(name in _CONSOLE or found[2]) and _PROSE.isdisjoint(words)
