"""Each kind of app gets the commands that install and start it in a container, listening where it is reached."""

from __future__ import annotations

import contextlib
import json

import pytest

from builder.texts import said
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.plan import NothingToRun, RunPlan, plan_run
from preview_runtime.plans.runtimes import Runtime
from tests.telling import tells


def plan(files: dict[str, str], **hints: object) -> RunPlan:
    return plan_run(FileTree(files), RunHints(**hints))  # type: ignore[arg-type]


def package(*packages: str, **fields: object) -> str:
    return json.dumps({"dependencies": dict.fromkeys(packages, "*"), **fields})


FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
FLASK = "from flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("files", "start", "port", "folder"),
    [
        ({"main.py": FASTAPI}, "python -m uvicorn main:app --host 0.0.0.0 --port $PORT", 8000, ""),
        (
            {"backend/main.py": FASTAPI, "index.html": "<p>", "requirements.txt": "fastapi"},
            "python -m uvicorn main:app --host 0.0.0.0 --port $PORT",
            8000,
            "backend",
        ),
        (
            {"app/main.py": "from app.models import Item\n" + FASTAPI, "app/models.py": ""},
            "python -m uvicorn app.main:app --host 0.0.0.0 --port $PORT",
            8000,
            "",
        ),
        (
            {"app/__init__.py": "", "app/main.py": FASTAPI},
            "python -m uvicorn app.main:app --host 0.0.0.0 --port $PORT",
            8000,
            "",
        ),
        (
            {
                "service.py": "from fastapi import FastAPI\n\ndef create_app() -> FastAPI:\n    api = FastAPI()\n    return api\n"
            },
            "python -m uvicorn service:create_app --factory --host 0.0.0.0 --port $PORT",
            8000,
            "",
        ),
        (
            {"main.py": "from starlette.applications import Starlette\napi = Starlette(routes=[])\n"},
            "python -m uvicorn main:api --host 0.0.0.0 --port $PORT",
            8000,
            "",
        ),
        ({"app.py": FLASK}, 'flask --app "app:app" run --host 0.0.0.0 --port $PORT', 5000, ""),
        (
            {
                "site.py": "from flask import Flask\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app\n"
            },
            'flask --app "site:create_app()" run --host 0.0.0.0 --port $PORT',
            5000,
            "",
        ),
        (
            {"manage.py": "import django", "shop/settings.py": "", "requirements.txt": "Django>=5"},
            "python manage.py migrate --noinput && exec python manage.py runserver --noreload 0.0.0.0:$PORT",
            8000,
            "",
        ),
        (
            {"app.py": "import streamlit as st\nst.title('x')\n"},
            "streamlit run app.py --server.address 0.0.0.0 --server.port $PORT --server.headless true",
            8501,
            "",
        ),
        ({"app.py": "import gradio as gr\ngr.Interface(f, 'text', 'text').launch()\n"}, "python app.py", 7860, ""),
        (
            {"server.py": "from http.server import HTTPServer\nHTTPServer(('', 8000), H).serve_forever()\n"},
            "python server.py",
            8000,
            "",
        ),
        ({"helpers.py": "x = 1\n", "main.py": "print(1)\n"}, "python main.py", 8000, ""),
    ],
)
def test_a_python_app_is_started_by_what_its_files_say(
    files: dict[str, str], start: str, port: int, folder: str
) -> None:
    made = plan(files)
    assert (made.runtime, made.start, made.port, made.folder) == (Runtime.PYTHON, start, port, folder)


EXPRESS = "const app = require('express')();\napp.listen(process.env.PORT)\n"


@pytest.mark.parametrize(
    ("files", "start", "port", "folder"),
    [
        ({"package.json": package("express", scripts={"start": "node server.js"})}, "node server.js", 3000, ""),
        ({"package.json": package("express"), "src/index.js": EXPRESS}, "node src/index.js", 3000, ""),
        ({"package.json": package("express", main="./api.js"), "api.js": EXPRESS}, "node api.js", 3000, ""),
        (
            {"package.json": package("fastify", scripts={"dev": "node --watch app.mjs"})},
            "node --watch app.mjs",
            3000,
            "",
        ),
        (
            {"package.json": package("hono", "@hono/node-server", scripts={"dev": "tsx src/index.ts"})},
            "tsx src/index.ts",
            3000,
            "",
        ),
        (
            {"package.json": package("fastify", scripts={"build": "tsc", "start": "node dist/index.js"})},
            "tsc && node dist/index.js",
            3000,
            "",
        ),
        (
            {"package.json": package("next", "react", scripts={"start": "next start"})},
            "next dev --hostname 0.0.0.0 --port $PORT",
            3000,
            "",
        ),
        ({"package.json": package("nuxt")}, "nuxt dev --host 0.0.0.0 --port $PORT", 3000, ""),
        (
            {"package.json": package("@sveltejs/kit", "svelte", "vite")},
            "vite dev --host 0.0.0.0 --port $PORT --strictPort",
            5173,
            "",
        ),
        (
            {"package.json": package("react", "vite", scripts={"dev": "vite"}), "index.html": "<p>", "a.scss": ""},
            "vite --host 0.0.0.0 --port $PORT --strictPort",
            5173,
            "",
        ),
        ({"server.js": "require('http').createServer(f).listen(3000)"}, "node server.js", 3000, ""),
        (
            {"package.json": package(), "server/package.json": package("express"), "server/app.js": EXPRESS},
            "node app.js",
            3000,
            "server",
        ),
    ],
)
def test_a_node_app_is_started_by_what_its_files_say(files: dict[str, str], start: str, port: int, folder: str) -> None:
    made = plan(files)
    assert (made.runtime, made.start, made.port, made.folder) == (Runtime.NODE, start, port, folder)


def test_go_is_built_and_run_and_its_modules_are_fetched_only_where_it_has_any() -> None:
    files = {"go.mod": "module shop\n\ngo 1.21\n", "cmd/web/main.go": "package main\nfunc main() {}\n"}
    made = plan(files)
    assert (made.runtime, made.install) == (Runtime.GO, "")
    assert made.start == "go build -o /app/.sayso/program ./cmd/web && exec /app/.sayso/program"
    assert plan(files | {"go.mod": "module shop\nrequire example.org/x v1.0.0\n"}).install == "go mod download"


def test_java_is_packaged_and_run_and_a_single_file_needs_no_build() -> None:
    made = plan({"pom.xml": "<project/>", "src/main/java/App.java": "class App {}"})
    assert made.runtime is Runtime.JAVA
    assert "package" in made.start
    assert made.environment["SERVER_PORT"] == "8080"
    alone = plan({"Main.java": "class Main { public static void main(String[] a) {} }"})
    assert (alone.runtime, alone.start, alone.install) == (Runtime.JAVA, "exec java Main.java", "")


def test_a_static_site_is_served_by_the_images_own_command() -> None:
    made = plan({"index.html": "<p>", "style.css": ""})
    assert (made.runtime, made.install, made.port) == (Runtime.STATIC, "", 8080)
    assert said(made.reason) == "A static site runs on a file server in a container."


def test_a_static_site_keeps_the_port_of_its_server_whatever_is_said() -> None:
    assert plan({"index.html": "<p>"}, port=3000).port == 8080


def test_a_dockerfile_is_used_where_no_runtime_here_fits() -> None:
    made = plan({"Dockerfile": "FROM base\nEXPOSE 9000\n", "Cargo.toml": "", "src/main.rs": ""})
    assert (made.runtime, made.dockerfile, made.port, made.start) == (None, "Dockerfile", 9000, "")
    assert said(made.reason) == "The project's own Dockerfile says how it runs."


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "nothing to start yet"),
        ({"README.md": "# Hello"}, "nothing to start yet"),
        ({"Cargo.toml": "", "src/main.rs": ""}, "cannot run Rust by themselves. Add a Dockerfile"),
        ({"docker-compose.yml": "services: {}"}, "Add a Dockerfile"),
        ({"a.py": "x = 1", "b.py": "y = 2"}, "Add a main.py, or say how the app is started."),
        ({"package.json": package("express")}, "Add a “start” script to package.json"),
        ({"go.mod": "module x", "lib.go": "package lib"}, "cannot run Go"),
    ],
)
def test_what_fits_nothing_is_told_in_a_sentence_that_says_what_is_missing(files: dict[str, str], says: str) -> None:
    with tells(NothingToRun, says):
        plan(files)


@pytest.mark.parametrize(
    ("files", "hints"),
    [
        ({"index.js": "", "package.json": '{"dependencies":{"ws":"1"},"scripts":{"start":"node %s"}}'}, RunHints()),
        ({"main.py": FASTAPI}, RunHints(start="uvicorn %s")),
        ({"main.py": FASTAPI}, RunHints(install="pip install %s")),
    ],
)
def test_a_command_that_is_too_long_is_named_with_what_to_do(files: dict[str, str], hints: RunHints) -> None:
    files_told = {path: text.replace("%s", "x " * 2_000) for path, text in files.items()}
    long = RunHints(install=hints.install.replace("%s", "x " * 2_000), start=hints.start.replace("%s", "x " * 2_000))
    with tells(NothingToRun, r"command has 4,0\d\d characters; 4,000 is the most. Put it into a script"):
        plan_run(FileTree(files_told), long)
    plan_run(FileTree(files), hints)


def test_what_the_model_or_the_person_says_goes_first() -> None:
    made = plan({"main.py": FASTAPI}, install="pip install fastapi==1", start="python other.py", port=4000)
    assert (made.install, made.start, made.port) == ("pip install fastapi==1", "python other.py", 4000)
    assert made.environment["PORT"] == "4000"
    assert made.installed == ""
    assert said(made.reason) == "FastAPI runs on Python in a container, with the start command that was given."


def test_a_given_command_alone_is_enough_to_start_something() -> None:
    made = plan({"notes.txt": ""}, start="python -m http.server")
    assert (made.runtime, made.start) == (Runtime.PYTHON, "python -m http.server $PORT --bind 0.0.0.0")


@pytest.mark.parametrize(
    ("said", "runs", "port"),
    [
        ("uvicorn main:app --reload", "uvicorn main:app --reload --host 0.0.0.0 --port $PORT", 8000),
        ("uvicorn main:app --host 127.0.0.1 --port 9001", "uvicorn main:app --host 0.0.0.0 --port 9001", 9001),
        ("uvicorn main:app --host=localhost", "uvicorn main:app --host=0.0.0.0 --port $PORT", 8000),
        ("gunicorn -b 127.0.0.1:8080 main:app", "gunicorn -b 0.0.0.0:8080 main:app", 8080),
        ("python manage.py runserver", "python manage.py runserver 0.0.0.0:$PORT", 8000),
        ("python manage.py runserver 127.0.0.1:8080", "python manage.py runserver 0.0.0.0:8080", 8080),
        ("fastapi dev main.py", "fastapi dev main.py --host 0.0.0.0 --port $PORT", 8000),
        (
            "npx vite build && npx vite preview",
            "npx vite build && npx vite preview --host 0.0.0.0 --port $PORT --strictPort",
            8000,
        ),
        ("flask db upgrade; flask run -p 5050", "flask db upgrade; flask run -p 5050 --host 0.0.0.0", 5050),
        ("NODE_ENV=test next dev -p 4001", "NODE_ENV=test next dev -p 4001 --hostname 0.0.0.0", 4001),
        ("./run.sh", "./run.sh", 8000),
        ("echo 'open quote", "echo 'open quote", 8000),
    ],
)
def test_a_given_command_is_made_to_listen_where_the_preview_is_reached(said: str, runs: str, port: int) -> None:
    made = plan({"main.py": FASTAPI}, start=said)
    assert (made.start, made.port) == (runs, port)


@pytest.mark.parametrize(
    ("files", "install", "installed", "inputs"),
    [
        (
            {"main.py": FASTAPI, "requirements.txt": "fastapi"},
            "python -m pip install --user --only-binary :all: -r requirements.txt",
            "python -m pip install --user --only-binary :all: --quiet --no-index -r requirements.txt",
            ("requirements.txt",),
        ),
        (
            {"backend/main.py": FASTAPI, "requirements.txt": "fastapi"},
            "python -m pip install --user --only-binary :all: -r ../requirements.txt",
            "python -m pip install --user --only-binary :all: --quiet --no-index -r ../requirements.txt",
            ("requirements.txt",),
        ),
        ({"main.py": FASTAPI}, "", "", ()),
        (
            {"package.json": package("express"), "package-lock.json": "{}", "index.js": EXPRESS},
            "{ [ ! -L node_modules ] || rm node_modules; }"
            " && bun install --ignore-scripts --no-save --no-progress --linker=hoisted",
            "node -e '",
            ("package.json", "package-lock.json"),
        ),
        ({"package.json": package(scripts={"start": "node a.js"})}, "", "", ("package.json",)),
    ],
)
def test_only_what_is_needed_is_installed(
    files: dict[str, str], install: str, installed: str, inputs: tuple[str, ...]
) -> None:
    made = plan(files)
    assert (made.install, made.install_inputs) == (install, inputs)
    assert made.installed.startswith(installed)
    assert bool(made.installed) == bool(install)


def test_dependencies_of_a_pyproject_are_installed_without_building_the_project() -> None:
    made = plan({"main.py": FASTAPI, "pyproject.toml": '[project]\nname = "x"\ndependencies = ["fastapi"]\n'})
    assert "tomllib" in made.install
    assert made.install.endswith("pip install --user --only-binary :all: -r /app/.sayso/requirements.txt")


@pytest.mark.parametrize("name", ["HOST", "UVICORN_HOST", "FLASK_RUN_HOST", "GRADIO_SERVER_NAME", "NITRO_HOST"])
def test_every_server_that_reads_its_address_from_the_environment_finds_it(name: str) -> None:
    assert plan({"main.py": FASTAPI}).environment[name] == "0.0.0.0"


PACKAGE_API = "from shop.models import Item\n" + FASTAPI


@pytest.mark.parametrize(
    ("files", "start", "folder"),
    [
        # A server beside a front end, each in its folder.
        (
            {"backend/main.py": FASTAPI, "frontend/package.json": package("react", "vite", scripts={"dev": "vite"})},
            "python -m uvicorn main:app",
            "backend",
        ),
        ({"backend/app/main.py": "from app.db import x\n" + FASTAPI, "backend/app/db.py": ""}, "python -m uvicorn app.main:app", "backend"),
        ({"backend/app/main.py": "from .db import x\n" + FASTAPI, "backend/app/db.py": ""}, "python -m uvicorn app.main:app", "backend"),
        (
            {"backend/api/v1/main.py": "from ..db import x\n" + FASTAPI, "backend/api/db.py": ""},
            "python -m uvicorn api.v1.main:app",
            "backend",
        ),
        ({"src/shop/main.py": PACKAGE_API, "src/shop/models.py": ""}, "python -m uvicorn shop.main:app", "src"),
        (
            {"src/shop/main.py": FASTAPI, "src/shop/__init__.py": "", "pyproject.toml": "[project]\nname='x'\n"},
            "python -m uvicorn shop.main:app",
            "src",
        ),
        # A folder that only looks like a package: its files import each other by bare names.
        (
            {"api/__init__.py": "", "api/main.py": "import models\n" + FASTAPI, "api/models.py": ""},
            "python -m uvicorn main:app",
            "api",
        ),
        ({"my-api/main.py": "from . import x\n" + FASTAPI, "my-api/x.py": ""}, "python -m uvicorn main:app", "my-api"),
        (
            {"shop/__init__.py": "from flask import Flask\n\n\ndef create_app(\n    config=None,\n) -> Flask:\n    return Flask(__name__)\n"},
            'flask --app "shop:create_app()" run',
            "",
        ),
        (
            {"wsgi.py": "from shop import create_app\napp = create_app()\n", "shop/__init__.py": "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n"},
            'flask --app "wsgi:app" run',
            "",
        ),
        (
            {"main.py": "from fastapi.staticfiles import StaticFiles\n" + FASTAPI + "app.mount('/', StaticFiles(directory='static', html=True))\n", "static/index.html": "<p>"},
            "python -m uvicorn main:app",
            "",
        ),
        ({"backend/manage.py": "import django", "backend/shop/settings.py": "", "requirements.txt": "django"}, "python manage.py migrate", "backend"),
        ({"Home.py": "import streamlit as st", "pages/1_Map.py": "import streamlit as st"}, "streamlit run Home.py", ""),
    ],
)  # fmt: skip
def test_python_is_found_where_people_put_it(files: dict[str, str], start: str, folder: str) -> None:
    made = plan(files)
    assert made.runtime is Runtime.PYTHON
    assert made.start.startswith(start)
    assert made.folder == folder


def test_the_requirements_of_a_package_that_runs_from_above_it_are_found() -> None:
    files = {
        "backend/__init__.py": "",
        "backend/main.py": "from backend import x\n" + FASTAPI,
        "backend/requirements.txt": "x",
    }
    made = plan(files)
    assert (made.folder, made.install_inputs) == ("", ("backend/requirements.txt",))
    assert made.install.endswith("-r backend/requirements.txt")


@pytest.mark.parametrize(
    ("files", "start", "folder"),
    [
        # The front end at the root starts by itself; what runs in a container is the server.
        (
            {
                "package.json": package("react", "vite", scripts={"dev": "vite", "build": "vite build"}),
                "index.html": "<p>",
                "server/package.json": package("express", scripts={"start": "node server.js"}),
                "server/server.js": EXPRESS,
            },
            "node server.js",
            "server",
        ),
        (
            {
                "package.json": package("concurrently", scripts={"dev": "concurrently 'npm run dev --prefix a' 'npm start --prefix b'"}),
                "frontend/package.json": package("vite", scripts={"dev": "vite"}),
                "backend/package.json": package("fastify", type="module"),
                "backend/src/index.js": "import f from 'fastify'\nf().listen({port: 1})",
            },
            "node src/index.js",
            "backend",
        ),
        ({"package.json": package("express", scripts={"dev": "nodemon src/app.js"}), "src/app.js": EXPRESS}, "node src/app.js", ""),
        ({"package.json": package("hono", "@hono/node-server", type="module"), "src/index.ts": "serve(app)"}, "node src/index.ts", ""),
        ({"package.json": package(type="module", scripts={"start": "node server.ts"}), "server.ts": "http"}, "node server.ts", ""),
        (
            {"package.json": package("express", "vite", "react", scripts={"dev": "node server.js", "build": "vite build"}), "server.js": EXPRESS},
            "node server.js",
            "",
        ),
    ],
)  # fmt: skip
def test_node_is_found_where_people_put_it(files: dict[str, str], start: str, folder: str) -> None:
    made = plan(files)
    assert (made.runtime, made.start, made.folder) == (Runtime.NODE, start, folder)


def test_what_only_an_author_needs_is_not_waited_for() -> None:
    lean = plan({"package.json": package("express", scripts={"start": "node a.js"}), "a.js": EXPRESS})
    compiling = plan({"package.json": package("express", scripts={"start": "tsc && node a.js"}), "a.js": EXPRESS})
    assert "nodemon" in lean.installed
    assert "nodemon" not in compiling.installed


@pytest.mark.parametrize(
    ("files", "builds"),
    [
        ({"package.json": package("next", "react")}, True),
        ({"package.json": package("nuxt")}, True),
        ({"package.json": package("@sveltejs/kit", "vite")}, True),
        ({"package.json": package("express"), "server.js": EXPRESS}, False),
        ({"main.py": FASTAPI}, False),
        ({"go.mod": "module x", "main.go": "package main\n"}, True),
    ],
)
def test_what_compiles_the_app_where_it_runs_is_known_to_take_more_memory(files: dict[str, str], builds: bool) -> None:
    assert plan(files).builds is builds


DOCKERFILE = "FROM python:3.11-slim\nCMD python main.py\nEXPOSE 9100\n"
REACT_PAGE = {"index.html": "<p>", "package.json": package("react")}


@pytest.mark.parametrize(
    ("files", "used", "otherwise"),
    [
        ({"main.py": FASTAPI, "Dockerfile": DOCKERFILE}, "Dockerfile", Runtime.PYTHON),
        (
            {"backend/main.py": FASTAPI, "backend/Dockerfile": "", "Dockerfile": ""},
            "backend/Dockerfile",
            Runtime.PYTHON,
        ),
        ({"backend/main.py": FASTAPI, "Dockerfile": ""}, "Dockerfile", Runtime.PYTHON),
        ({"main.py": FASTAPI, "docker/Dockerfile": "", "Dockerfile": ""}, "Dockerfile", Runtime.PYTHON),
        ({"main.py": FASTAPI, "docker/Dockerfile": ""}, "docker/Dockerfile", Runtime.PYTHON),
        ({"package.json": package("express"), "server.js": EXPRESS, "Dockerfile": ""}, "Dockerfile", Runtime.NODE),
        ({"go.mod": "module x", "main.go": "package main", "Dockerfile": ""}, "Dockerfile", Runtime.GO),
        ({"Gemfile": "", "app.rb": "", "Dockerfile": ""}, "Dockerfile", None),
        # A front end's own Dockerfile makes no server of it.
        ({"server/main.py": FASTAPI, "client/index.html": "", "client/Dockerfile": ""}, "", Runtime.PYTHON),
        ({"package.json": package("next"), "Dockerfile": ""}, "", Runtime.NODE),
        ({**REACT_PAGE, "Dockerfile": ""}, "", Runtime.STATIC),
    ],
)
def test_an_own_dockerfile_counts_beside_a_server(files: dict[str, str], used: str, otherwise: Runtime | None) -> None:
    made = plan(files)
    assert made.dockerfile == used
    other = made.instead if used else made
    assert (other.runtime if other else None) is otherwise


def test_what_was_said_decides_about_an_own_dockerfile() -> None:
    files = {"main.py": FASTAPI, "Dockerfile": DOCKERFILE}
    assert (plan(files).runtime, plan(files).port) == (None, 9100)
    for told in ({"dockerfile": False}, {"start": "python main.py"}, {"install": "pip install x"}):
        assert (plan(files, **told).runtime, plan(files, **told).dockerfile) == (Runtime.PYTHON, "")
    assert plan(files, dockerfile=True, start="python main.py").dockerfile == "Dockerfile"
    assert plan({**REACT_PAGE, "Dockerfile": ""}, dockerfile=True).dockerfile == "Dockerfile"


GO_MAIN = "package main\n\nfunc main() {}\n"


@pytest.mark.parametrize(
    ("files", "start", "folder"),
    [
        ({"go.mod": "module x", "main.go": GO_MAIN, "cmd/seed/main.go": GO_MAIN}, ".", ""),
        ({"go.mod": "module x", "cmd/migrate/main.go": GO_MAIN, "cmd/server/main.go": GO_MAIN}, "./cmd/server", ""),
        ({"backend/go.mod": "module x", "backend/cmd/api/main.go": GO_MAIN, "index.html": ""}, "./cmd/api", "backend"),
        ({"go.mod": "module x", "vendor/y/main.go": GO_MAIN, "internal/run/main.go": GO_MAIN}, "./internal/run", ""),
        ({"main.go": GO_MAIN, "store.go": "package main"}, "*.go", ""),
    ],
)
def test_the_go_program_that_serves_is_built(files: dict[str, str], start: str, folder: str) -> None:
    made = plan(files)
    assert made.start == f"go build -o /app/.sayso/program {start} && exec /app/.sayso/program"
    assert (made.runtime, made.folder) == (Runtime.GO, folder)


JAVA_MAIN = "public class Main { public static void main(String[] a) {} }\n"


@pytest.mark.parametrize(
    ("files", "start", "folder"),
    [
        ({"src/shop/Main.java": "package shop;\n" + JAVA_MAIN, "src/shop/Item.java": "package shop;"}, "find src/shop -name", ""),
        ({"Main.java": JAVA_MAIN, "Item.java": "class Item {}"}, "find . -name", ""),
        (
            {"pom.xml": "<project/>", "src/main/java/shop/Main.java": "package shop;\n" + JAVA_MAIN, "src/test/java/shop/MainTest.java": JAVA_MAIN},
            "find src/main/java/shop -name",
            "",
        ),
        ({"backend/build.gradle": "plugins { id 'java' }", "backend/src/main/java/Main.java": JAVA_MAIN}, "find src/main/java -name", "backend"),
    ],
)  # fmt: skip
def test_java_with_packages_is_compiled_without_a_build_tool(files: dict[str, str], start: str, folder: str) -> None:
    made = plan(files)
    assert (made.runtime, made.folder) == (Runtime.JAVA, folder)
    assert start in made.start
    assert made.start.endswith(" shop.Main" if "shop" in "".join(files) else " Main")


def test_java_finds_what_lies_beside_its_classes() -> None:
    files = {"pom.xml": "", "src/main/java/Main.java": JAVA_MAIN, "src/main/resources/page.html": "<p>"}
    assert "-cp /app/.sayso/classes:src/main/resources Main" in plan(files).start
    assert "mvn" in plan(files | {"pom.xml": "<dependency>"}).start
    assert "sh ./mvnw" in plan(files | {"pom.xml": "<dependency>", "mvnw": ""}).start


@pytest.mark.parametrize("name", ["main.py", "requirements.txt", "pyproject.toml", "server.js", "Main.java", "go.mod"])
@pytest.mark.parametrize(
    "text", ["\n" * 100_000, "def f():\n" + "        x = y\n" * 5_000, " " * 100_000, "import a\n\t " * 20_000]
)
def test_a_strange_file_is_read_in_no_time(name: str, text: str) -> None:
    """Whoever writes a file must not be able to keep the server busy: each of these took minutes, or for ever."""
    tree = {
        name: text,
        "app.py": "import fastapi, flask\n" + text,
        "package.json": package("express"),
        "index.html": "",
    }
    with contextlib.suppress(NothingToRun):
        plan(tree)
