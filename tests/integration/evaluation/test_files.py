"""What an evaluation reads and writes: the sets of others, results, projects for their judges, the report."""

from __future__ import annotations

import io
import json
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from benchmarks.evaluation.export import write_export
from benchmarks.evaluation.report import write_report
from benchmarks.evaluation.results import FailedWalk, Result, ResultFile
from benchmarks.evaluation.tasks import Layout, Task, TaskSet, UnreadableTasks, our_tasks, read_tasks
from tests.unit.evaluation.test_tasks import ROW

WEBGEN = {
    "id": "0001",
    "instruction": "Please implement a stock report page.",
    "Category": {"primary_category": "Data Management", "subcategories": []},
    "ui_instruct": [{"task": "Verify the form", "expected_result": "A form is there"}],
}


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def packed(files: dict[str, str]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as into:
        for path, text in files.items():
            into.writestr(path, text)
    return archive.getvalue()


def names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as files:
        return set(files.namelist())


def test_webgen_bench_is_read_by_the_places_in_its_file(tmp_path: Path) -> None:
    found = read_tasks(
        f"webgen:{lines(tmp_path / 'test.jsonl', WEBGEN, {**WEBGEN, 'id': '0009', 'Category': 'Games'})}"
    )
    assert found.layout == "webgen"
    assert [(task.id, task.place, task.kind) for task in found.tasks] == [
        ("000001", "000001", "Data Management"), ("000002", "000002", "Games"),
    ]  # fmt: skip
    assert found.tasks[0].prompt == WEBGEN["instruction"]


@pytest.mark.parametrize("as_list", [False, True])
def test_full_stack_bench_is_read_by_its_ids_in_lines_and_as_a_list(tmp_path: Path, as_list: bool) -> None:
    records = [{**WEBGEN, "id": "000012", "backend_test_cases": []}]
    path = tmp_path / "tasks"
    path.write_text(json.dumps(records)) if as_list else lines(path, *records)
    (task,) = read_tasks(f"fullstack:{path}").tasks
    assert (task.id, task.needs) == ("000012", "docker")
    assert task.prompt.startswith("Please implement a stock report page.\n")


def test_baxbench_is_read_into_the_folders_of_its_judge(tmp_path: Path) -> None:
    (task,) = read_tasks(f"baxbench:{lines(tmp_path / 'tasks.jsonl', ROW)}").tasks
    assert task.place == "Calculator/Python-Flask/temp0.0-openapi-none/sample0/code"
    assert (task.id, task.needs) == ("Calculator.Python-Flask", "docker")


def test_tasks_of_our_own_form_are_read_from_a_file(tmp_path: Path) -> None:
    ours = list(our_tasks())[:2]
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(task.model_dump_json(exclude_none=True) + "\n" for task in ours), encoding="utf-8")
    assert read_tasks(str(path)).tasks == ours


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no task"),
        ('{"id": "a"}', "task 1"),
        ("{", "task 1"),
        ('{"id": "a", "prompt": "x"}\n' * 2, "twice: a"),
    ],
)
def test_a_file_that_holds_no_tasks_says_where_it_goes_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text(text)
    with pytest.raises(UnreadableTasks, match=said):
        read_tasks(str(path))
    with pytest.raises(UnreadableTasks, match="cannot be read"):
        read_tasks(str(tmp_path / "nowhere.jsonl"))


def test_results_outlive_a_run_that_was_killed_in_the_middle_of_a_line(tmp_path: Path) -> None:
    file = ResultFile(tmp_path / "results.jsonl")
    assert file.read() == []
    file.add(Result(task="a", status="done"))
    with (tmp_path / "results.jsonl").open("a") as cut:
        cut.write('{"task": "b", "sta')
    file.add(Result(task="c", status="failed", why="No."))
    assert [result.task for result in file.read()] == ["a", "c"]


def exported(tmp_path: Path, layout: Layout, task: Task, files: dict[str, str]) -> Path:
    place = write_export(tmp_path, layout, "anthropic:claude-x", task, packed(files), files)
    return tmp_path / place


def test_webgen_bench_gets_zips_with_the_commands_beside_them(tmp_path: Path) -> None:
    (task,) = read_tasks(f"webgen:{lines(tmp_path / 'test.jsonl', WEBGEN)}").tasks
    path = exported(tmp_path, "webgen", task, {"index.html": "<p>", "package.json": '{"scripts": {"dev": "vite"}}'})
    assert path == tmp_path / "webgen" / "000001.zip"
    assert names(path) == {"index.html", "package.json"}
    said = json.loads(path.with_suffix(".json").read_text())["messages"][-1]["content"]
    assert '<boltAction type="shell">npm install</boltAction>' in said
    assert '<boltAction type="start">npm run dev</boltAction>' in said


def test_a_page_without_packages_can_be_started_by_the_judges_too(tmp_path: Path) -> None:
    task = Task(id="000001", prompt="x", place="000001")
    path = exported(tmp_path, "webgen", task, {"index.html": "<p>"})
    with zipfile.ZipFile(path) as files:
        assert json.loads(files.read("package.json"))["scripts"]["dev"] == "vite"


def test_full_stack_bench_gets_folders_and_zips(tmp_path: Path) -> None:
    task = Task(id="000012", prompt="x", place="000012")
    path = exported(tmp_path, "fullstack", task, {"package.json": "{}", "backend/index.js": "1"})
    assert names(path) == {"package.json", "backend/index.js"}
    assert (tmp_path / "fullstack" / "000012" / "backend" / "index.js").read_text() == "1"


def test_baxbench_gets_code_alone(tmp_path: Path) -> None:
    (task,) = read_tasks(f"baxbench:{lines(tmp_path / 'tasks.jsonl', ROW)}").tasks
    files = {"app.py": "1", "requirements.txt": "flask", "README.md": "", "walks/a.json": "{}", "Dockerfile": ""}
    code = exported(tmp_path, "baxbench", task, files)
    assert code == tmp_path / "baxbench/claude-x/Calculator/Python-Flask/temp0.0-openapi-none/sample0/code"
    assert [path.name for path in code.iterdir()] == ["app.py"]


class Page(HTMLParser):
    """What a page names: its addresses and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.pictures += [given] if tag == "img" else []


def test_a_report_needs_nothing_beside_it_and_shows_what_an_app_says_as_text(tmp_path: Path) -> None:
    tasks = [Task(id=name, title=f"The {name}", prompt="Make <b>it</b>.") for name in ("one", "two", "three", "four")]
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "one.jpg").write_bytes(b"\xff\xd8picture")
    whole = {"valid": True, "built": True, "painted": True, "clean": True}
    results = [
        Result(task="one", status="done", walks=1, walks_of=1, picture="pictures/one.jpg", **whole),
        Result(
            task="two", status="done", walks=0, walks_of=1, valid=True, console=["<script>alert(1)</script>"],
            failed_walks=[FailedWalk(title="It adds", what="not there")], cost_usd=None,
        ),
        Result(task="three", status="skipped", why="It needs Docker, which does not answer here."),
    ]  # fmt: skip
    text = write_report(
        tmp_path, TaskSet(name="ours", layout="", tasks=tasks), "m", results, load="load 1.0"
    ).read_text()
    page = Page(text)
    assert all(address.startswith(("data:", "#")) for address in page.addresses)
    assert {address[1:] for address in page.addresses if address.startswith("#")} <= set(page.ids)
    assert len(page.pictures) == 1
    assert page.pictures[0]["alt"]
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    for said in (
        "1 of 2 tasks passed",
        "It adds: not there",
        "not done yet",
        "It needs Docker",
        "unknown",
        "1 left out",
    ):
        assert said in text
