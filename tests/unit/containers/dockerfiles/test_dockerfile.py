"""What a project's own Dockerfile stands on, how it is read, and which files it is given."""

from __future__ import annotations

import contextlib
import random

import pytest

from builder.texts import said
from preview_runtime.containers.docker.labels import claims, port_of
from preview_runtime.containers.dockerfiles.context import context_of
from preview_runtime.containers.dockerfiles.dockerfile import Dockerfile, DockerfileRefused, harmless_trigger, read
from preview_runtime.containers.dockerfiles.dockerignore import TooManyRules, context_filter
from preview_runtime.containers.dockerfiles.steps import Steps
from preview_runtime.file_tree import FileTree
from tests.dockerfile_forms import READ, REFUSED
from tests.pace import no_longer_than
from tests.telling import tells

TEXT = """# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:${VERSION}-slim AS build
RUN echo one && \\
    # in between
    echo two
COPY --from=node:22 /usr/local/bin/node /bin/
FROM --platform=linux/amd64 python:${VERSION}-slim
COPY --from=build /x /x
COPY --from=0 /y /y
CMD ["true"]
"""
IMAGES = {"python:3.12-slim": "sha256:aa", "node:22": "sha256:bb"}


def written(dockerfile: Dockerfile) -> list[str]:
    images = {base.name: f"<{base.name}>" for base in dockerfile.bases}
    return dockerfile.written(images, {}).splitlines()


def test_the_images_it_takes_from_elsewhere_are_found_with_their_lines() -> None:
    assert [(base.line, base.name) for base in read(TEXT).bases] == [
        (3, "python:3.12-slim"),
        (7, "node:22"),
        (8, "python:3.12-slim"),
    ]
    assert read("FROM scratch\nCOPY a /\n").bases == ()


def test_steps_are_counted_as_the_engine_counts_them() -> None:
    assert [(step.name, step.line) for step in read(TEXT).steps][:4] == [
        ("ARG", 2),
        ("FROM", 3),
        ("RUN", 4),
        ("COPY", 7),
    ]


def test_the_engine_is_given_a_text_with_one_reading() -> None:
    assert read(TEXT).written(IMAGES, {"a.b": "c"}, ["COPY x /y"]).splitlines() == [
        "ARG VERSION=3.12",
        "FROM sha256:aa AS s0",
        'LABEL a.b="c"',
        "RUN echo one &&     echo two",
        "COPY --from=sha256:bb /usr/local/bin/node /bin/",
        "FROM sha256:aa AS s1",
        'LABEL a.b="c"',
        "COPY --from=0 /x /x",
        "COPY --from=0 /y /y",
        'CMD ["true"]',
        "COPY x /y",
    ]


def test_each_step_of_that_text_is_told_by_the_instruction_it_came_from() -> None:
    assert [step and (step.line, step.written) for step in read(TEXT).shown()][:5] == [
        (2, "ARG VERSION=3.12"),
        (3, "FROM python:${VERSION}-slim AS build"),
        None,
        (4, "RUN echo one &&     echo two"),
        (7, "COPY --from=node:22 /usr/local/bin/node /bin/"),
    ]


def test_labels_and_volumes_are_left_out_and_the_steps_keep_their_numbers() -> None:
    text = "FROM python:3\nLABEL a=b\nONBUILD LABEL c=d\nlabel \\\n e=f\nVOLUME /v\nONBUILD VOLUME /w\nRUN x\n"
    found = read(text)
    assert found.written({"python:3": "i"}, {"ours": "o"}).splitlines() == ["FROM i AS s0", 'LABEL ours="o"', "RUN x"]
    assert [(step.name, step.line) for step in found.steps if step.left_out] == [
        ("LABEL", 2),
        ("ONBUILD", 3),
        ("LABEL", 4),
        ("VOLUME", 6),
        ("ONBUILD", 7),
    ]
    assert [step and step.line for step in found.shown()] == [1, None, 8]
    assert Steps(found).shown(3) == "Step 7/7 : RUN x"


@pytest.mark.parametrize(
    ("key", "claimed"),
    [
        ("sayso.project", True),
        ("Sayso.Role", True),
        ("TRAEFIK.http.routers.x.rule", True),
        ("sayso.port", True),
        ("sayso.stand-in", False),
        ("sayso.image", False),
        ("org.opencontainers.image.title", False),
    ],
)
def test_an_image_claims_no_place_with_its_labels(key: str, claimed: bool) -> None:
    assert claims({key: "x"}) == ([key] if claimed else [])


@pytest.mark.parametrize(("text", "port"), [("8000", 8000), ("x", 0), ("-1", 0), ("\u0665", 0), ("", 0)])
def test_a_port_in_a_label_is_a_number_or_none(text: str, port: int) -> None:
    assert port_of({"sayso.port": text}) == port


@pytest.mark.parametrize(("text", "lines"), READ)
def test_a_form_is_read_as_docker_reads_it(text: str, lines: list[str]) -> None:
    dockerfile = read(text)
    assert written(dockerfile) == lines
    assert written(read(dockerfile.written({base.name: base.name for base in dockerfile.bases}, {}))) == lines


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_what_is_not_read_or_not_allowed_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(DockerfileRefused) as refused:
        read(text)
    assert refused.value.line == line
    assert said(refused.value.says).endswith((".", "instead."))


def test_there_are_enough_forms() -> None:
    assert len(READ) + len(REFUSED) >= 80


@pytest.mark.parametrize(
    ("trigger", "harmless"),
    [
        ("RUN pip install -r requirements.txt", True),
        ("COPY . /app", True),
        ("COPY package.json ./", True),
        ("WORKDIR /app", True),
        ("ADD . /app", False),
        ("ADD http://127.0.0.1/x /x", False),
        ("ADD $URL /x", False),
        ("COPY --from=private /x /x", False),
        ("COPY\t--from=private /x /x", False),
        ("COPY http://127.0.0.1/x /x", False),
        ("RUN --mount=from=private true", False),
        ("RUN true \\", False),
        ("RUN true\nADD http://127.0.0.1/x /x", False),
        ("RUN cat <<EOF", False),
        ("# escape=`", False),
        ("run true", False),
    ],
)
def test_a_step_that_an_image_brings_along_is_run_only_where_it_fetches_nothing(trigger: str, harmless: bool) -> None:
    assert harmless_trigger(trigger) is harmless


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n" + "ENV A=$A$A\n" * 40,
        "FROM a\n" + "ENV A $A$A\n" * 40,
        "FROM a\n" + 'ENV "A"=$A$A\n' * 40,
        "ARG A=xxxxxxxxxx\n" + "ARG A=$A$A\n" * 40 + "FROM a$A",
        "FROM a\nARG A=1\n" + "ARG A=${A:-$A}${A}\n" * 40,
        "FROM a\nENV A=" + "x" * 50_000 + "\nENV x=" + "$A" * 20_000,
    ],
)
def test_variables_do_not_grow_without_bounds_in_the_engine(text: str) -> None:
    with tells(DockerfileRefused, "too long"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "#" + " " * 190_000 + "\nFROM a",
        "# escape" + " " * 190_000 + "x\nFROM a",
        "FROM a\nRUN " + "\\ " * 25_000 + "x",
        "FROM a\n" + "RUN \\\n" * 30_000,
        "FROM a\nADD " + "a" * 50_000 + " /",
        "FROM " + "${a:-" * 10_000,
        "FROM a\nRUN " + "<" * 50_000 + " '" * 4_000,
        "FROM a\nCOPY " + "[" * 50_000,
        "FROM a\n" + "ENV a=b\n" * 100_000,
        "FROM a\n" * 1000,
    ],
)
def test_a_text_made_to_be_slow_is_read_quickly(text: str) -> None:
    with no_longer_than(100), contextlib.suppress(DockerfileRefused):
        read(text)


@pytest.mark.parametrize(
    ("rules", "path", "sent"),
    [
        ("", "a.py", True),
        ("*.log", "x.log", False),
        ("*.log", "logs/x.log", True),
        ("**/*.log", "logs/x.log", False),
        ("logs", "logs/deep/x", False),
        ("/logs/", "logs/x", False),
        ("# logs", "logs", True),
        ("*\n!keep.txt", "keep.txt", True),
        ("*\n!keep.txt", "other.txt", False),
        ("docs\n!docs/a.md", "docs/a.md", True),
        ("!a\na", "a", False),
        ("a?c", "abc", False),
        ("[ab].txt", "b.txt", False),
        ("./node_modules", "node_modules/x/y", False),
        ("a*b*c*d", "aXbYcZd", False),
        ("a*b*c*d", "aXbYcZd/below", False),
        ("a*b*c*d", "aXb/YcZd", True),
        ("a*b*c*d", "aXbYcZe", True),
        ("**/*a*b*", "x/y/1a2b3", False),
        ("**/*a*b*", "1a2b3", False),
        ("**/*a*b*/c", "x/ab/c/d", False),
        ("**/*a*b*/c", "x/ab/d", True),
        ("a**b**c**d", "a/b/c/d", False),
        ("**/**/**/x", "x", False),
        ("**/**/**/x", "y/xx", True),
        ("*[ab]*?*c", "1a2c", False),
        ("*[ab]*?*c", "1ac", True),
        ("***", "x/y", False),
    ],
)
def test_dockerignore_is_read_as_docker_reads_it(rules: str, path: str, sent: bool) -> None:
    assert context_filter(rules)(path) is sent


def test_rules_made_to_be_slow_are_read_quickly() -> None:
    rules = ["*a" * 100 + "b", "**/" + "*a" * 50 + "b", "**a" * 60 + "b", "a" * 100_000, *["**/x"] * 100_000]
    with no_longer_than(100):
        sent = context_filter("\n".join(rules))
        assert sum(sent(f"{'a' * 190}{number}") for number in range(100)) == 100


def test_a_build_is_given_the_files_of_the_dockerfiles_folder() -> None:
    tree = FileTree({"api/Dockerfile": "FROM scratch", "api/a": "1", "api/.dockerignore": "b", "api/b": "2", "c": "3"})
    context = context_of(tree, "api/Dockerfile")
    assert (context.path, sorted(context.files)) == ("Dockerfile", [".dockerignore", "Dockerfile", "a"])
    aside = context_of(FileTree({"docker/Dockerfile": "FROM scratch", "a": "1"}), "docker/Dockerfile")
    assert (aside.path, sorted(aside.files)) == ("docker/Dockerfile", ["a", "docker/Dockerfile"])


def test_a_rule_means_the_same_however_many_wildcards_it_has() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        rule = "".join(chance.choice(("a", "b", "/a", "*", "?", "[ab]", "a/")) for _ in range(chance.randint(1, 5)))
        path = "/".join("".join(chance.choices("ab", k=chance.randint(1, 3))) for _ in range(chance.randint(1, 3)))
        few, many = context_filter(f"**/{rule}"), context_filter(f"**/**/**/{rule}")
        assert few(path) is many(path), (rule, path)


@pytest.mark.parametrize(
    "words",
    [
        "${x:-<<}EOF",
        "<${x:-}<EOF",
        "<${x:+y}<EOF",
        "${x:-<}${x:-<}EOF",
        "<${x:-}${y:-}<EOF",
        "${x:-a <}<EOF",
        "<${x:+${y}}<E",
    ],
)
def test_no_variable_puts_a_here_document_together(words: str) -> None:
    with tells(DockerfileRefused, "here-document"):
        read(f"FROM a\nRUN cat {words}\n")


@pytest.mark.parametrize(
    "words",
    [
        "cat < $FILE",
        "cat <${FILE}",
        "cat <${FILE:-x} && cat <y",
        'x="$(cat <file)"',
        "cat <$A >$B",
        '"${A:-<none>}"',
        "diff <(a $x) <(b)",
    ],
)
def test_what_a_shell_reads_from_a_file_is_no_here_document(words: str) -> None:
    assert read(f"FROM a\nRUN {words}\n").steps[1].text == f"RUN {words}"


@pytest.mark.parametrize("rule", ["**a**a**a*b", "**a**b", "*a*a*a*a*b"])
def test_ignore_rules_that_take_minutes_are_refused(rule: str) -> None:
    sent = context_filter("# many\n" + "\n".join(f"{rule}{n}" for n in range(1000)))
    paths = [f"{'a' * 60}/{'a' * 60}/{'a' * 60}/{n:04d}" for n in range(2000)]
    with pytest.raises(TooManyRules) as refused:
        list(map(sent, paths))
    assert refused.value.line > 1


def test_a_large_project_s_honest_ignore_rules_are_kept() -> None:
    sent = context_filter(
        "\n".join([f"**/*.ext{n}" for n in range(100)] + ["node_modules", "**/cache/**", "!keep/*.md"])
    )
    assert sum(sent(f"src/components/pages/part-{n}/file-{n}.tsx") for n in range(2000)) == 2000
