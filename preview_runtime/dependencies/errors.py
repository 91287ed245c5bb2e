"""Errors of preparing a set of npm packages."""

from __future__ import annotations

from typing import Literal, TypeAlias

from preview_runtime.phrases import Phrase

DependencyCode: TypeAlias = Literal[
    "package_missing",
    "version_missing",
    "offline",
    "time_out",
    "too_large",
    "specifier_refused",
    "settings_refused",
    "install_failed",
    "bundle_failed",
]


class DependencyError(Exception):
    """A set that cannot be served.

    `says` is the message for the person, `package` the npm name at fault ("" for none in particular), `suggestion` a
    package that was probably meant; `detail` is for the log and holds the tool's last lines.
    """

    def __init__(
        self, code: DependencyCode, says: Phrase, package: str = "", *, suggestion: str = "", detail: str = ""
    ) -> None:
        super().__init__(str(says))
        self.code: DependencyCode = code
        self.says = says
        self.package = package
        self.suggestion = suggestion
        self.detail = detail
