#!/usr/bin/env python3
"""Starts Chromium for tests: `chromium.py [--still] PROGRAM ARGUMENT…`

Each of its windows loads the pages of its address bar into a process of their own: twice what opening a page takes, for
nothing that a test looks at. They are left out.

--still: it cannot see the machine's networks change. Containers of tests beside these bring and take networks, and
Chromium ends whatever it loads at each change. Where it may not listen to the kernel (AF_NETLINK) it takes the network
as it is. Elsewhere than on Linux it just runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import socket
import struct
import sys
from collections.abc import Iterable, Iterator

_OFF = "--disable-features="
_ADDRESS_BAR = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
_AUDIT = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # the machine's mark, its number of socket(2)
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # prctl(2)
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # of linux/bpf_common.h: a word, a comparison, the end
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 97  # EAFNOSUPPORT


def refuse_netlink() -> None:
    """From here on this process and all it starts get no netlink socket. Raises OSError, KeyError where it cannot."""
    mark, number = _AUDIT[platform.machine()]
    program = b"".join(
        struct.pack("=HBBI", *step)
        for step in (
            (_LOAD, 0, 0, 4),  # seccomp_data.arch
            (_EQUAL, 0, 5, mark),
            (_LOAD, 0, 0, 0),  # .nr
            (_EQUAL, 0, 3, number),
            (_LOAD, 0, 0, 16),  # .args[0]
            (_EQUAL, 0, 1, int(socket.AF_NETLINK)),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    steps = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog
    filter_ = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, _FILTER, filter_, 0, 0):
        raise OSError(ctypes.get_errno(), "no filter")


def without_address_bar(arguments: Iterable[str]) -> Iterator[str]:
    """The same, with more turned off. Chromium hears the last list alone, and Playwright has one too: that is added to."""
    for argument in arguments:
        yield f"{argument},{_ADDRESS_BAR}" if argument.startswith(_OFF) else argument


if __name__ == "__main__":
    _, *arguments = sys.argv
    if arguments[0] == "--still":
        del arguments[0]
        with contextlib.suppress(OSError, KeyError, AttributeError):
            refuse_netlink()
    os.execv(arguments[0], [*without_address_bar(arguments)])
