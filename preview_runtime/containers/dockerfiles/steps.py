"""Translates the engine's steps of a build to the project's Dockerfile."""

from __future__ import annotations

from preview_runtime.containers.dockerfiles.dockerfile import Dockerfile, Instruction


class Steps:
    """Maps the engine's step numbers to the project's instructions; our own steps are not shown."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self._shown = dockerfile.shown()
        self._steps = dockerfile.steps

    def _instruction(self, step: int) -> Instruction | None:
        return self._shown[step - 1] if 0 < step <= len(self._shown) else None

    def ours(self, step: int) -> bool:
        return step > 0 and self._instruction(step) is None

    def line(self, step: int) -> int:
        found = self._instruction(step)
        return found.line if found else 0

    def copies(self, step: int) -> bool:
        found = self._instruction(step)
        return bool(found and found.name in ("ADD", "COPY"))

    def copy_later(self, step: int) -> bool:
        """Whether a step after `step` makes the engine copy from a stage."""
        later = (found for found in self._shown[step:] if found and found.name == "COPY")
        return any(found.text.startswith("COPY --from=") and not found.base for found in later)

    def line_before(self, step: int) -> int:
        """The line of the last step up to `step` that belongs to the project."""
        return next((line for one in range(step, 0, -1) if (line := self.line(one))), 0)

    def shown(self, step: int) -> str:
        """The line that announces a step to the person, "" for a step of our own."""
        found = self._instruction(step)
        number = self._steps.index(found) + 1 if found else 0
        return f"Step {number}/{len(self._steps)} : {found.written}" if found else ""
