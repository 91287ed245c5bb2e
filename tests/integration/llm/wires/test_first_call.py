"""The first call after a server began: what it has to load holds nobody up."""

from __future__ import annotations

import subprocess
import sys

import pytest

_CALLS = """
import asyncio, sys, threading
from importlib.abc import MetaPathFinder
from builder.llm.conversation.errors import ModelError
from builder.llm.providers import {provider} as provider
from {module} import {client} as Client

class Notes(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {sdk!r}:
            print("loaded by", threading.current_thread() is threading.main_thread() and "the loop" or "a thread")

sys.meta_path.insert(0, Notes())

async def asked(client):
    try:
        await client.names()
    except ModelError as fault:
        return fault.code

async def main():
    client = Client(provider, "a-key", "http://127.0.0.1:9")
    codes = await asyncio.gather(*(asked(client) for _ in range(3)))
    print(len(set(map(id, await asyncio.gather(client.sdk(), client.sdk())))), set(codes) == {{"unreachable"}})
    await client.close()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("sdk", "provider", "module", "client"),
    [
        ("anthropic", "ANTHROPIC", "builder.llm.wires.anthropic", "AnthropicClient"),
        ("openai", "OPENAI", "builder.llm.wires.responses", "OpenAIClient"),
    ],
)
def test_an_sdk_is_loaded_beside_the_loop_and_once(sdk: str, provider: str, module: str, client: str) -> None:
    program = _CALLS.format(sdk=sdk, provider=provider, module=module, client=client)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["loaded by a thread", "1 True"]
