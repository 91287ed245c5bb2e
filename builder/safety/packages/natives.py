"""Packages that lack their program where no install script runs: they build or fetch it by a script at their install.

A program that comes as a package of its own for each system (esbuild, sharp) or in the package itself (bcrypt 6, argon2,
better-sqlite3 13) needs no script. Which versions have one is read from their manifests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from semantic_version import NpmSpec, Version

from builder.safety.packages.shapes import Ecosystem, Facts, Wanted

# What fetches or builds a program where none is in the package (https://docs.npmjs.com/cli/using-npm/scripts).
# `node-gyp-build` looks first for one that is.
_BUILDS: Final = re.compile(r"\bnode-gyp\b(?!-build)|\bprebuild-install\b|\bnode-pre-gyp\b|\bcmake-js\b")
_IN_THE_PACKAGE: Final = re.compile(r"\bnode-gyp-build\b|\bprebuildify\b")
_HOOKS: Final = ("preinstall", "install", "postinstall")


@dataclass(frozen=True, slots=True)
class Native:
    """`instead`: a package with the same calls that needs no script, "" for none; `rather`: what else does the same, in
    code. `always`: each version fetches its program, by a script of its own that no manifest tells apart."""

    instead: str = ""
    rather: str = ""
    always: bool = False


# Installed without scripts and loaded, with bun 1.4 and Node 24 on Linux, in November 2026: these did not load, or have
# nothing to start. Those that are not here are known by their manifests.
NATIVES: Final[Mapping[str, Native]] = {
    "@tensorflow/tfjs-node": Native("@tensorflow/tfjs", always=True),
    "bcrypt": Native("bcryptjs"),
    "better-sqlite3": Native(rather="node:sqlite"),
    "canvas": Native("@napi-rs/canvas"),
    "duckdb": Native(rather="@duckdb/node-api"),
    "ffmpeg-static": Native(always=True),
    "libxmljs": Native(rather="fast-xml-parser"),
    "libxmljs2": Native(rather="fast-xml-parser"),
    "node-pty": Native(always=True),
    "node-sass": Native("sass", always=True),
    "pg-native": Native("pg", always=True),
    "puppeteer": Native(always=True),
    "re2": Native(always=True),
    "sqlite3": Native(rather="node:sqlite"),
}


def native(ecosystem: Ecosystem, name: str) -> Native | None:
    """What is known of a package of which some version lacks its program without a script; None for all others."""
    return NATIVES.get(name) if ecosystem is Ecosystem.NPM else None


def lacks_program(wanted: Wanted, facts: Facts | None) -> bool:
    """Whether the version that is asked for would be installed without its program; False where that is not known."""
    known = native(wanted.ecosystem, wanted.name)
    if known is not None and known.always:
        return True
    if facts is None or not facts.scripted:
        return False
    return _chosen(wanted.asked, facts) in facts.scripted


def brings_it_along(facts: Facts | None) -> str:
    """The newest version, where that needs no script; "" where it does, or none is known."""
    return facts.newest if facts is not None and facts.newest and facts.newest not in facts.scripted else ""


def makes_its_program(manifest: Mapping[str, Any]) -> bool:
    """Whether a version of an npm package, by its `manifest`, has no program without its install script."""
    scripts = manifest.get("scripts") or {}
    told = " && ".join(str(scripts[hook]) for hook in _HOOKS if isinstance(scripts, dict) and scripts.get(hook))
    return bool(_BUILDS.search(told)) and not _IN_THE_PACKAGE.search(told)


def _chosen(asked: str, facts: Facts) -> str:
    """The version of a package with scripts that an installer takes: the newest one that fits, as far as it is known."""
    if asked in facts.scripted or asked == facts.newest:
        return asked
    try:
        fits = NpmSpec(asked or "*")
        versions = sorted(Version(one) for one in (*facts.scripted, facts.newest) if one)
    except ValueError:  # a tag, which is mostly the newest one
        return facts.newest
    if facts.newest and Version(facts.newest) in fits:
        return facts.newest
    return next((str(one) for one in reversed(versions) if one in fits), "")
