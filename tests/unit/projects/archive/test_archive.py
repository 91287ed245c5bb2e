import json
import stat

import pytest

from builder.base.errors import BadInput
from builder.projects.archive.export import file_name, write_zip
from builder.projects.archive.readme import readme
from preview_runtime.file_tree import MAX_FILE_BYTES, FileTree, InvalidTree
from tests.telling import tells
from tests.unit.projects.archive.zips import read_zip, zipped


async def test_a_project_comes_back_as_it_was_exported() -> None:
    tree = FileTree(
        {"package.json": "{}", "src/App.tsx": "é", "logo.png": b"\x89PNG\0", ".gitignore": "x", "README.md": "r"}
    )
    assert dict(await read_zip(write_zip(tree, "App"))) == dict(tree)


async def test_an_export_has_a_readme_and_a_gitignore_and_is_the_same_each_time() -> None:
    tree = FileTree({"index.html": "x", "package.json": '{"scripts": {"dev": "vite"}}'})
    files = await read_zip(write_zip(tree, "Recipe site"))
    assert "# Recipe site" in (files.text("README.md") or "")
    assert "npm run dev" in (files.text("README.md") or "")
    assert "node_modules" in (files.text(".gitignore") or "")
    assert write_zip(tree, "Recipe site") == write_zip(tree, "Recipe site")


@pytest.mark.parametrize(
    ("files", "said", "unsaid"),
    [
        ({"index.html": "x", "src/main.tsx": "y"}, ["npx vite"], ["npm install", "pip"]),
        ({"app.py": "import flask\napp = flask.Flask(__name__)", "requirements.txt": "flask"},
         ["python3 -m venv .venv", "-r requirements.txt", "127.0.0.1", "localhost:5000"], ["npm", "0.0.0.0", "--user"]),
        ({"package.json": '{"scripts": {"start": "node a.js"}, "dependencies": {"express": "5"}}', "a.js": "import 'express'"},
         ["npm install", "npm start", "localhost:3000"], ["npm run dev"]),
        ({"package.json": '{"dependencies": {"next": "16"}}', "app/page.tsx": "x"}, ["npm install", "npx next"], []),
        ({"package.json": "not JSON", "index.html": "x"}, ["npx vite"], []),
        ({"package.json": '{"dependencies": {"vue": "3"}}', "index.html": "x"}, ["npm install\nnpx vite"], ["npm run dev"]),
        ({"main.py": "import fastapi\napp = fastapi.FastAPI()", "requirements.txt": "fastapi\npsycopg",
          "frontend/index.html": "x", "frontend/package.json": '{"scripts": {"dev": "vite"}}'},
         ["DATABASE_URL", "uvicorn main:app", "second terminal", "cd frontend\nnpm install\nnpm run dev"], []),
        ({"go.mod": "module x", "main.go": "package main"}, ["go run ."], ["/app", "npm"]),
        ({"Dockerfile": "FROM ruby", "app.rb": "x"}, ["docker build", "docker run"], ["npm"]),
        ({"sayso.json": '{"run": {"start": "python serve.py --port 7000"}}', "serve.py": "x"}, ["python serve.py"], ["npm"]),
        ({"notes.txt": "x"}, ["# App"], ["```"]),
        ({"composer.json": "{}", "index.php": "<?php"}, ["cannot run PHP by themselves"], ["fault.", "```"]),
        ({"Gemfile": "gem 'sinatra'", "app.rb": "x"}, ["cannot run Ruby by themselves"], ["fault.", "```"]),
        ({"Cargo.toml": "[package]", "src/main.rs": "x"}, ["cannot run Rust by themselves"], ["fault.", "```"]),
        ({"package.json": '{"dependencies": {"express": "5"}}', "notes.txt": "x"}, ["nothing says how it is started"], ["fault.", "```"]),
    ],
)  # fmt: skip
def test_an_export_says_how_it_runs(files: dict[str, str], said: list[str], unsaid: list[str]) -> None:
    text = readme(FileTree(files), "App")
    for part in said:
        assert part in text
    for part in unsaid:
        assert part not in text


async def test_secrets_stay_out_of_archives_and_what_is_public_by_design_stays_in() -> None:
    tree = FileTree(
        {
            ".env": "VITE_TITLE=Hi\n",
            ".env.production": "VITE_A=1\nDATABASE_PASSWORD=hunter2\n",
            ".env.example": "SECRET=\n",
            ".npmrc": "//registry/:_authToken=abc",
            "certs/server.key": "-----BEGIN PRIVATE KEY-----",
            "index.html": "x",
        }
    )
    exported = await read_zip(write_zip(tree, "x"))
    assert {".env", ".env.example", "index.html"} <= set(exported)
    assert not {".env.production", ".npmrc", "certs/server.key"} & set(exported)


async def test_one_folder_around_everything_is_taken_off_and_what_tools_made_is_left_out() -> None:
    data = zipped(
        {
            "app/package.json": "{}",
            "app/src/a.ts": "1",
            "app/node_modules/x/index.js": "1",
            "app/.git/config": "1",
            "__MACOSX/app/._a": "1",
            "app/.DS_Store": "1",
        }
    )
    assert set(await read_zip(data)) == {"package.json", "src/a.ts"}


@pytest.mark.parametrize("path", ["../evil", "a/../../evil", "/etc/passwd", "C:\\x", "..\\evil", "CON", "a" * 300])
async def test_a_path_outside_the_project_is_refused(path: str) -> None:
    with pytest.raises(InvalidTree):
        await read_zip(zipped({path: "x", "ok.txt": "y"}))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("src/App.tsx", "src/app.tsx", "differ only in capital letters"),
        ("Größe.ts", "GRÖSSE.ts", "differ only in capital letters"),
        ("lib", "LIB/index.ts", "“LIB” and “lib” differ only in capital letters"),
        ("caf\u00e9.txt", "cafe\u0301.txt", "accents written in two ways"),
    ],
)
async def test_two_files_that_are_one_on_another_system_are_refused_rather_than_one_lost(
    one: str, other: str, reason: str
) -> None:
    with tells(InvalidTree, reason) as caught:
        await read_zip(zipped({one: "1", "ok.txt": "y", other: "2"}))
    assert caught.value.code == "path_alike"


async def test_folders_that_differ_in_capital_letters_lose_nothing_and_are_let_be() -> None:
    assert set(await read_zip(zipped({"Src/a.ts": "1", "src/b.ts": "2"}))) == {"Src/a.ts", "src/b.ts"}


async def test_a_link_is_refused() -> None:
    with pytest.raises(BadInput, match="link"):
        await read_zip(zipped({"passwd": "/etc/passwd"}, kind=stat.S_IFLNK))


async def test_a_zip_bomb_is_refused_whatever_its_headers_say() -> None:
    data = bytearray(zipped({"bomb.txt": b"0" * (MAX_FILE_BYTES + 1)}))
    with tells(InvalidTree, "larger"):
        await read_zip(bytes(data))
    # The sizes in both headers say 1 byte; what is unpacked is counted all the same.
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.index(signature) + at
        data[place : place + 4] = (1).to_bytes(4, "little")
    with pytest.raises((InvalidTree, BadInput)):
        await read_zip(bytes(data))


async def test_many_files_that_are_small_each_are_refused_together() -> None:
    big = {f"{n}.txt": b"0" * MAX_FILE_BYTES for n in range(11)}
    with tells(InvalidTree, "larger than 20 MB"):
        await read_zip(zipped(big))
    with tells(InvalidTree, "more than"):
        await read_zip(zipped({f"{n}.txt": "" for n in range(2_001)}))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", zipped({}), zipped({"node_modules/a.js": "x"})])
async def test_what_holds_no_project_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(BadInput, match="zip file"):
        await read_zip(data)


def test_a_file_is_named_after_its_project() -> None:
    assert file_name("Recipe site: “best”!") == "recipe-site-best.zip"
    assert file_name("日本") == "app.zip"


async def test_a_project_with_walks_is_walked_by_playwright_where_it_is_taken() -> None:
    walk = '{"title": "It is there", "steps": [{"see": {"text": "Dune"}}]}'
    tree = FileTree({"index.html": "<p>Dune", "walks/see.json": walk, "package.json": '{"name": "books"}'})
    files = await read_zip(write_zip(tree, "Books"))
    package = json.loads(files.text("package.json") or "")
    assert package["name"] == "books"
    assert {"@playwright/test", "vite"} <= set(package["devDependencies"])
    assert {"playwright.config.ts", "tests/walks.spec.ts", "walks/see.json"} <= set(files)
    assert "npx playwright test" in (files.text("README.md") or "")


async def test_a_server_with_walks_is_walked_with_a_copy_of_its_data_for_each() -> None:
    walk = '{"title": "It is there", "steps": [{"see": {"text": "Dune"}}]}'
    app = "import flask\napp = flask.Flask(__name__)"
    tree = FileTree({"app.py": app, "requirements.txt": "flask", "walks/see.json": walk})
    files = await read_zip(write_zip(tree, "Books"))
    assert "vite" not in (files.text("package.json") or "")
    assert "webServer" not in (files.text("playwright.config.ts") or "")
    assert "import { test } from './server'" in (files.text("tests/walks.spec.ts") or "")
    started = """const START = 'flask --app "app:app" run --host 127.0.0.1 --port $PORT'"""
    assert started in (files.text("tests/server.ts") or "")
    assert "npx playwright test" in (files.text("README.md") or "")


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": "x"},
        {"index.html": "x", "walks/see.json": "no walk"},
        {"index.html": "x", "walks/see.json": "WALK", "playwright.config.js": "mine"},
        {"index.html": "x", "walks/see.json": "WALK", "package.json": "not JSON"},
        {"index.html": "x", "walks/see.json": "WALK", "package.json": '{"devDependencies": []}'},
        {
            "app.py": "import psycopg, flask\napp = flask.Flask(__name__)",
            "requirements.txt": "flask\npsycopg",
            "walks/see.json": "WALK",
        },
        {
            "server/app.py": "import flask\napp = flask.Flask(__name__)",
            "server/requirements.txt": "flask",
            "index.html": "x",
            "walks/see.json": "WALK",
        },
    ],
)
async def test_what_has_no_walks_or_tests_of_its_own_is_exported_as_it_is(files: dict[str, str]) -> None:
    walk = '{"title": "It is there", "steps": [{"see": {"text": "Dune"}}]}'
    tree = FileTree({path: text.replace("WALK", walk) for path, text in files.items()})
    exported = await read_zip(write_zip(tree, "Books"))
    assert set(exported) - set(files) == {"README.md", ".gitignore"}
    assert exported.text("package.json") == files.get("package.json")
