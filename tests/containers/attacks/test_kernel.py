"""An app asks the kernel for more than it may have: it is refused, and goes on with what it has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.containers.attacks.builder import App, Builder

# `call(name, *arguments)` gives the name of the error, or "possible".
CALLS = """
import ctypes, errno, glob, json, os, socket, stat, struct
libc = ctypes.CDLL(None, use_errno=True)
X86 = {
    "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "keyctl": 250, "add_key": 248, "request_key": 249, "unshare": 272, "setns": 308,
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsmount": 432, "mount_setattr": 442, "init_module": 175, "finit_module": 313, "delete_module": 176,
    "kexec_load": 246, "kexec_file_load": 320, "reboot": 169, "swapon": 167, "swapoff": 168, "sethostname": 170,
    "setdomainname": 171, "settimeofday": 164, "clock_settime": 227, "acct": 163, "syslog": 103, "quotactl": 179,
    "open_by_handle_at": 304, "name_to_handle_at": 303, "kcmp": 312, "iopl": 172, "ioperm": 173, "modify_ldt": 154,
    "vhangup": 153, "fanotify_init": 300, "move_pages": 279, "mbind": 237, "set_mempolicy": 238, "personality": 135,
    "clone": 56, "clone3": 435, "pidfd_getfd": 438, "setuid": 105, "setgid": 106, "setgroups": 116, "chown": 92,
    "fallocate": 285, "lookup_dcookie": 212, "nfsservctl": 180, "uselib": 134, "vm86": 0, "memfd_secret": 447,
}
ARM = {
    "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "keyctl": 219, "add_key": 217, "request_key": 218, "unshare": 97, "setns": 268,
    "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsmount": 432, "mount_setattr": 442, "init_module": 105, "finit_module": 273, "delete_module": 106,
    "kexec_load": 104, "kexec_file_load": 294, "reboot": 142, "swapon": 224, "swapoff": 225, "sethostname": 161,
    "setdomainname": 162, "settimeofday": 170, "clock_settime": 112, "acct": 89, "syslog": 116, "quotactl": 60,
    "open_by_handle_at": 265, "name_to_handle_at": 264, "kcmp": 272, "vhangup": 58, "fanotify_init": 262,
    "move_pages": 239, "mbind": 235, "set_mempolicy": 237, "personality": 92, "clone": 220, "clone3": 435,
    "pidfd_getfd": 438, "setuid": 146, "setgid": 144, "setgroups": 159, "fallocate": 47, "memfd_secret": 447,
}
NUMBERS = {"x86_64": X86, "aarch64": ARM}[os.uname().machine]
def call(name, *arguments):
    if name not in NUMBERS:
        return "EPERM"  # this processor has no such call
    ctypes.set_errno(0)
    given = [a if isinstance(a, (bytes, ctypes.Array)) else ctypes.c_long(a) for a in arguments]
    return "possible" if libc.syscall(NUMBERS[name], *given) >= 0 else errno.errorcode[ctypes.get_errno()]
def attempt(action):
    try:
        return action() or "possible"
    except OSError as error:
        return errno.errorcode.get(error.errno, "refused")
def write(path, text="1"):
    def action():
        with open(path, "w") as file:
            file.write(text)
    return attempt(action)
"""


def tried(app: App, code: str) -> dict[str, Any]:
    """The dictionary `found` that `code` fills."""
    found: dict[str, Any] = json.loads(app.run(f"{CALLS}\nfound = {{}}\n{code}\nprint(json.dumps(found))\n"))
    return found


def refused(found: dict[str, Any], *errors: str) -> None:
    assert found
    wanted = errors or ("EPERM", "EACCES", "ENOENT", "EROFS", "ENOSYS")
    assert {name: error for name, error in found.items() if error not in wanted} == {}


REFUSED = {
    "mounts": """
found["tmpfs"] = call("mount", b"none", b"/tmp", b"tmpfs", 0, b"")
found["bind"] = call("mount", b"/proc", b"/tmp", b"", 4096, b"")
found["again"] = call("mount", b"none", b"/", b"", 32, b"")
for name in ("umount2", "pivot_root", "chroot"):
    found[name] = call(name, b"/tmp", b"/tmp")
for name in ("open_tree", "move_mount", "fsopen", "fsmount", "mount_setattr"):
    found[name] = call(name, 0, b"/", 0, b"/", 0)
""",
    "namespaces": """
for bit in (0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x00000080):
    found[f"unshare {bit:x}"] = call("unshare", bit)
    if bit != 0x80:  # in clone's flags this bit is part of a signal's number
        found[f"clone {bit:x}"] = call("clone", bit | 17, 0, 0, 0, 0)
found["clone3"] = call("clone3", ctypes.create_string_buffer(88), 88)
found["setns"] = call("setns", os.open("/proc/self/ns/net", os.O_RDONLY), 0)
""",
    "kernel": """
for name in (
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl",
    "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load",
    "reboot", "swapon", "swapoff", "sethostname", "setdomainname", "settimeofday", "clock_settime", "acct", "syslog",
    "quotactl", "open_by_handle_at", "name_to_handle_at", "kcmp", "iopl", "ioperm", "vhangup", "fanotify_init",
    "move_pages", "mbind", "set_mempolicy", "pidfd_getfd", "lookup_dcookie", "nfsservctl", "uselib", "modify_ldt",
    "memfd_secret",
):
    found[name] = call(name, 0, 0, 0, 0, 0)
found["no randomness of addresses"] = call("personality", 0x0040000)
""",
    "rights": """
found["setuid"], found["setgid"] = call("setuid", 0), call("setgid", 0)
found["setgroups"] = call("setgroups", 1, struct.pack("I", 0))
found["chown"] = attempt(lambda: os.chown("/app/server.py", 0, 0))
found["oom"] = write("/proc/self/oom_score_adj", "-500")
found["nice"] = attempt(lambda: os.nice(-5) and None)
import resource
found["more files"] = attempt(lambda: None)
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (100000, 100000))
except (ValueError, OSError):
    found["more files"] = "EPERM"
""",
    "sockets": """
for name, arguments in {
    "raw": (socket.AF_INET, socket.SOCK_RAW, 1), "raw 6": (socket.AF_INET6, socket.SOCK_RAW, 58),
    "any protocol": (socket.AF_INET, socket.SOCK_RAW, 255), "packet": (17, socket.SOCK_RAW, 768),
    "packet datagrams": (17, socket.SOCK_DGRAM, 768), "vsock": (40, socket.SOCK_STREAM, 0),
    "bluetooth": (31, socket.SOCK_RAW, 1), "crypto": (38, socket.SOCK_SEQPACKET, 0), "can": (29, socket.SOCK_RAW, 1),
    "xdp": (44, socket.SOCK_RAW, 0), "tipc": (30, socket.SOCK_RDM, 0), "nfc": (39, socket.SOCK_SEQPACKET, 1),
}.items():
    found[name] = attempt(lambda: socket.socket(*arguments) and None)
def no_such_interface():
    # What `ip link add` sends: RTM_NEWLINK, a dummy interface.
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as link:
        message = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
        kind = b"\\x0a\\x00\\x01\\x00dummy\\x00\\x00\\x00"
        info = struct.pack("=HH", 4 + len(kind), 18) + kind
        body = message + info
        link.send(struct.pack("=IHHII", 16 + len(body), 16, 0x605, 1, 0) + body)
        code = struct.unpack_from("=i", link.recv(4096), 16)[0]
        if code:
            raise OSError(-code, "")
found["new interface"] = attempt(no_such_interface)
""",
    "devices": """
for kind, major, minor, name in ((stat.S_IFBLK, 254, 0, "disk"), (stat.S_IFBLK, 8, 0, "sda"), (stat.S_IFCHR, 1, 1, "mem")):
    for folder in ("/app", "/tmp", "/dev/shm", "/dev"):
        found[f"{folder}/{name}"] = attempt(lambda: os.mknod(f"{folder}/{name}", kind | 0o666, os.makedev(major, minor)))
for path in ("/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/vda", "/dev/sda", "/dev/net/tun", "/dev/loop0",
             "/dev/loop-control", "/dev/mapper/control", "/dev/port", "/dev/cpu/0/msr"):
    found[path] = attempt(lambda: open(path, "rb").close())
""",
    "proc and sys": """
for path in ("/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
             "/proc/sys/vm/overcommit_memory", "/proc/sys/vm/drop_caches", "/proc/sys/kernel/hostname",
             "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/disable_ipv6", "/proc/irq/0/smp_affinity",
             "/proc/sys/fs/binfmt_misc/register", "/proc/bus/pci/00/00.0", "/sys/kernel/uevent_helper",
             "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/power/state", "/sys/block/vda/queue/scheduler",
             "/sys/kernel/debug/x", "/proc/1/oom_score_adj", "/proc/self/uid_map"):
    found[path] = write(path, "-1")
for path in ("/proc/kcore", "/proc/kmsg", "/sys/firmware/dmi/tables/DMI"):
    found[path] = attempt(lambda: open(path, "rb").read(1) and None)
""",
    "control groups": """
for path in glob.glob("/sys/fs/cgroup/*/") + ["/sys/fs/cgroup/"]:
    found[f"{path} group"] = attempt(lambda: os.mkdir(f"{path}escape"))
    for file in ("release_agent", "notify_on_release", "cgroup.procs", "memory.limit_in_bytes", "memory.max",
                 "pids.max", "cpu.cfs_quota_us", "cpu.max", "devices.allow"):
        if os.path.exists(path + file):
            found[path + file] = write(path + file, "0")
""",
    "the system's own files": """
for path in ("/etc/passwd", "/etc/shadow", "/etc/ld.so.preload", "/etc/hosts", "/etc/resolv.conf", "/usr/bin/python3",
             "/bin/sh", "/sbin/docker-init", "/new", "/root/x", "/var/x", "/run/x", "/opt/x", "/lib/x"):
    found[path] = write(path)
""",
}


@pytest.mark.parametrize("attack", REFUSED)
def test_what_is_not_its_own_is_refused(builder: Builder, laboratory: App, attack: str) -> None:
    """The app is told by the call's error; nothing else of it is disturbed."""
    refused(tried(laboratory, REFUSED[attack]))
    assert laboratory.alive()


def test_programs_that_raise_rights_raise_none(builder: Builder, laboratory: App) -> None:
    code = """
import subprocess
found["programs"] = [path for folder in ("/bin", "/sbin", "/usr", "/opt", "/lib") for root, _, names in os.walk(folder)
                     for path in (os.path.join(root, name) for name in names)
                     if os.path.isfile(path) and os.stat(path).st_mode & (stat.S_ISUID | stat.S_ISGID)][:50]
status = dict(line.rstrip().split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
found["rights"] = {key: status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp")}
found["own"] = os.getuid()
found["groups"] = sorted({*os.getresuid(), *os.getresgid(), *os.getgroups()})
os.close(os.open("/app/raised", os.O_CREAT | os.O_WRONLY))
os.chmod("/app/raised", 0o6755)
"""
    found = tried(laboratory, code)
    none = "0" * 16
    assert found["rights"] == {
        "CapInh": none, "CapPrm": none, "CapEff": none, "CapBnd": none, "CapAmb": none, "NoNewPrivs": "1", "Seccomp": "2",
    }  # fmt: skip
    own, shared = found["own"], 10001
    assert set(found["groups"]) == {own, shared}
    assert own > 65536


def test_other_processes_are_neither_seen_nor_held(builder: Builder, laboratory: App) -> None:
    code = """
found["processes"] = len([name for name in os.listdir("/proc") if name.isdigit()])
found["root"] = sorted(os.listdir("/proc/1/root/app")) == sorted(os.listdir("/app")) if os.access("/proc/1/root", os.R_OK) else True
found["kernel"] = attempt(lambda: os.kill(2, 9) if not os.path.exists("/proc/2") else "ESRCH")
found["keys"] = attempt(lambda: open("/proc/keys").read() and "possible")
"""
    found = tried(laboratory, code)
    assert found["processes"] < 20
    assert found["root"]
    assert found["kernel"] == "ESRCH"
    assert found["keys"] in ("possible", "EACCES", "EPERM", "ENOENT")  # "possible": the masked file is empty


def test_neither_the_engines_socket_nor_a_secret_of_the_builder_is_found(builder: Builder, laboratory: App) -> None:
    code = """
found["sockets"] = [os.path.join(root, name) for top in ("/run", "/var", "/tmp", "/app", "/dev", "/etc") for root, _, names in os.walk(top)
                    for name in names if stat.S_ISSOCK(os.lstat(os.path.join(root, name)).st_mode)]
found["abstract"] = [line.split()[-1] for line in open("/proc/net/unix") if "@" in line]
seen = []
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        seen.append(open(path, "rb").read())
    except OSError:
        pass
found["marks"] = sum(b"MARK_OF_THE_BUILDER" in text or b"ANTHROPIC" in text or b"DOCKER_HOST" in text for text in seen)
found["places"] = sorted({line.split()[4] for line in open("/proc/self/mountinfo")} - {"/"})
"""
    found = tried(laboratory, code)
    assert (found["sockets"], found["abstract"], found["marks"]) == ([], [], 0)
    foreign = [
        place
        for place in found["places"]
        if not place.startswith(("/proc", "/sys", "/dev"))
        and not place.endswith("/docker-init")
        and place not in ("/app", "/etc/sayso", "/layers", "/tmp", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
    ]
    assert foreign == []


def test_scratch_space_is_bounded_and_runs_no_program(builder: Builder, laboratory: App) -> None:
    code = """
import subprocess
def fill(folder):
    path = f"{folder}/big"
    written = 0
    try:
        with open(path, "wb", buffering=0) as file:
            while written < 2 * 1024 ** 3:
                written += file.write(bytes(1024 * 1024))
    except OSError as error:
        return [errno.errorcode[error.errno], written // 1024 ** 2]
    finally:
        os.remove(path)
    return ["possible", written // 1024 ** 2]
def many(folder):
    made = 0
    os.mkdir(f"{folder}/many")
    try:
        for made in range(100000):
            open(f"{folder}/many/{made}", "w").close()
    except OSError as error:
        return [errno.errorcode[error.errno], made < 20000]
    finally:
        import shutil
        shutil.rmtree(f"{folder}/many")
    return ["possible", made]
found["tmp"], found["shm"] = fill("/tmp"), fill("/dev/shm")
found["files"] = many("/tmp")
open("/tmp/run", "w").write("#!/bin/sh\\necho ran\\n")
os.chmod("/tmp/run", 0o755)
found["program"] = attempt(lambda: subprocess.run(["/tmp/run"]) and None)
"""
    found = tried(laboratory, code)
    assert found["tmp"][0] == "ENOSPC"
    assert found["tmp"][1] <= 64
    assert found["shm"][0] == "ENOSPC"
    assert found["shm"][1] <= 64
    assert found["files"] == ["ENOSPC", True]
    assert found["program"] == "EACCES"
    assert laboratory.alive()
