"""A project's Dockerfile: parsed as the engine parses it, and rewritten so that it can be read in one way only.

The engine gets our text, never the project's: one instruction per line, no comments, no continuations, images by their
ids, stages by our names. So a difference between its parser and this one can neither change a base image nor make the
engine fetch anything. That matters because the engine is in the host's network, which the project must not reach.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from preview_runtime.containers.dockerfiles.lines import (
    GAP,
    DockerfileRefused,
    Line,
    escape_of,
    flags_of,
    has_heredoc,
    joined,
    words_or_list,
)
from preview_runtime.containers.dockerfiles.words import Lengths, NotRead, filled, quoted_words
from preview_runtime.phrases import Phrase

__all__ = ["BaseImage", "Dockerfile", "DockerfileRefused", "Instruction", "harmless_trigger", "read"]

# Passed on unchanged: they set metadata of the image, or start programs in a container.
_PLAIN: Final = frozenset(
    [
        "ARG",
        "CMD",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "MAINTAINER",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "WORKDIR",
    ]
)
# Left out. The engine copies an image's labels to its containers, where our labels name the owner. It also makes the
# image's volumes, and files written there are not counted.
_LEFT_OUT: Final = frozenset(["LABEL", "VOLUME"])
_CHANGES: Final = frozenset(["ADD", "COPY", "RUN", "WORKDIR"])
_LARGEST: Final = 200_000
_MOST: Final = 500
_LONGEST: Final = 60_000  # bytes: the parser accepts lines below 65,536
_STAGE: Final = re.compile(r"[a-z][a-z0-9_.-]*")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
_IMAGE: Final = re.compile(r"(?!.*//)[A-Za-z0-9][A-Za-z0-9._/:@-]{0,400}")
# A trigger in a base image runs unchanged, so every parser has to read it in the same way.
_TRIGGER: Final = re.compile(
    r"(?:RUN|CMD|ENTRYPOINT|WORKDIR|EXPOSE|USER) (?!--)[ -~]*[^\\\s]|COPY(?: [\w./][\w./-]*)+", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its line (from 1), its name in capitals, and its text on one line."""

    line: int
    name: str
    text: str
    stage: int = -1
    """The number of its stage; -1 before the first FROM."""
    base: str = ""
    """The image whose id replaces `{base}` in `text`, if the instruction names one."""
    sources: int = 0
    """The number of sources of an ADD."""
    written: str = ""
    """Its text in the project's file, with continued lines joined."""

    @property
    def left_out(self) -> bool:
        """Whether it is kept from the engine."""
        return not self.text


@dataclass(frozen=True, slots=True)
class BaseImage:
    """A foreign image that a Dockerfile uses, as written there and with its variables filled in."""

    line: int
    written: str
    name: str


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A parsed Dockerfile; `steps` are in the engine's order, `bases` without `scratch` and the file's own stages."""

    escape: str
    steps: tuple[Instruction, ...]
    bases: tuple[BaseImage, ...]

    def written(self, images: Mapping[str, str], labels: Mapping[str, str], last: Sequence[str] = ()) -> str:
        """The text for the engine: `images` maps the names of `bases` to ids; `last` are instructions at the end.

        `labels` are put on top of each stage, so that everything that a build leaves behind has them.
        """
        lines = ["# escape=`"] if self.escape == "`" else []
        label = "LABEL " + " ".join(f"{key}={json.dumps(value)}" for key, value in labels.items())
        for step in self.steps:
            if step.left_out:
                continue
            # Our option is the first: options of COPY stand before the project's arguments.
            lines.append(step.text.replace("{base}", images[step.base], 1) if step.base else step.text)
            if step.name == "FROM" and labels:
                lines.append(label)
        return "\n".join([*lines, *last, ""])

    def shown(self, labels: bool = True) -> list[Instruction | None]:
        """For each line of `written` that the engine counts as a step: its instruction, None for a step of our own."""
        found: list[Instruction | None] = []
        for step in self.steps:
            if step.left_out:
                continue
            found += [step, None] if step.name == "FROM" and labels else [step]
        return found

    def pauses(self) -> list[int]:
        """The steps, as `shown` counts them from 1, before which the image so far has to be checked.

        Before a command runs, and where an owner's number is looked up, the engine itself reads files of the image; at
        a stage's end, others may be based on it. An image that has just come from a base is known already.
        """
        found: list[int] = []
        changed = False
        for number, step in enumerate(self.shown(), 1):
            if step is None or step.name not in ("FROM", *_CHANGES):
                continue
            if changed and (step.name in ("FROM", "RUN") or "--chown=" in step.text):
                found.append(number)
            changed = step.name != "FROM"
        return found

    def until(self, text: str, step: int) -> str:
        """The beginning of `text`, as `written` gave it, with all steps before `step`."""
        lines = text.split("\n")
        return "\n".join([*lines[: step - 1 + (self.escape == "`")], ""])


def read(text: str) -> Dockerfile:
    """Read a Dockerfile. Raises `DockerfileRefused` with the line that is not understood or not allowed."""
    return _Reader(text).whole()


def harmless_trigger(text: str) -> bool:
    """Whether an ONBUILD instruction of a base image neither fetches nor reads another image."""
    return bool(_TRIGGER.fullmatch(text)) and not has_heredoc(text)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._escape = escape_of(text[:_LARGEST])
        self._known: dict[str, str] = {}  # ARG before the first FROM; only these are known in a FROM
        self._stages: dict[str, int] = {}
        self._count = 0
        self._bases: list[BaseImage] = []
        self._triggers: set[int] = set()  # stages whose ONBUILD steps the engine would run in one go
        self._lengths = Lengths(self._escape)

    def whole(self) -> Dockerfile:
        if len(self._text) > _LARGEST:
            raise DockerfileRefused(1, Phrase("fault.dockerfile_refused.long", {"most": _LARGEST}))
        steps: list[Instruction] = []
        for line in joined(self._text, self._escape):
            if len(line.text.encode(errors="replace")) > _LONGEST:
                raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.long_instruction"))
            step = self._instruction(line)
            if re.search(r"[\n\0]", step.text) or step.text.rstrip(" \t").endswith(self._escape):
                raise DockerfileRefused(
                    line.number, Phrase("fault.dockerfile_refused.ending", {"character": self._escape})
                )
            if len(steps) == _MOST:
                raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.many", {"most": _MOST}))
            steps.append(replace(step, written=line.text))
        if not self._count:
            raise DockerfileRefused(0, Phrase("fault.dockerfile_refused.no_from"))
        return Dockerfile(self._escape, tuple(steps), tuple(self._bases))

    def _instruction(self, line: Line) -> Instruction:
        name, rest = self._split(line)
        if name == "FROM":
            return self._from(line, rest)
        if not self._count and name != "ARG":
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.before_from"))
        if name == "ONBUILD":
            return self._onbuild(line, rest)
        step = self._inner(line, name, rest)
        if name == "ARG" and not self._count:
            self._learn(rest)
        return step

    def _split(self, line: Line) -> tuple[str, str]:
        name, *rest = GAP.split(line.text, maxsplit=1)
        if not re.fullmatch(r"[A-Za-z]+", name):
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.no_instruction", {"name": name[:40]}))
        return name.upper(), "".join(rest)

    def _inner(self, line: Line, name: str, rest: str) -> Instruction:
        if name != "RUN" and not self._lengths.fit(name, rest):
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.long_variables"))
        if name in _LEFT_OUT:
            return Instruction(line.number, name, "", self._count - 1)
        if name in _PLAIN:
            return Instruction(line.number, name, f"{name} {rest}", self._count - 1)
        if name in ("RUN", "COPY", "ADD") and has_heredoc(rest):
            message = Phrase("fault.dockerfile_refused.heredoc")
            raise DockerfileRefused(line.number, message)
        if name == "RUN":
            return self._run(line, rest)
        if name in ("COPY", "ADD"):
            return self._copy(line, name, rest)
        raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.instruction", {"name": name}))

    def _run(self, line: Line, rest: str) -> Instruction:
        flags, command = flags_of(line, rest)
        if flags or command.startswith("--"):
            option = (flags or [command])[0].partition("=")[0]
            raise DockerfileRefused(
                line.number, Phrase("fault.dockerfile_refused.option", {"name": "RUN", "option": option})
            )
        return Instruction(line.number, "RUN", f"RUN {command}", self._count - 1)

    def _from(self, line: Line, rest: str) -> Instruction:
        flags, arguments = flags_of(line, rest)
        # The platform is always the engine's own, whatever the file says: the image is named by its id.
        if any(not flag.startswith("--platform=") for flag in flags) or len(flags) > 1:
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.from_option"))
        words = GAP.split(arguments)
        if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.from_image"))
        number, self._count = self._count, self._count + 1
        name = self._value(line, words[0])
        base = ""
        if name.lower() in self._stages:
            image = f"s{self._stages[name.lower()]}"
            if self._stages[name.lower()] in self._triggers:
                message = Phrase("fault.dockerfile_refused.later_steps")
                raise DockerfileRefused(line.number, message)
        elif name == "scratch":
            image = name
        else:
            image, base = "{base}", self._base(line, words[0], name)
        if len(words) == 3:
            stage = words[2].lower()
            if not words[2].isascii() or not _STAGE.fullmatch(stage) or stage in self._stages:
                message = Phrase("fault.dockerfile_refused.stage", {"name": words[2][:40]})
                raise DockerfileRefused(line.number, message)
            self._stages[stage] = number
        return Instruction(line.number, "FROM", f"FROM {image} AS s{number}", number, base)

    def _copy(self, line: Line, name: str, rest: str) -> Instruction:
        flags, arguments = flags_of(line, rest)
        given = dict(flag.split("=", 1) for flag in flags)
        allowed = {"--chown", "--from"} if name == "COPY" else {"--chown"}
        if other := sorted(given.keys() - allowed):
            raise DockerfileRefused(
                line.number, Phrase("fault.dockerfile_refused.option", {"name": name, "option": other[0]})
            )
        words, listed = words_or_list(line, arguments)
        if len(given) < len(flags) or len(words) < 2 or words[0].startswith("--"):
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.sources", {"name": name}))
        text, base = name, ""
        if "--from" in given:
            source, base = self._source(line, given["--from"])
            text += f" --from={source}"
        if owner := given.get("--chown"):
            if not re.fullmatch(r"[\w.$:{}-]+", owner, re.ASCII):
                raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.owner", {"owner": owner}))
            text += f" --chown={owner}"
        if name == "ADD":
            # A path with ./ at its start is in the context, whatever its variables stand for.
            words = [f"./{self._local(line, word)}" for word in words[:-1]] + words[-1:]
        arguments = json.dumps(words) if listed else " ".join(words)
        sources = len(words) - 1 if name == "ADD" else 0
        return Instruction(line.number, name, f"{text} {arguments}", self._count - 1, base, sources)

    def _source(self, line: Line, name: str) -> tuple[str, str]:
        """The target of `--from`: a stage by name or number, or an image."""
        stage = self._stages.get(name.lower()) if name.isascii() else None
        # A stage sees the stages before it, by name too.
        if stage is not None and stage < self._count - 1:
            return str(stage), ""
        if _NUMBER.fullmatch(name):
            number = int(name) if len(name) < 10 else -1
            if not 0 <= number < self._count - 1:
                raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.from_later", {"name": name}))
            return str(number), ""
        if stage is not None:
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.from_itself", {"name": name}))
        return "{base}", self._base(line, name, name)

    def _local(self, line: Line, source: str) -> str:
        if "://" in source or source.lower().startswith("git@"):
            message = Phrase("fault.dockerfile_refused.fetch")
            raise DockerfileRefused(line.number, message)
        return re.sub(r"^(?:\.?/)+", "", source)

    def _onbuild(self, line: Line, rest: str) -> Instruction:
        name, inner = self._split(Line(line.number, rest))
        # It runs later and is parsed on its own: with a backslash as its escape, and with the stages of that build.
        if name in ("ONBUILD", "FROM", "MAINTAINER") or self._escape != "\\":
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.onbuild", {"name": name}))
        step = self._inner(line, name, inner)
        if "--from" in step.text.partition(" ")[2] and name == "COPY":
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.onbuild_copy"))
        text = "" if step.left_out else f"ONBUILD {step.text}"
        if name == "RUN" or "--chown" in step.text:
            self._triggers.add(self._count - 1)
        return Instruction(line.number, "ONBUILD", text, step.stage, sources=step.sources)

    def _learn(self, rest: str) -> None:
        for word in quoted_words(rest, self._escape):
            name, equals, value = word.partition("=")
            if equals:
                try:
                    self._known[name] = filled(value, self._known, self._escape)
                except NotRead:
                    # Deliberately no valid image name: a FROM that uses it is refused with its own line.
                    self._known[name] = "?"
            else:
                self._known.pop(name, None)

    def _value(self, line: Line, word: str) -> str:
        try:
            value = filled(word, self._known, self._escape)
        except NotRead as error:
            raise DockerfileRefused(
                line.number, Phrase("fault.dockerfile_refused.from_word", {"word": word[:80], "reason": error.says})
            ) from error
        if value and not _IMAGE.fullmatch(value):
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.from_name", {"word": word[:80]}))
        return value

    def _base(self, line: Line, written: str, name: str) -> str:
        if not _IMAGE.fullmatch(name):
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.image", {"word": written[:80]}))
        self._bases.append(BaseImage(line.number, written, name))
        return name
