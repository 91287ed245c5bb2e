"""What a project's own Dockerfile stands on, and which files it is given."""

from __future__ import annotations

import pytest

from preview_runtime.containers.dockerfile import bases, instructions, with_bases
from preview_runtime.containers.dockerignore import context_filter
from preview_runtime.containers.own_images import context_of
from preview_runtime.file_tree import FileTree

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


def test_the_images_it_takes_from_elsewhere_are_found_with_their_lines() -> None:
    assert [(base.line, base.name) for base in bases(TEXT)] == [
        (3, "python:3.12-slim"),
        (7, "node:22"),
        (8, "python:3.12-slim"),
    ]
    assert bases("FROM scratch\nCOPY a /\n") == []


def test_steps_are_counted_as_the_engine_counts_them() -> None:
    assert [(step.name, step.line) for step in instructions(TEXT)][:4] == [
        ("ARG", 2),
        ("FROM", 3),
        ("RUN", 4),
        ("COPY", 7),
    ]


def test_another_image_takes_a_base_s_place_and_every_line_stays() -> None:
    changed = with_bases(TEXT, {"python:${VERSION}-slim": "ours:1", "node:22": "ours:2"})
    lines = changed.splitlines()
    assert lines[2] == "FROM ours:1 AS build"
    assert lines[6] == "COPY --from=ours:2 /usr/local/bin/node /bin/"
    assert lines[7] == "FROM --platform=linux/amd64 ours:1"
    assert len(lines) == len(TEXT.splitlines())


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
    ],
)
def test_dockerignore_is_read_as_docker_reads_it(rules: str, path: str, sent: bool) -> None:
    assert context_filter(rules)(path) is sent


def test_a_build_is_given_the_files_of_the_dockerfiles_folder() -> None:
    tree = FileTree({"api/Dockerfile": "FROM scratch", "api/a": "1", "api/.dockerignore": "b", "api/b": "2", "c": "3"})
    context = context_of(tree, "api/Dockerfile")
    assert (context.path, sorted(context.files)) == ("Dockerfile", [".dockerignore", "Dockerfile", "a"])
    aside = context_of(FileTree({"docker/Dockerfile": "FROM scratch", "a": "1"}), "docker/Dockerfile")
    assert (aside.path, sorted(aside.files)) == ("docker/Dockerfile", ["a", "docker/Dockerfile"])
