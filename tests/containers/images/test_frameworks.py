"""Each framework that is promised to run, as a small real app, with its packages from the real registries where the image
lacks them. Only with --all: it needs the registries."""

from __future__ import annotations

import json
import os
import secrets
import time

import aiodocker
import httpx
import pytest

from builder.texts import said
from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.docker.labels import filters
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, host_environment
from preview_runtime.containers.dockerfiles.builds import OwnImages
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.packages.layers import Layers
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.engines import EngineFailed
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime

pytestmark = pytest.mark.usefixtures("firewalled")

HOST = "previews.example"  # in production: not localhost, which development servers trust
SETTINGS = ContainerSettings(
    instance=f"sayso-frameworks-{os.getpid()}", start_seconds=120, environment=host_environment(HOST)
)


def package(script: str, *packages: str) -> str:
    return json.dumps({"type": "module", "scripts": {"dev": script}, "dependencies": dict.fromkeys(packages, "latest")})


HELLO = "hello from the app"
# Counted at each request: an answer that was written down beforehand would not change.
APPS = {
    "fastapi": {
        "main.py": "import itertools\nimport httpx\nfrom fastapi import FastAPI\n\napp = FastAPI()\nvisits = itertools.count(1)\n\n\n"
        "@app.get('/')\ndef home() -> dict[str, object]:\n    return {'text': 'hello from the app', 'visit': next(visits), 'with': httpx.__name__}\n",
        "requirements.txt": "fastapi\nuvicorn\nhttpx\nhumanize\n",
    },
    "flask": {
        "app.py": "import itertools\nfrom flask import Flask, render_template_string\n\napp = Flask(__name__)\nvisits = itertools.count(1)\n\n\n"
        "@app.get('/')\ndef home() -> str:\n    return render_template_string('<h1>hello from the app</h1><p>visit {{ number }}</p>', number=next(visits))\n",
        "requirements.txt": "flask\n",
    },
    "django": {
        "manage.py": "import os\nimport sys\nfrom django.core.management import execute_from_command_line\n\nos.environ['DJANGO_SETTINGS_MODULE'] = 'site_of.settings'\nexecute_from_command_line(sys.argv)\n",
        "site_of/__init__.py": "",
        "site_of/settings.py": "from pathlib import Path\n\nBASE = Path(__file__).parent.parent\nSECRET_KEY = 'only here'\nDEBUG = True\nALLOWED_HOSTS = ['*']\nROOT_URLCONF = 'site_of.urls'\n"
        "INSTALLED_APPS = ['django.contrib.contenttypes', 'django.contrib.auth', 'visits']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE / 'db.sqlite3'}}\nDEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n",
        "site_of/urls.py": "from django.http import HttpResponse\nfrom django.urls import path\nfrom visits.models import Visit\n\n\ndef home(request):\n    Visit.objects.create()\n    return HttpResponse(f'<h1>hello from the app</h1><p>visit {Visit.objects.count()}</p>')\n\n\nurlpatterns = [path('', home)]\n",
        "visits/__init__.py": "",
        "visits/models.py": "from django.db import models\n\n\nclass Visit(models.Model):\n    at = models.DateTimeField(auto_now_add=True)\n",
        "visits/migrations/__init__.py": "",
        "visits/migrations/0001_initial.py": "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    initial = True\n    operations = [migrations.CreateModel('Visit', [('id', models.BigAutoField(primary_key=True)), ('at', models.DateTimeField(auto_now_add=True))])]\n",
        "requirements.txt": "django\n",
    },
    "starlette": {
        "main.py": "import itertools\nfrom starlette.applications import Starlette\nfrom starlette.responses import PlainTextResponse\nfrom starlette.routing import Route\n\nvisits = itertools.count(1)\n\n\n"
        "async def home(request):\n    return PlainTextResponse(f'hello from the app, visit {next(visits)}')\n\n\napp = Starlette(routes=[Route('/', home)])\n",
        "requirements.txt": "starlette\nuvicorn\n",
    },
    "streamlit": {
        "app.py": "import streamlit as st\n\nst.title('hello from the app')\nst.write('visit')\n",
        "requirements.txt": "streamlit\n",
    },
    "gradio": {
        "app.py": "import gradio as gr\n\n\ndef greet(name: str) -> str:\n    return f'hello from the app, {name}'\n\n\ngr.Interface(fn=greet, inputs='text', outputs='text', title='hello from the app').launch()\n",
        "requirements.txt": "gradio\n",
    },
    "plain Python": {
        "server.py": "import itertools\nimport os\nfrom http.server import BaseHTTPRequestHandler, ThreadingHTTPServer\n\nvisits = itertools.count(1)\n\n\nclass Page(BaseHTTPRequestHandler):\n    def do_GET(self) -> None:\n        self.send_response(200)\n        self.end_headers()\n"
        "        self.wfile.write(f'hello from the app, visit {next(visits)}'.encode())\n\n\nThreadingHTTPServer(('0.0.0.0', int(os.environ['PORT'])), Page).serve_forever()\n",
    },
    "express": {
        "package.json": package("node server.js", "express", "morgan"),
        "server.js": "import express from 'express'\nimport morgan from 'morgan'\n\nlet visits = 0\nconst app = express()\napp.use(morgan('tiny'))\napp.get('/', (request, response) => response.send(`<h1>hello from the app</h1><p>visit ${++visits}</p>`))\napp.listen(process.env.PORT)\n",
    },
    "fastify": {
        "package.json": package("node server.js", "fastify", "@fastify/cors"),
        "server.js": "import cors from '@fastify/cors'\nimport Fastify from 'fastify'\n\nlet visits = 0\nconst app = Fastify()\nawait app.register(cors)\napp.get('/', async () => ({ text: 'hello from the app', visit: ++visits }))\nawait app.listen({ host: '0.0.0.0', port: Number(process.env.PORT) })\n",
    },
    "hono": {
        "package.json": package("node server.js", "hono", "@hono/node-server"),
        "server.js": "import { serve } from '@hono/node-server'\nimport { Hono } from 'hono'\n\nlet visits = 0\nconst app = new Hono()\napp.get('/', (context) => context.html(`<h1>hello from the app</h1><p>visit ${++visits}</p>`))\nserve({ fetch: app.fetch, port: Number(process.env.PORT) })\n",
    },
    "plain Node": {
        "server.js": "const http = require('node:http')\n\nlet visits = 0\nhttp.createServer((request, response) => response.end(`hello from the app, visit ${++visits}`)).listen(process.env.PORT)\n",
    },
    "vite": {
        "package.json": package("vite", "vite"),
        "index.html": "<h1>hello from the app</h1><script type=module src=/main.js></script>",
        "main.js": "console.log(1)\n",
    },
    "sveltekit": {
        "package.json": package("vite dev", "@sveltejs/kit", "@sveltejs/vite-plugin-svelte", "svelte", "vite"),
        "vite.config.js": "import { sveltekit } from '@sveltejs/kit/vite'\nexport default { plugins: [sveltekit()]}\n",
        "src/app.html": "<html><head>%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>",
        "src/routes/+page.server.js": "let visits = 0\n\nexport const load = () => ({ visit: ++visits })\n",
        "src/routes/+page.svelte": "<script>\n  let { data } = $props()\n</script>\n\n<h1>hello from the app</h1>\n<p>visit {data.visit}</p>\n",
    },
    "nuxt": {
        "package.json": package("nuxt dev", "nuxt", "vue"),
        "server/api/visits.get.js": "let visits = 0\n\nexport default defineEventHandler(() => ++visits)\n",
        "app/app.vue": "<script setup>\nconst { data } = await useFetch('/api/visits')\n</script>\n\n<template>\n  <main>\n    <h1>hello from the app</h1>\n    <p>visit {{ data }}</p>\n  </main>\n</template>\n",
    },
    "next": {
        "package.json": package("next dev", "next", "react", "react-dom"),
        "app/layout.jsx": "export default function Layout({ children }) {\n  return <html lang='en'><body>{children}</body></html>\n}\n",
        "app/page.jsx": "let visits = 0\nexport const dynamic = 'force-dynamic'\n\nexport default function Home() {\n  return <main><h1>hello from the app</h1><p>visit {++visits}</p></main>\n}\n",
    },
    "next with Tailwind": {
        "package.json": package("next dev", "next", "react", "react-dom", "tailwindcss", "@tailwindcss/postcss"),
        "postcss.config.mjs": "export default { plugins: { '@tailwindcss/postcss': {} } }\n",
        "app/globals.css": "@import 'tailwindcss';\n",
        "app/layout.jsx": "import './globals.css'\n\nexport default function Layout({ children }) {\n  return <html lang='en'><body>{children}</body></html>\n}\n",
        "app/page.jsx": "let visits = 0\nexport const dynamic = 'force-dynamic'\n\nexport default function Home() {\n  return <main className='p-4'><h1 className='text-2xl'>hello from the app</h1><p>visit {++visits}</p></main>\n}\n",
    },
    "go": {
        "go.mod": "module example.org/hello\n\ngo 1.19\n",
        "main.go": 'package main\n\nimport (\n\t"fmt"\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\tvisits := 0\n\thttp.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {\n\t\tvisits++\n\t\tfmt.Fprintf(w, "hello from the app, visit %d", visits)\n\t})\n\tpanic(http.ListenAndServe(":"+os.Getenv("PORT"), nil))\n}\n',
    },
    "java": {
        "Main.java": "import com.sun.net.httpserver.HttpServer;\nimport java.net.InetSocketAddress;\nimport java.util.concurrent.atomic.AtomicInteger;\n\npublic class Main {\n    public static void main(String[] arguments) throws Exception {\n        var visits = new AtomicInteger();\n"
        '        var server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);\n        server.createContext("/", exchange -> {\n            var body = ("hello from the app, visit " + visits.incrementAndGet()).getBytes();\n            exchange.sendResponseHeaders(200, body.length);\n            exchange.getResponseBody().write(body);\n            exchange.close();\n        });\n        server.start();\n    }\n}\n',
    },
    "static": {"index.html": "<!doctype html><title>Site</title><h1>hello from the app</h1>"},
    "own Dockerfile": {
        "Dockerfile": 'FROM python:3.11-slim\nWORKDIR /srv\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nEXPOSE 9100\nCMD ["sh", "start.sh"]\n',
        "requirements.txt": "humanize\n",
        "start.sh": "exec python -u serve\n",
        "serve": "import itertools\nfrom http.server import BaseHTTPRequestHandler, ThreadingHTTPServer\nimport humanize\n\nvisits = itertools.count(1)\n\n\nclass Page(BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200)\n        self.end_headers()\n"
        "        self.wfile.write(f'hello from the app, {humanize.ordinal(next(visits))} visit'.encode())\n\n\nThreadingHTTPServer(('0.0.0.0', 9100), Page).serve_forever()\n",
    },
}
# Pages whose text a script of the framework writes, or that lie there as they are.
NOT_COUNTED = {"streamlit", "gradio", "vite", "static"}
SHOWN = {"streamlit": "Streamlit"}


async def seen(address: str) -> str:
    """The page, as a preview host in production asks for it."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.get(address, headers={"Host": f"p-abc.{HOST}"})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("name", APPS)
async def test_a_framework_answers_for_real(
    name: str, docker: aiodocker.Docker, runtime_images: dict[Runtime, float], request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--all"):
        pytest.skip("needs the package registries: run with --all")
    networks, registries = Networks(docker, SETTINGS), Registries()
    parts = EngineParts(
        layers=Layers(docker, SETTINGS, networks, registries),
        registries=registries,
        own_images=OwnImages(docker, SETTINGS, networks, registries),
    )
    project = f"p-{secrets.token_hex(4)}"
    engine = ContainerEngine(docker, project, SETTINGS, networks=networks, parts=parts, say=print)
    tree = FileTree(APPS[name])
    began = time.monotonic()
    try:
        address = await engine.start(tree)
        first = await seen(address)
        seconds = time.monotonic() - began
        usage = await engine.usage()
        print(f"{name}: up in {seconds:.1f} s with {usage.memory // MEGABYTE if usage else 0} MB. {engine.plan}")
        assert SHOWN.get(name, HELLO) in first
        if name not in NOT_COUNTED:
            assert await seen(address) != first
    except EngineFailed as failed:
        pytest.fail(f"{said(failed.fault.says)}\n{failed.fault.frame}")
    finally:
        await engine.remove()
        if parts.own_images:
            await OwnImages(docker, SETTINGS, networks, registries).remove(project)
        for found in (await docker.volumes.list(filters=filters(SETTINGS.instance)))["Volumes"] or []:
            await (await docker.volumes.get(found["Name"])).delete(force=True)
