"""Dockerfiles that mean harm: what they would have the engine fetch, which images they reach for, how much they write.

An image of two bytes less than another tells which of them a build read, so that forms are compared by sizes alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import os
import random
import re
import secrets
import tarfile
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, Final

import aiodocker
import pytest

from builder.texts import said
from preview_runtime.containers.docker.labels import claims
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.dockerfiles.builds import OwnImages
from preview_runtime.containers.dockerfiles.built_images import BuiltImage, built_images
from preview_runtime.containers.dockerfiles.dockerfile import DockerfileRefused, read
from preview_runtime.containers.engine import running_projects
from preview_runtime.containers.images import catalogue as images
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.engines import EngineFailed, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.plan import RunPlan, plan_run
from preview_runtime.plans.runtimes import Runtime
from tests.containers import registry
from tests.dockerfile_forms import READ, REFUSED

pytestmark = pytest.mark.usefixtures("firewalled", "python_image")

INSTANCE = f"sayso-dockerfiles-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE, start_seconds=60)
# Nobody listens there: a name that a mutation made is not looked for in the world.
HERE: Final = "127.0.0.1:1"
STAGE: Final = f"sayso-fuzz-{os.getpid()}"
OPEN, SECRET = 1000, 7
BASE: Final = "FROM python:3.12-slim\n"


class Lab:
    """Two images of one file, one that everybody may stand on and one that nobody may, and builds beside them."""

    def __init__(self, docker: aiodocker.Docker) -> None:
        self.docker = docker
        self.open, self.secret = f"{HERE}/open:1", f"{HERE}/secret:1"
        self.stage = STAGE
        self.ids: dict[str, str] = {}
        self.networks = Networks(docker, SETTINGS)
        self.images = self.own()
        self.lines: list[str] = []
        self.left: set[str] = set()
        self._busy = asyncio.Semaphore(4)

    def own(self, **options: Any) -> OwnImages:
        options = {"allowed": (self.open,), **options}
        return OwnImages(self.docker, SETTINGS, self.networks, Registries(environ={}), **options)

    async def begin(self) -> None:
        for name, size in ((self.open, OPEN), (self.secret, SECRET)):
            _, made = await self.raw("FROM scratch\nCOPY which /which\n", {"which": b"x" * size})
            self.ids[name] = made
            repository, _, tag = name.rpartition(":")
            await self.docker.images.tag(made, repository, tag=tag)
        # A stage that is overlooked is looked for as an image, and found.
        await self.docker.images.tag(self.ids[self.secret], self.stage, tag="latest")

    async def end(self) -> None:
        for image in await built_images(self.docker, INSTANCE):
            with contextlib.suppress(aiodocker.DockerError):
                await self.docker.images.delete(image.id, force=True)
        for name in (f"{self.stage}:latest", self.open, self.secret, *self.left):
            with contextlib.suppress(aiodocker.DockerError):
                await self.docker.images.delete(name, force=True)

    async def raw(self, text: str, files: dict[str, bytes] | None = None) -> tuple[int, str]:
        """Have the engine build `text` as it is: the size of what came out (-1: it refused), and its id."""
        said, result = "", ""
        async with self._busy:
            try:
                async for message in self.docker.images.build(
                    fileobj=packed({"Dockerfile": text.encode(), **(files or {})}),
                    encoding="identity",
                    stream=True,
                    forcerm=True,
                ):
                    said += str(message.get("stream") or "")
            except aiodocker.DockerError:
                pass
            else:
                result = re.findall(r"^ ---> ([0-9a-f]*)$", said, re.M)[-1]
        if not result:
            return -1, ""
        shown = await self.docker.images.inspect(result)
        self.left.add(shown["Id"])  # not removed at once: another build beside it may have it from the cache
        return int(shown["Size"]), str(shown["Id"])

    async def ours(self, text: str) -> tuple[int, bool] | None:
        """The same of what we make of `text`, and whether it names another image than the open one, as a project may not:
        the secret one, or one of this engine whose id happens to begin like a form's `b`. None where we refuse it."""
        try:
            dockerfile = read(text)
        except DockerfileRefused:
            return None
        found: dict[str, str] = {}
        for base in dockerfile.bases:
            try:
                found[base.name] = (await self.docker.images.inspect(base.name))["Id"]
            except aiodocker.DockerError:
                return None
        built = dockerfile.written(found, {})
        for line in built.splitlines():
            if line.startswith("FROM "):
                assert re.fullmatch(r"FROM (?:scratch|s\d+|sha256:[0-9a-f]{64}) AS s\d+", line)
        size, _ = await self.raw(built)
        return size, any(image != self.ids[self.open] for image in found.values())

    async def compared(self, text: str) -> bool:
        """Assert that the engine makes of `text` what we say it does; whether there was something to compare."""
        ours = await self.ours(text)
        if ours is None:
            return False
        size, named = ours
        engine, _ = await self.raw(text)
        if engine < 0:
            return False  # an image that it does not know is no way in
        assert (engine, text) == (size, text)
        assert named or engine % OPEN == 0, text
        return True

    def hear(self, line: str | Phrase) -> None:
        self.lines.append(line if isinstance(line, str) else said(line))

    def project(self) -> str:
        return f"p-{secrets.token_hex(4)}"

    async def build(
        self, text: str, files: dict[str, str | bytes] | None = None, project: str = "", **options: Any
    ) -> str:
        images = self.own(**options) if options else self.images
        tree = FileTree({"Dockerfile": text, **(files or {})})
        plan: RunPlan = plan_run(tree, RunHints())
        return await images.ensure(project or self.project(), plan, tree, self.hear)

    async def failure(
        self, text: str, files: dict[str, str | bytes] | None = None, project: str = "", **options: Any
    ) -> Any:
        with pytest.raises(EngineFailed) as failed:
            await self.build(text, files, project, **options)
        return failed.value.fault

    async def made(self, project: str) -> list[BuiltImage]:
        return [image for image in await built_images(self.docker, INSTANCE) if image.project == project]


@pytest.fixture
async def lab(docker: aiodocker.Docker) -> AsyncIterator[Lab]:
    made = Lab(docker)
    await made.begin()
    yield made
    await made.end()


def packed(files: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    out.seek(0)
    return out


# Dockerfiles read as Docker reads them


def placed(lab: Lab, text: str) -> str:
    """One of the table's forms with images that are here: `a` is open, what else is named is secret."""
    text = re.sub(r"\ba:(\\\n)?1\b", lambda match: f"{HERE}/open:{match[1] or ''}1", text)
    text = re.sub(r"(--from=\"?)b\b", rf"\g<1>{lab.secret}", text)
    return re.sub(r"(?m)^(FROM )b$", rf"\g<1>{lab.secret}", text).replace("/x", "/which")


async def test_each_form_comes_to_what_the_engine_makes_of_it(lab: Lab) -> None:
    forms = [placed(lab, text) for text, *_ in (*READ, *REFUSED) if "RUN" not in text and "ADD" not in text]
    compared = await asyncio.gather(*map(lab.compared, forms))
    assert sum(compared) >= 40


GAPS: Final = (
    " ",
    "\t",
    "  ",
    "\v",
    "\f",
    "\r",
    " \\\n",
    "\\\n ",
    " \\ \t\n",
    " \\\n# c\n",
    " \\\n\n",
    "`\n",
    " `\n ",
    "\xa0",
    "\u2003",
    "\x1f",
)
TOPS: Final = (
    "",
    "",
    "",
    "# escape=`\n",
    "#escape = ` \n",
    "# escape=\\\n",
    "# x\n# escape=`\n",
    "\n# escape=`\n",
    "\ufeff",
    "# syntax=x\n",
    "# syntax=x\n# escape=`\n",
    "# check=x\n# escape=`\n",
    "ARG v=OPEN w=SECRET\n",
    "ARG v=SECRET\nARG v=OPEN\n",
    "ARG v\n",
    'ARG v="OPEN"\n',
)
IMAGES: Final = (
    "OPEN",
    "SECRET",
    "STAGE",
    "$v",
    "${v}",
    "${v:-OPEN}",
    "${v:-SECRET}",
    "${v:+SECRET}",
    "${v-SECRET}",
    '"OPEN"',
    "'SECRET'",
    '"$v"',
    "'$v'",
    "\\$v",
    "scratch",
    "OPEN\\\n",
    "O\\PEN",
)
SOURCES: Final = (
    "0",
    "1",
    "+0",
    "-0",
    "00",
    "-1",
    "2",
    "STAGE",
    "OPEN",
    "SECRET",
    '"0"',
    '"SECRET"',
    "$v",
    "0x0",
    "\u0660",
)
FLAGS: Final = ("--fr\\om=", '--"from"=', "--FROM=", "--from=0 --from=", "--chown=1 --from=", "-- --from=", "--from ")
ENDS: Final = ("\n", "\r\n", "\n\n", " \n", " \\\n", "\\\n", " \\ \n", "`\n", " # c\n", "\n# c \\\n", "\n\\\n")


def mutated(chance: random.Random) -> str:
    """A Dockerfile of FROM and COPY --from lines, written as strangely as may be."""

    def words(*parts: str) -> str:
        out = parts[0]
        for part in parts[1:]:
            out += (" " if chance.random() < 0.85 else chance.choice(GAPS)) + part
        return out + ("\n" if chance.random() < 0.85 else chance.choice(ENDS))

    def case(word: str) -> str:
        return chance.choice((word, word, word, word, word.lower(), word.title(), word[:2] + "\\\n" + word[2:]))

    text = chance.choice(TOPS) if chance.random() < 0.6 else "ARG v=OPEN\n"
    for stage in range(chance.randint(1, 3)):
        named = [case("AS"), ("STAGE", "two", "Stage")[stage]] if chance.random() < 0.5 else []
        image = chance.choice(IMAGES) if chance.random() < 0.4 else chance.choice(("OPEN", "SECRET", "$v"))
        text += words(case("FROM"), image, *named)
        if chance.random() < 0.4:
            flag = chance.choice(FLAGS) if chance.random() < 0.3 else "--from="
            source = chance.choice(SOURCES) if chance.random() < 0.6 else chance.choice(("0", "STAGE", "OPEN"))
            text += words(case("COPY"), flag + source, "/which", chance.choice(("/a", "/b")))
    return text


async def test_what_strange_writing_comes_to_is_what_the_engine_makes_of_it(
    lab: Lab, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(9)
    texts: set[str] = set()
    for _ in range(4000 if request.config.getoption("--all") else 260):
        text = mutated(chance).replace("STAGE", lab.stage).replace("Stage", lab.stage.upper())
        texts.add(
            text.replace("OPEN", lab.open)
            .replace("SECRET", lab.secret)
            .replace("O\\PEN", lab.open[:3] + "\\" + lab.open[3:])
        )
    compared = await asyncio.gather(*map(lab.compared, sorted(texts)))
    assert sum(compared) >= len(texts) // 5, f"only {sum(compared)} of {len(texts)} were read by both"


@pytest.mark.parametrize(
    "text",
    [
        "FROM\tSECRET\n",
        "# escape=`\nFROM `\nSECRET\n",
        "FROM OPEN AS hidden\nFROM SECRET\nCOPY --from=0 /which /a\n",
        "FROM SECRET\nFROM OPEN\nCOPY --from=0 /which /a\n",
        "FROM OPEN\nCOPY --from=ID /which /a\n",
        "FROM ID\n",
        "FROM SHORT\n",
        "ARG v=SECRET\nFROM $v\n",
        "FROM ${v:-SECRET}\n",
        "FROM STAGE\n",
    ],
)
async def test_an_image_that_is_not_offered_is_never_stood_on(lab: Lab, text: str) -> None:
    secret = lab.ids[lab.secret]
    text = text.replace("OPEN", lab.open).replace("SECRET", lab.secret).replace("STAGE", lab.stage)
    text = text.replace("SHORT", secret.removeprefix("sha256:")[:12]).replace("ID", secret)
    fault = await lab.failure(text)
    assert fault.code in ("base_missing", "dockerfile_refused")
    assert not any(line.startswith("Step") for line in lab.lines)


async def test_an_image_is_stood_on_by_what_it_was_when_it_was_looked_at(lab: Lab) -> None:
    name = await lab.build(f"FROM {lab.open}\nCMD x\n")
    layers = (await lab.docker.images.inspect(name))["RootFS"]["Layers"]
    assert layers[0] == (await lab.docker.images.inspect(lab.open))["RootFS"]["Layers"][0]


# The engine fetches nothing


@pytest.fixture
def place() -> Iterator[SimpleNamespace]:
    """A server on the host's own network, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"of the host")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}/x", port=server.server_port, asked=asked)
    server.shutdown()
    thread.join()
    server.server_close()


ADDS: Final = (
    "ADD URL /x",
    "add\tURL\t/x",
    "ADD \\\n URL /x",
    'ADD ["URL", "/x"]',
    "ADD UPPER /x",
    "ADD --chown=1:1 URL /x",
    "ADD --checksum=sha256:00 URL /x",
    "ENV u=URL\nADD $u /x",
    'ENV u=URL\nADD ["$u", "/x"]',
    "ENV a=http: b=//HOST/x\nADD $a$b /x",
    "ARG u=URL\nADD ${u} /x",
    "ADD ${u:-URL} /x",
    'ADD "URL" /x',
    'ADD ht"tp:/"/HOST/x /x',
    "ADD h\\ttp:/\\/HOST/x /x",
    'ADD ["\\u0068ttp:\\u002f/HOST/x", "/x"]',
    "ENV s=/\nADD http:$s/HOST/x /x",
    "ADD a URL /x/",
    "COPY URL /x",
    "ENV u=URL\nCOPY $u /x",
    "COPY --from=HOST/x /x /x",
    "ONBUILD ADD URL /x",
    "ENV u=URL\nONBUILD ADD $u /x",
    "ENV u=URL\nONBUILD ADD $u /x\nFROM one",
    "# escape=`\nADD URL /x",
    "ADD git://HOST/x /x",
    "ADD http://github.com@HOST/x.git /x",
    "RUN <<EOF\nEOF\nADD URL /x",
)


async def test_nothing_that_a_dockerfile_adds_is_fetched_by_the_engine(lab: Lab, place: SimpleNamespace) -> None:
    size, _ = await lab.raw(f"FROM {lab.open}\nADD {place.url} /x\n")
    assert (size, place.asked) == (OPEN + 11, ["/x"]), "the test would see a fetch"
    place.asked.clear()
    host = f"127.0.0.1:{place.port}"
    top = f"FROM {lab.open} AS one\n"
    for form in ADDS:
        text = top + form.replace("URL", place.url).replace("UPPER", place.url.upper()).replace("HOST", host)
        with contextlib.suppress(EngineFailed):
            await lab.build(f"{text}\nCMD x\n", {"a": "1"})
        assert place.asked == [], form
    fault = await lab.failure(f"{top}\nADD {place.url} /x\n")
    assert (fault.code, fault.file, fault.line) == ("dockerfile_refused", "Dockerfile", 3)
    assert "Fetch it in a RUN" in said(fault.says)


async def test_an_image_below_has_the_engine_fetch_nothing(lab: Lab, place: SimpleNamespace) -> None:
    text = f"FROM scratch\nCOPY w /w\nENV u={place.url}\nONBUILD ADD $u /x\n"
    _, image = await lab.raw(text, {"w": b"1"})
    await lab.docker.images.tag(image, f"{HERE}/trigger", tag="1")
    try:
        own = OwnImages(lab.docker, SETTINGS, lab.networks, Registries(environ={}), allowed=(f"{HERE}/trigger:1",))
        tree = FileTree({"Dockerfile": f"# why\nFROM {HERE}/trigger:1\nCMD x\n"})
        with pytest.raises(EngineFailed) as failed:
            await own.ensure(lab.project(), plan_run(tree, RunHints()), tree, lab.hear)
    finally:
        await lab.docker.images.delete(f"{HERE}/trigger:1", force=True)
    assert (failed.value.fault.code, failed.value.fault.line) == ("dockerfile_refused", 2)
    assert place.asked == []


async def test_no_registry_in_the_host_s_network_is_asked_for_an_image(lab: Lab, place: SimpleNamespace) -> None:
    for host in (f"127.0.0.1:{place.port}", f"localhost:{place.port}"):
        for line in (f"FROM {host}/x:1\n", f"{BASE}COPY --from={host}/x /x /x\n"):
            assert (await lab.failure(f"{line}CMD x\n", pull=True)).code == "base_missing"
    assert place.asked == []


async def test_an_image_that_a_person_named_is_fetched_and_goes_on_being_usable(lab: Lab) -> None:
    with registry.serving("team/base", "1", {"which": b"x" * OPEN}) as (address, _):
        name = f"{address}/team/base:1"
        tree = FileTree({"Dockerfile": f"FROM {name}\nCMD x\n"})
        try:
            for _ in range(2):
                own = OwnImages(lab.docker, SETTINGS, lab.networks, Registries(environ={}), pull=True, allowed=(name,))
                await own.ensure("p-named", plan_run(tree, RunHints()), tree, lab.hear)
        finally:
            await lab.images.remove("p-named")
            await lab.docker.images.delete(name, force=True)
    assert f"Fetching {name}" in lab.lines


async def test_what_add_is_for_goes_on_working(lab: Lab) -> None:
    inside = {"in/side": b"of the archive"}
    files: dict[str, str | bytes] = {"a.txt": "1", "b/c.txt": "2", "d.tar": packed(inside).getvalue()}
    text = f'{BASE}ENV from=b\nADD a.txt /srv/\nADD $from /srv/b\nADD ["d.tar", "/srv/d"]\nRUN cat /srv/a.txt /srv/b/c.txt /srv/d/in/side && echo\nCMD x\n'
    await lab.build(text, files)
    assert "12of the archive" in lab.lines


# What a build may write


def filled(step: int, megabytes: int) -> str:
    return f"RUN head -c {megabytes}M /dev/zero > /big{step}\n"


TOO_LARGE: Final = {
    "in several steps": (BASE + filled(1, 10) + filled(2, 10) + filled(3, 10), 4),
    "in several stages": (BASE + filled(1, 15) + BASE + filled(2, 15), 4),
    "copied by the engine": (
        BASE.replace("\n", " AS one\n") + filled(1, 15) + "FROM one\nCOPY --from=one /big1 /big2\n",
        4,
    ),
    "in one step": (BASE + "RUN head -c 200M /dev/zero > /big; sleep 30\n", 2),
    "removed afterwards": (BASE + filled(1, 15) + "RUN rm /big1\n" + filled(2, 15), 4),
}


@pytest.mark.parametrize("how", TOO_LARGE)
async def test_all_that_a_build_writes_counts_together_and_nothing_of_it_stays(lab: Lab, how: str) -> None:
    text, line = TOO_LARGE[how]
    project = lab.project()
    fault = await lab.failure(f"{text}CMD x\n", project=project, space=24 * MEGABYTE)
    assert (fault.code, fault.line) == ("build_too_large", line)
    assert "more than 24 MB together" in said(fault.says)
    assert await lab.made(project) == []


async def based(lab: Lab, change: str) -> str:
    """The name of an image that a project may stand on, an official one changed."""
    name = f"{HERE}/{lab.project()}:1"
    shown = await lab.docker.images.inspect(images.tag(Runtime.PYTHON))
    _, made = await lab.raw(f"FROM {shown['Config']['Labels'][images.BASE_LABEL]}\n{change}\n")
    await lab.docker.images.tag(made, name.rpartition(":")[0], tag="1")
    lab.left.add(name)
    return name


@pytest.mark.parametrize("whose", ["the project", "the image"])
async def test_what_a_step_writes_to_a_volume_counts(lab: Lab, whose: str) -> None:
    base, line = (BASE, "VOLUME /v\n") if whose == "the project" else (f"FROM {await based(lab, 'VOLUME /v')}\n", "")
    project = lab.project()
    text = f"{base}{line}RUN mkdir -p /v && head -c 60M /dev/zero > /v/big; sleep 30\nCMD x\n"
    allowed = (base.split()[1],)
    fault = await lab.failure(text, project=project, space=24 * MEGABYTE, allowed=allowed)
    assert fault.code == "build_too_large"
    assert await lab.made(project) == []


async def test_no_label_makes_a_step_or_an_image_pass_for_somebody_else_s(lab: Lab) -> None:
    victim, marks = lab.project(), "sayso.role=app traefik.enable=true sayso.port=x"
    line = f"LABEL sayso.instance={INSTANCE} sayso.project={victim} {marks}"
    name = await lab.build(f"{BASE}{line}\nONBUILD {line}\nRUN echo x\nCMD x\n")
    shown = (await lab.docker.images.inspect(name))["Config"]
    assert claims(shown["Labels"]) == []
    assert any("Line 2 is left out" in said for said in lab.lines)
    base = await based(lab, line)
    fault = await lab.failure(f"FROM {base}\nRUN echo x\nCMD x\n", allowed=(base,))
    assert (fault.code, fault.line) == ("dockerfile_refused", 1)
    # One that has them all the same is not found: its name is not ours.
    config = {"Image": base, "Cmd": ["true"], "HostConfig": {"NetworkMode": "none"}}
    container = await lab.docker.containers.create(config)
    try:
        slots = Slots(lab.docker, SETTINGS, lab.networks)
        assert await slots.find(victim) is None
        await slots.delete_containers(victim)
        await container.show()
        assert victim not in await running_projects(lab.docker, SETTINGS)
    finally:
        await container.delete(force=True)


async def test_archives_that_grow_are_not_unpacked_by_the_engine(lab: Lab) -> None:
    bomb = gzip.compress(bytes(300 * MEGABYTE), 1)
    fault = await lab.failure(f"FROM {lab.open}\nADD a.bin /x/\n", {"a.bin": bomb})
    assert (fault.code, fault.line) == ("dockerfile_refused", 2)
    assert "Use COPY" in said(fault.says)


# What is left behind


async def test_what_a_failed_build_made_serves_the_next_and_then_goes(lab: Lab) -> None:
    project = lab.project()
    head = BASE.replace("\n", " AS one\n") + "RUN echo made once > /a\n" + BASE + "COPY --from=one /a /a\n"
    await lab.failure(f"{head}RUN exit 3\n", project=project)
    assert await lab.made(project) != []
    lab.lines.clear()
    name = await lab.build(f"{head}RUN echo other\nCMD x\n", project=project)
    assert lab.lines.count(" ---> Using cache") >= 2
    made = await lab.made(project)
    assert [image.names for image in made if image.names] == [(name,)]
    named = await lab.docker.images.inspect(name)
    assert {image.id for image in made if image.id not in {other.parent for other in made}} >= {named["Id"]}
    await lab.images.remove(project)
    assert await lab.made(project) == []


async def test_what_is_stopped_leaves_nothing(lab: Lab) -> None:
    text = BASE + "RUN echo 1 > /a\nRUN echo started && sleep 60\nCMD x\n"
    project = lab.project()
    fault = await lab.failure(text, project=project, seconds=5)
    assert (fault.code, fault.line) == ("build_slow", 3)
    assert await lab.made(project) == []
    task = asyncio.create_task(lab.build(text, project=project))
    async with asyncio.timeout(30):
        while "started" not in lab.lines[-1:]:
            assert not task.done()
            await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await lab.made(project) == []


async def test_what_a_killed_process_was_building_goes_at_the_next_start(lab: Lab) -> None:
    project, gone = lab.project(), lab.project()
    name = await lab.build(f"{BASE}RUN echo kept\nCMD x\n", project=project)
    left = BASE.replace("\n", " AS one\n") + "RUN echo left\n" + BASE + "RUN exit 3\n"
    await lab.failure(left, project=project)
    await lab.failure(left, project=gone)
    anew = lab.own()
    removed = await anew.prune(frozenset({project}))
    assert removed != []
    assert await lab.made(gone) == []
    made = await lab.made(project)
    assert [image.names for image in made if image.names] == [(name,)]
    assert all(image.names or image.id in {other.parent for other in made} for image in made)


async def test_whose_an_image_is_cannot_be_said_by_the_project(lab: Lab) -> None:
    project, victim = lab.project(), lab.project()
    text = f"{BASE}LABEL sayso.own-image={victim} sayso.instance=other\nRUN echo mine\n{BASE}CMD x\n"
    await lab.build(text, project=project)
    assert await lab.made(victim) == []
    stage = [image for image in await lab.made(project) if not image.names]
    assert len(stage) >= 3
    await lab.images.remove(victim)
    assert len(await lab.made(project)) >= 3
    await lab.images.remove(project)
    assert await lab.made(project) == []


async def test_no_project_is_served_what_a_step_of_another_made(lab: Lab) -> None:
    text = f"{BASE}RUN head -c 8 /dev/urandom | od -An -tx1 | sed 's/^/made/'\nCMD x\n"
    for _ in range(2):
        await lab.build(text, project=lab.project())
    made = [line for line in lab.lines if line.startswith("made")]
    assert len(set(made)) == 2
