"""The user of the computer that an app's processes are: one of its own for every app.

The kernel counts much by the user and not by the container: inotify instances and watches, timers and waiting signals
(RLIMIT_SIGPENDING), keys, POSIX message queues, pages in pipes. Who shares a user with others takes these from them.

The number follows from the name of the app's volume, so nothing is stored: a restart of ours, a container that was made
in advance and a terminal come to the same. The group is one for all: the kernel counts nothing by it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

OURS: Final = 10001
"""The user of programs of ours in containers (proofs, databases), and the group of all."""
ACCOUNTS_FOLDER: Final = "/etc/sayso"
"""Where a container has the names of users, in a volume of its own that the administrator owns: the images' /etc/passwd
leads there. It is read as each process of a container begins, by the engine's own program: at a pipe in its place that
would wait for ever, and the container could neither be looked at nor ended any more."""


@dataclass(frozen=True, slots=True)
class Users:
    """The numbers that apps are given: `count` of them from `first` on."""

    first: int
    count: int

    def of(self, title: str) -> int:
        """The user of what is called `title` in the engine. Among 100 apps at once two share one with a probability of
        0.002 % (`WIDE`), or 12 % (`MAPPED`); they are then no better off than with one user for all."""
        told = hashlib.sha256(title.encode()).digest()
        return self.first + int.from_bytes(told[:8], "big") % self.count


# What systemd's table of users has as unused, on any computer (https://systemd.io/UIDS-GIDS/).
WIDE: Final = Users(1_879_048_192, 268_304_384)
# In an engine that has a range of 65,536 users only, because it maps them (userns-remap) or runs without an
# administrator: above those that images have themselves.
MAPPED: Final = Users(20_000, 40_000)


def account(user: int) -> str:
    """The user as the engine is told: number and group."""
    return f"{user}:{OURS}"


def passwd(user: int) -> str:
    """The text of /etc/passwd: frameworks ask for the name and the home of who they are (`os.userInfo()`, `getpwuid`)."""
    return (
        "root:x:0:0:root:/root:/bin/sh\n"
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
        f"app:x:{user}:{OURS}::/app:/bin/sh\n"
    )
