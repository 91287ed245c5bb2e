"""Frameworks that no image has, installed from the real registries and opened. Only with --all: it needs them."""

from __future__ import annotations

import json
import os
import secrets

import aiodocker
import pytest

from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.helpers import Helpers
from preview_runtime.containers.images import Runtime
from preview_runtime.containers.install_access import Registries
from preview_runtime.containers.labels import filters
from preview_runtime.containers.layers import Layers
from preview_runtime.containers.networks import Networks
from preview_runtime.containers.policy import MEGABYTE, ContainerSettings, Limits
from preview_runtime.file_tree import FileTree
from tests.containers.test_engine import get

pytestmark = pytest.mark.usefixtures("firewalled")

SETTINGS = ContainerSettings(
    instance=f"sayso-frameworks-{os.getpid()}", start_seconds=120, limits=Limits(memory=1024 * MEGABYTE)
)


def package(script: str, *packages: str) -> str:
    return json.dumps({"type": "module", "scripts": {"dev": script}, "dependencies": dict.fromkeys(packages, "latest")})


VITE_CONFIG = "export default { server: { allowedHosts: true } }\n"
APPS = {
    "fastapi and a package more": {
        "main.py": "import httpx\nfrom fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home() -> str:\n    return 'hello ' + httpx.__name__\n",
        "requirements.txt": "fastapi\nuvicorn\nhttpx\n",
    },
    "streamlit": {"app.py": "import streamlit as st\nst.title('hello')\n", "requirements.txt": "streamlit\n"},
    "vite": {
        "package.json": package("vite", "vite"),
        "vite.config.js": VITE_CONFIG,
        "index.html": "<h1>hello</h1><script type=module src=/main.js></script>",
        "main.js": "console.log(1)\n",
    },
    "sveltekit": {
        "package.json": package("vite dev", "@sveltejs/kit", "@sveltejs/vite-plugin-svelte", "svelte", "vite"),
        "vite.config.js": "import { sveltekit } from '@sveltejs/kit/vite'\nexport default { plugins: [sveltekit()], server: { allowedHosts: true } }\n",
        "src/app.html": "<html><head>%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>",
        "src/routes/+page.svelte": "<h1>hello</h1>",
    },
    "nuxt": {"package.json": package("nuxt dev", "nuxt", "vue"), "app/app.vue": "<template><h1>hello</h1></template>"},
    "next": {
        "package.json": package("next dev", "next", "react", "react-dom"),
        "app/layout.jsx": "export default ({ children }) => <html><body>{children}</body></html>",
        "app/page.jsx": "export default () => <h1>hello</h1>",
    },
}


@pytest.mark.parametrize("name", APPS)
async def test_a_framework_that_the_image_lacks_is_installed_and_answers(
    name: str, docker: aiodocker.Docker, runtime_images: dict[Runtime, float], request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--all"):
        pytest.skip("needs the package registries: run with --all")
    networks, registries = Networks(docker, SETTINGS), Registries()
    layers = Layers(docker, SETTINGS, networks, registries)
    engine = ContainerEngine(
        docker,
        f"p-{secrets.token_hex(4)}",
        SETTINGS,
        networks=networks,
        helpers=Helpers(layers=layers, registries=registries),
        say=print,
    )
    try:
        address = await engine.start(FileTree(APPS[name]))
        assert ("Streamlit" if name == "streamlit" else "hello") in await get(address)
    finally:
        await engine.remove()
        for found in (await docker.volumes.list(filters=filters(SETTINGS.instance)))["Volumes"] or []:
            await (await docker.volumes.get(found["Name"])).delete(force=True)
