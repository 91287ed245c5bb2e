"""What a preview's container may do, as the engine is told it."""

from __future__ import annotations

import json
import sys
from ipaddress import IPv4Network

import pytest

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import Role
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits
from preview_runtime.containers.docker.subnets import DEFAULT_POOL, NoSubnetLeft, allocate, host_routes
from preview_runtime.containers.docker.users import WIDE
from preview_runtime.plans.recipe import RunPlan
from preview_runtime.plans.runtimes import Runtime
from tests.telling import tells

PLAN = RunPlan(Runtime.PYTHON, "pip install x", "python a.py", 8000, {"PORT": "8000"}, "")
SUBNET = IPv4Network("10.213.0.16/28")


def app(settings: ContainerSettings | None = None) -> dict[str, object]:
    settings = settings or ContainerSettings()
    return policy.app_container(
        "image",
        ["sh"],
        "p-1",
        "network",
        "volume",
        settings,
        {**PLAN.environment, **settings.environment},
        port=PLAN.port,
    )


def host(config: dict[str, object]) -> dict[str, object]:
    found = config["HostConfig"]
    assert isinstance(found, dict)
    return found


def test_an_app_is_nobody_and_may_change_nothing_but_its_own_folder_and_scratch_space() -> None:
    config = app()
    assert config["User"] == f"{WIDE.of('volume')}:10001"
    closed = host(config)
    assert (closed["CapDrop"], closed["CapAdd"], closed["Privileged"]) == (["ALL"], [], False)
    assert closed["ReadonlyRootfs"] is True
    assert "no-new-privileges" in closed["SecurityOpt"]  # type: ignore[operator]
    assert [(mount["Type"], mount.get("Source"), mount["Target"]) for mount in closed["Mounts"]] == [  # type: ignore[attr-defined]
        ("volume", "volume", "/app"),
        ("volume", None, "/etc/sayso"),  # the names of users: the administrator's
        ("volume", "sayso-layers", "/layers"),
    ]
    assert closed["Mounts"][2]["ReadOnly"] is True  # type: ignore[index]
    assert f"size={64 * MEGABYTE}" in closed["Tmpfs"]["/tmp"]  # type: ignore[index]
    assert (closed["PortBindings"], closed["PublishAllPorts"], closed["Devices"]) == ({}, False, [])


@pytest.mark.parametrize(("builds", "memory", "given"), [(False, 512, 512), (True, 512, 1024), (True, 2048, 2048)])
def test_an_app_that_is_compiled_where_it_runs_gets_more_memory(builds: bool, memory: int, given: int) -> None:
    settings = ContainerSettings(limits=Limits(memory=memory * MEGABYTE))
    config = policy.app_container("image", [], "p-1", "network", "volume", settings, {}, builds=builds)
    assert host(config)["Memory"] == host(config)["MemorySwap"] == given * MEGABYTE


def test_an_app_gets_512_megabytes_one_processor_and_bounded_processes_files_and_logs() -> None:
    given = host(app())
    assert (given["Memory"], given["MemorySwap"], given["NanoCpus"]) == (512 * MEGABYTE, 512 * MEGABYTE, 10**9)
    assert given["PidsLimit"] == 256
    assert {"Name": "nofile", "Soft": 8192, "Hard": 8192} in given["Ulimits"]  # type: ignore[operator]
    assert given["LogConfig"] == {"Type": "json-file", "Config": {"max-size": str(5 * MEGABYTE), "max-file": "2"}}
    assert given["Init"] is True


def test_everything_made_carries_the_project_so_that_it_is_found_again() -> None:
    settings = ContainerSettings(instance="mine")
    wanted = {"sayso.instance": "mine", "sayso.project": "p-1", "sayso.role": "app"}
    assert app(settings)["Labels"] == {**wanted, "sayso.port": "8000"}
    assert policy.volume("p-1", "name", settings)["Labels"] == {**wanted, "sayso.user": str(WIDE.of("name"))}
    assert policy.network("p-1", Role.APP, "name", SUBNET, settings, isolated=False)["Labels"] == wanted


def test_a_project_id_that_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="is no project id"):
        policy.volume("../x", "name", ContainerSettings())


def test_an_apps_network_leads_nowhere_and_an_installs_leads_out() -> None:
    settings = ContainerSettings()
    inside = policy.network("p-1", Role.APP, "name", SUBNET, settings, isolated=False)
    assert (inside["Internal"], inside["EnableIPv6"]) == (True, False)
    assert inside["Options"]["com.docker.network.bridge.enable_icc"] == "false"
    assert inside["IPAM"]["Config"] == [{"Subnet": "10.213.0.16/28", "Gateway": "10.213.0.17"}]
    assert policy.network("p-1", Role.INSTALL, "name", SUBNET, settings, isolated=False)["Internal"] is False
    isolated = policy.network("p-1", Role.APP, "name", SUBNET, settings, isolated=True)
    assert isolated["Options"]["com.docker.network.bridge.gateway_mode_ipv4"] == "isolated"
    assert isolated["IPAM"]["Config"] == [{"Subnet": "10.213.0.16/28"}]


def test_names_are_never_asked_of_the_hosts_resolver() -> None:
    assert host(app())["Dns"] == ["127.0.0.1"]


def test_the_install_phase_has_the_hosts_certificates_and_none_of_the_apps_variables() -> None:
    settings = ContainerSettings(
        environment={"DATABASE_URL": "secret"},
        install_environment={"PIP_INDEX_URL": "https://x"},
        certificates="/ca.pem",
    )
    config = policy.install_container(PLAN, "image", ["sh"], "p-1", "network", "volume", settings, 20_000)
    assert config["User"] == "20000:10001"
    assert not [value for value in config["Env"] if "secret" in value]
    assert "PIP_INDEX_URL=https://x" in config["Env"]
    assert "PIP_CERT=/run/certificates.pem" in config["Env"]
    assert config["HostConfig"]["Mounts"][-1] == {
        "Type": "bind",
        "Source": "/ca.pem",
        "Target": "/run/certificates.pem",
        "ReadOnly": True,
    }
    assert "DATABASE_URL=secret" in app(settings)["Env"]  # type: ignore[operator]


def test_gvisor_or_kata_is_asked_for_only_where_it_is_set() -> None:
    assert "Runtime" not in host(app())
    assert host(app(ContainerSettings(runtime="runsc")))["Runtime"] == "runsc"


def test_the_profile_refuses_what_it_does_not_name_and_io_uring_by_name() -> None:
    profile = json.loads(policy.seccomp_profile())
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    allowed: dict[str, list[object]] = {}
    for rule in profile["syscalls"]:
        for call in rule["names"]:
            if rule["action"] == "SCMP_ACT_ALLOW":
                allowed.setdefault(call, []).append(rule.get("args"))
    for call in ("io_uring_setup", "io_uring_enter", "io_uring_register", "clone3"):
        assert call not in allowed
        assert [rule["errnoRet"] for rule in profile["syscalls"] if call in rule["names"]] == [38]
    closed = {"mount", "umount2", "unshare", "setns", "bpf", "perf_event_open", "keyctl", "add_key", "userfaultfd"}
    closed |= {
        "pivot_root",
        "kexec_load",
        "init_module",
        "open_by_handle_at",
        "reboot",
        "swapon",
        "chroot",
        "socketcall",
    }
    assert not closed & allowed.keys()
    # Namespaces and unusual socket families are told apart by an argument; without one the call would be open whole.
    assert all(allowed["clone"])
    assert sorted(rule[0]["value"] for rule in allowed["socket"]) == [1, 2, 10, 16]  # type: ignore[index]
    assert {"read", "write", "execve", "futex", "epoll_wait", "openat", "mmap"} <= allowed.keys()


def test_subnets_are_small_never_overlap_and_are_the_same_again() -> None:
    taken: list[IPv4Network] = [IPv4Network("172.17.0.0/16"), IPv4Network("10.213.128.0/17")]
    for number in range(200):
        subnet = allocate(f"p-{number}", taken)
        assert subnet.subnet_of(DEFAULT_POOL)
        assert subnet.prefixlen == 28
        assert not any(subnet.overlaps(other) for other in taken)
        taken.append(subnet)
    assert allocate("p-1", []) == allocate("p-1", [])


def test_a_pool_that_is_used_up_says_what_to_do() -> None:
    pool = IPv4Network("10.213.0.0/27")
    first = allocate("a", [], pool)
    second = allocate("a", [first], pool)
    assert {first, second} == set(pool.subnets(new_prefix=28))
    with tells(NoSubnetLeft, r"All 2 networks of the address pool 10\.213\.0\.0/27 are taken\. Stop a preview"):
        allocate("a", [first, second], pool)
    with pytest.raises(NoSubnetLeft):
        allocate("a", [IPv4Network("10.0.0.0/8")])


ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
br-gone\t1000D50A\t00000000\t0001\t0\t0\t0\tF0FFFFFF\t0\t0\t0
br-gone\t2000D50A\t00000000\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0
"""


@pytest.mark.skipif(sys.byteorder != "little", reason="the text is that of a little-endian machine")
def test_addresses_that_a_killed_engine_left_a_bridge_for_are_not_given_away() -> None:
    left = host_routes(ROUTES)
    assert left == [IPv4Network("10.213.0.16/28"), IPv4Network("10.213.0.32/32")]
    pool = IPv4Network("10.213.0.0/26")
    free = {allocate(f"p-{number}", left, pool) for number in range(50)}
    assert free == {IPv4Network("10.213.0.0/28"), IPv4Network("10.213.0.48/28")}


def test_no_program_of_a_preview_takes_the_disk_with_one_file() -> None:
    assert {"Name": "fsize", "Soft": 1024 * MEGABYTE, "Hard": 1024 * MEGABYTE} in host(app())["Ulimits"]  # type: ignore[operator]


def test_what_counts_volumes_reads_all_and_changes_nothing() -> None:
    config = policy.counting_container("image", ["python3"], [("one", "/volumes/0")], ContainerSettings())
    closed = host(config)
    assert (closed["CapDrop"], closed["CapAdd"], closed["NetworkMode"]) == (["ALL"], ["DAC_READ_SEARCH"], "none")
    assert [(mount["Source"], mount["ReadOnly"]) for mount in closed["Mounts"]] == [("one", True)]  # type: ignore[attr-defined]
    assert closed["ReadonlyRootfs"] is True


def test_a_job_is_closed_as_an_app_is() -> None:
    settings, limits = ContainerSettings(), Limits(memory=64 * MEGABYTE, disk=8 * MEGABYTE)
    config = policy.job_container(
        "image", ["sh"], "job-1", "none", "volume", settings, limits, {"A": "b"}, mounts=[("other", "/other", True)]
    )
    closed, open_ = host(config), host(app())
    same = open_.keys() - {"Memory", "MemorySwap", "Mounts", "NetworkMode", "Ulimits"}
    assert {key: closed[key] for key in same} == {key: open_[key] for key in same}
    assert (closed["Memory"], closed["MemorySwap"], closed["NetworkMode"]) == (64 * MEGABYTE, 64 * MEGABYTE, "none")
    assert {"Name": "fsize", "Soft": 8 * MEGABYTE, "Hard": 8 * MEGABYTE} in closed["Ulimits"]  # type: ignore[operator]
    assert config["User"] == app()["User"]
    assert "A=b" in config["Env"]  # type: ignore[operator]
    assert [(mount.get("Source"), mount["Target"], mount.get("ReadOnly", False)) for mount in closed["Mounts"]] == [  # type: ignore[attr-defined]
        ("volume", "/app", False),
        (None, "/etc/sayso", False),
        ("other", "/other", True),
    ]
