"""The doctor names each missing part and the one command that mends it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from builder import build, doctor
from builder.composition.settings import Settings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation import firewall
from preview_runtime.containers.limits import disk_watch
from preview_runtime.phrases import Phrase, verbatim


def settings(folder: Path, **values: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **values)  # type: ignore[arg-type, call-arg]


def test_every_broken_part_comes_with_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "BROWSER", tmp_path)
    monkeypatch.setattr(build, "WEB", tmp_path)
    broken = [f for f in doctor.findings(settings(tmp_path)) if f.verdict is doctor.Verdict.BROKEN]
    assert {"Engine packages", "Preview engine", "Pages"} <= {finding.part for finding in broken}
    assert all(finding.mend for finding in broken)


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    unreachable = settings(tmp_path, database_url="postgresql+asyncpg://me:secret-word@127.0.0.1:1/none")
    finding = next(f for f in doctor.findings(unreachable) if f.part == "Database")
    assert finding.verdict is doctor.Verdict.BROKEN
    assert "secret-word" not in finding.seen + finding.mend


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finding = next(f for f in doctor.findings(settings(tmp_path / "file" / "data")) if f.part == "Data directory")
    assert finding.verdict is doctor.Verdict.BROKEN
    assert "DATA_DIR" in finding.mend


def test_a_missing_key_breaks_nothing(tmp_path: Path) -> None:
    finding = next(f for f in doctor.findings(settings(tmp_path)) if f.part == "Claude key")
    assert finding.verdict is doctor.Verdict.OPTIONAL
    assert "ANTHROPIC_API_KEY" in finding.mend
    assert "the offline demo answers" in finding.seen
    with_openai = doctor.findings(settings(tmp_path, openai_api_key="sk-proj-x"))
    assert "OpenAI answers" in next(f for f in with_openai if f.part == "Claude key").seen


def test_its_exit_status_says_whether_something_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "get_settings", lambda: settings(tmp_path))
    monkeypatch.setattr(doctor, "findings", lambda _: iter([doctor.Finding(doctor.Verdict.FINE, "Python", "3.11")]))
    assert doctor.doctor() == 0
    broken = doctor.Finding(doctor.Verdict.BROKEN, "Node", "not found", "script/setup")
    monkeypatch.setattr(doctor, "findings", lambda _: iter([broken]))
    assert doctor.doctor() == 1
    assert "→ script/setup" in capsys.readouterr().out


def test_a_docker_that_does_not_answer_is_named_but_breaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    finding = next(f for f in doctor.findings(settings(tmp_path)) if f.part == "Docker")
    assert finding.verdict is doctor.Verdict.OPTIONAL
    assert "does not answer" in finding.seen
    assert "script/images" in finding.mend


@pytest.mark.parametrize(
    ("lacking", "verdict", "said"),
    [
        ([], doctor.Verdict.FINE, "keep apps away"),
        ([("INPUT", ("-j", "DROP"))], doctor.Verdict.OPTIONAL, "1 missing"),
        (None, doctor.Verdict.OPTIONAL, "only an administrator"),
    ],
)
def test_it_says_when_nothing_keeps_apps_away_from_this_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: list[Any] | None, verdict: doctor.Verdict, said: str
) -> None:
    monkeypatch.setattr(firewall, "lacking", lambda _: lacking)
    found = next(f for f in doctor.findings(settings(tmp_path)) if f.part == "Host's rules")
    assert found.verdict is verdict
    assert said in found.seen
    assert bool(found.mend) == (verdict is not doctor.Verdict.FINE)


@pytest.mark.parametrize("blind", ["", "The data of previews cannot be read from here."])
def test_it_says_when_the_disk_that_previews_take_is_not_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blind: str
) -> None:
    class Engine:
        async def version(self) -> None:
            raise TimeoutError  # nothing else is asked of it

    async def blindness(_: object) -> Phrase | None:
        return verbatim(blind) if blind else None

    monkeypatch.setattr(disk_watch, "blindness", blindness)
    monkeypatch.setattr(catalogue, "connect", lambda: contextlib.nullcontext(Engine()))
    finding = next(f for f in doctor.findings(settings(tmp_path)) if f.part == "Data of previews")
    if blind:
        assert (finding.verdict, finding.seen) == (doctor.Verdict.OPTIONAL, blind)
        assert "PREVIEW_DISK_QUOTA" in finding.mend
    else:
        assert finding.verdict is doctor.Verdict.FINE
        assert "watched all the time" in finding.seen
