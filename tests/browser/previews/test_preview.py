"""The instant engine in the workbench: starters run, mistakes are shown where they are, packages are at hand."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Errors, Server
from tests.browser.projects.test_starters import SEED
from tests.browser.workbench import files_of, imported, open_file, open_project, painted, replace_all, tab
from tests.starters import starters

SAMPLE = 5


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        names = [starter.name for starter in starters()]
        whole = metafunc.config.getoption("--all")
        metafunc.parametrize("name", names if whole else sorted(random.Random(SEED).sample(names, SAMPLE)))


def test_a_starter_runs_in_the_instant_engine_and_all_its_walks_walk(page: Page, server: Server, name: str) -> None:
    project = server.post("/api/v1/projects", {"starter": name})["project"]
    preview = open_project(page, server, project["id"])
    expect(preview.locator("body")).not_to_be_empty()
    status = page.locator(".wb-preview .wb-status")
    expect(status).to_contain_text("Running · instant engine · painted in")
    count = len([path for path in files_of(server, project["id"]) if path.startswith("walks/")])
    expect(status.get_by_role("button", name=f"{count} of {count} walk")).to_be_visible(timeout=60_000)


def test_a_build_error_shows_its_place_and_the_last_good_app_stays(page: Page, server: Server) -> None:
    preview = open_project(page, server, imported(server))
    preview.get_by_role("button").click()
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("useState(0);", "useState(0;"))
    tab(page, "Preview")
    fault = page.locator(".wb-fault")
    expect(fault).to_contain_text("Your app has a mistake in its code")
    place = fault.get_by_role("button", name=re.compile(r"^src.App\.tsx:4:\d+$"))
    expect(place).to_be_visible()
    expect(preview.get_by_role("button")).to_have_text("Counted 1")
    expect(page.locator(".wb-preview .wb-status")).to_contain_text("Showing the last state that worked")
    tab(page, "Logs")
    expect(page.locator(".wb-lines").get_by_role("button", name="src/App.tsx:4")).to_be_visible()
    tab(page, "Preview")
    place.click()
    expect(page.locator("#wb-code .wb-status")).to_contain_text("4:")
    replace_all(page, APP)
    tab(page, "Preview")
    expect(fault).to_have_count(0)
    expect(preview.get_by_role("button")).to_have_text("Counted 1")


def test_what_the_app_logs_and_throws_is_in_the_logs(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("owl|promise")
    noisy = """
console.log("a plain word", { deep: [1, 2] });
console.warn("careful");
console.error("owl error");
setTimeout(() => { throw new Error("owl fell"); });
Promise.reject(new Error("owl promise"));
document.body.append("Noisy");
"""
    index = '<!doctype html><html lang="en"><body><script type="module" src="/src/main.js"></script></body></html>'
    project = imported(server, {"index.html": index, "src/main.js": noisy})
    open_project(page, server, project)
    tab(page, "Logs")
    lines = page.get_by_role("log", name="Logs")
    for text in ("a plain word", "deep", "careful", "owl error", "owl fell", "owl promise"):
        expect(lines).to_contain_text(text)
    expect(lines.get_by_role("button", name=re.compile(r"src.main\.js:5"))).to_be_visible()
    page.get_by_role("button", name="Warnings").click()
    expect(lines).to_contain_text("careful")
    expect(lines).not_to_contain_text("a plain word")
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_label("Search the log").fill("plain")
    expect(lines).not_to_contain_text("careful")


def test_what_stops_the_app_is_said_over_it(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("the oven is cold")
    preview = open_project(page, server, imported(server))
    open_file(page, "src/main.tsx")
    replace_all(page, 'throw new Error("the oven is cold");')
    tab(page, "Preview")
    fault = page.locator(".wb-fault")
    expect(fault).to_contain_text("the oven is cold")
    expect(fault.get_by_role("button", name=re.compile(r"src.main\.tsx:1"))).to_be_visible()
    open_file(page, "src/main.tsx")
    replace_all(page, COUNTER["src/main.tsx"])
    expect(preview.get_by_role("heading")).to_have_text("Counting sheep")
    expect(fault).to_have_count(0)


def test_a_package_that_is_missing_is_offered_and_one_click_adds_it(page: Page, server: Server) -> None:
    app = 'import { clsx } from "clsx";\n' + APP.replace("<h1>", '<h1 className={clsx("big")}>')
    page.goto(f"{server.url}/p/{imported(server, {**COUNTER, 'src/App.tsx': app})}")
    fault = page.locator(".wb-fault")
    expect(fault).to_contain_text("clsx")
    fault.get_by_role("button", name=re.compile("clsx")).first.click()
    expect(painted(page).locator("h1.big")).to_have_text("Counting sheep")


def test_a_path_of_the_app_can_be_opened_and_a_phone_is_shown(page: Page, server: Server) -> None:
    preview = open_project(page, server, imported(server))
    page.get_by_role("button", name="Phone").click()
    width = page.locator("iframe.wb-frame").bounding_box()
    assert width
    assert width["width"] < 450
    page.get_by_label("Page of your app").fill("/sheep/7")
    page.keyboard.press("Enter")
    expect(preview.get_by_role("heading")).to_have_text("Counting sheep")
    expect(page.get_by_label("Page of your app")).to_have_value("/sheep/7")
    link = page.get_by_role("link", name="Open in a new tab")
    expect(link).to_have_attribute("href", re.compile("/sheep/7$"))
    with page.context.expect_page() as opened:
        link.click()
    assert opened.value.url.endswith("/sheep/7")
    expect(opened.value.get_by_role("heading")).to_have_text("Counting sheep")


def test_prepared_packages_need_no_network(page: Page, make_server: Callable[..., Server], server: Server) -> None:
    prepared = server.post("/api/v1/projects", {"starter": "todo"})["project"]["id"]
    open_project(page, server, prepared)
    nowhere = "http://127.0.0.1:9"
    cut_off = make_server(
        HTTPS_PROXY=nowhere, HTTP_PROXY=nowhere, https_proxy=nowhere, http_proxy=nowhere, NO_PROXY="", no_proxy="",
        npm_config_registry=nowhere,
    )  # fmt: skip
    project = cut_off.post("/api/v1/projects", {"starter": "todo"})["project"]["id"]
    preview = open_project(page, cut_off, project)
    expect(preview.get_by_role("checkbox").first).to_be_attached()
