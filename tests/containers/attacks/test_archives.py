"""Files go into a container and come out of it: neither way leads anywhere else."""

from __future__ import annotations

import json
import urllib.error
from pathlib import Path
from typing import Any

import pytest

from preview_runtime.containers.docker.archive import archive
from preview_runtime.file_tree import FileTree, InvalidTree
from tests.browser.workbench import imported
from tests.containers.attacks.builder import LABORATORY, App, Builder

PLACES = [
    "../out", "a/../../out", "/etc/passwd", "a//b", "./a", "a/.", "..", "a\\..\\..\\out", "C:\\out", "a\0b", "a\nb", "~/../x/../../y",
]  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
def test_no_path_of_a_tree_leads_out_of_its_folder(builder: Builder, path: str) -> None:
    with pytest.raises(InvalidTree):
        FileTree({path: "x"})
    with pytest.raises(InvalidTree):
        archive({path: "x"}, 10001, 0.0)
    app = imported(builder.server, {"server.py": LABORATORY})
    with pytest.raises(urllib.error.HTTPError) as refused:
        builder.server.call("PATCH", f"/api/v1/projects/{app}/working", {"put": {path: "x"}})
    with refused.value as answer:
        assert 400 <= answer.code < 500
        assert json.loads(answer.read())["error"]["message"]


def changes(app: App) -> dict[str, Any]:
    found: dict[str, Any] = app.server.get(f"/api/v1/projects/{app.project}/server/changes")
    return {file["path"]: file for file in found["files"]}


def test_links_that_an_app_makes_lead_no_edit_out_of_its_folder(builder: Builder, tmp_path: Path) -> None:
    """A folder of the project becomes a link to the system's, or to a place of the host's, before the edit comes."""
    app = builder.app({"server.py": LABORATORY, "static/a.txt": "one", "etc/a.txt": "one", "d/e/f.txt": "one"})
    mark = tmp_path / "mark"
    mark.mkdir()
    app.run(
        f"""
import os, shutil
for folder, target in (("static", {str(mark)!r}), ("etc", "/etc"), ("d", "../../../..")):
    shutil.rmtree(f"/app/{{folder}}")
    os.symlink(target, f"/app/{{folder}}")
"""
    )
    put = {"static/a.txt": "two", "etc/a.txt": "two", "d/e/f.txt": "two", "server.py": LABORATORY + "# edited\n"}
    app.server.call("PATCH", f"/api/v1/projects/{app.project}/working", {"put": put})
    app.bring_up()
    assert app.settled()["status"] == "running"
    assert [*mark.iterdir()] == []
    said = app.run(
        """
import os
print([os.path.lexists(path) for path in ("/etc/a.txt", "/e", "/app/static/a.txt")], os.path.islink("/app/etc"))
"""
    )
    assert said == "[False, False, True] False\n"


def test_what_comes_out_of_a_container_is_its_own_plain_files(builder: Builder) -> None:
    """Links to the host's files, to devices, pipes, sockets, endless files: none is followed, read or kept."""
    app = builder.app()
    app.run(
        """
import os, socket
os.chdir("/app")
os.symlink("/etc/passwd", "passwd.txt")
os.symlink("/proc/self/environ", "environ.txt")
os.symlink("/dev/zero", "zero.txt")
os.symlink("../../../../../../etc/shadow", "shadow.txt")
os.symlink("/", "root")
os.mkfifo("pipe.txt")
socket.socket(socket.AF_UNIX).bind("socket.txt")
with open("hole.txt", "wb") as file:
    file.truncate(900 * 1024 * 1024)
os.mkdir("closed")
open("closed/a.txt", "w").write("closed")
os.chmod("closed", 0)
os.link("server.py", "hard.py")
open("name\\nwith\\nlines.txt", "w").write("x")
os.makedirs("deep/" * 60)
open("good.txt", "w").write("made by the app")
"""
    )
    found = changes(app)
    assert "good.txt" in found
    strange = {"passwd.txt", "environ.txt", "zero.txt", "shadow.txt", "pipe.txt", "socket.txt", "hole.txt"}
    assert not strange & set(found)
    assert not any(path.startswith(("root/", "/", "..")) or "\n" in path for path in found)
    app.server.call(
        "POST",
        f"/api/v1/projects/{app.project}/server/changes",
        {"files": {"good.txt": found["good.txt"]["digest"]}},
    )
    files = app.server.get(f"/api/v1/projects/{app.project}/files")["files"]
    assert {path if isinstance(path, str) else path["path"] for path in files} == {"server.py", "good.txt"}
    assert app.alive()


def test_what_an_app_puts_in_the_way_of_a_picked_file_is_not_taken_instead(builder: Builder) -> None:
    """The file was looked at, and is a link to another by the time it is taken."""
    app = builder.app()
    app.run("open('/app/good.txt', 'w').write('made by the app')")
    digest = changes(app)["good.txt"]["digest"]
    app.run("import os\nos.remove('/app/good.txt')\nos.symlink('/etc/passwd', '/app/good.txt')")
    where = f"/api/v1/projects/{app.project}/server/changes"
    with pytest.raises(urllib.error.HTTPError) as refused:
        app.server.call("POST", where, {"files": {"good.txt": digest}})
    with refused.value as answer:
        assert answer.code in (404, 409)
    assert "good.txt" not in str(app.server.get(f"/api/v1/projects/{app.project}/files")["files"])
