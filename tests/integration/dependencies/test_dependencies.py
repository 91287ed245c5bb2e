"""Real packages from the registry become modules that a page imports."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest

from builder.texts import said
from preview_runtime.dependencies import DependencyError, DependencyService, DependencySet
from preview_runtime.node import node_executable
from tests.integration.processes import until

BROWSER = Path(__file__).parents[3] / "preview_runtime" / "browser"
REACT = {"react": "^19.0.0", "react-dom": "^19.0.0"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests here, so that the registry is asked once for each package."""
    return tmp_path_factory.mktemp("dependencies")


@pytest.fixture
async def service(cache: Path) -> AsyncIterator[DependencyService]:
    made = DependencyService(cache, node_executable(), BROWSER)
    yield made
    await made.close()


def run_modules(service: DependencyService, found: DependencySet, folder: Path, script: str) -> str:
    """What `script` prints in Node; `m("react")` in it imports that specifier's module."""
    for file in found.imports:
        path = service.path(found.hash, file)
        assert path is not None
        # Chunks name each other by their address on a preview host: here that is this folder.
        (folder / file).write_bytes(path.read_bytes().replace(found.base.encode(), f"{folder}/".encode()))
    (folder / "package.json").write_text('{"type": "module"}')
    files = {specifier: str(folder / file) for specifier, file in found.modules.items()}
    program = f"const files = {json.dumps(files)}; const m = (name) => import(files[name]); {script}; process.exit(0)"
    command = [str(node_executable()), "--input-type=module", "-e", program]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


async def test_libraries_of_react_use_preact_where_that_is_the_app_s(
    service: DependencyService, tmp_path: Path
) -> None:
    specifiers = ["preact", "preact-render-to-string", "zustand"]
    found = await service.resolve(dict.fromkeys(specifiers, "latest"), specifiers)
    html = run_modules(
        service,
        found,
        tmp_path,
        """
        const { h } = await m("preact");
        const { renderToString } = await m("preact-render-to-string");
        const { create } = await m("zustand");
        const useN = create(() => ({ n: 8 }));
        const App = () => h("p", null, useN((s) => s.n));
        console.log(renderToString(h(App)));
        """,
    )
    assert html == "<p>8</p>"


async def test_react_libraries_share_one_react(service: DependencyService, tmp_path: Path) -> None:
    packages = {**REACT, "recharts": "^3.0.0", "lucide-react": "latest"}
    specifiers = ["react", "react/jsx-dev-runtime", "react-dom/client", "react-dom/server", "recharts", "lucide-react"]
    found = await service.resolve(packages, specifiers)
    assert found.errors == {}
    assert set(found.modules) == set(specifiers)
    assert found.base == f"/@deps/{found.hash}/"
    # Hooks work only when the renderer, the icons and the chart see the same React.
    html = run_modules(
        service,
        found,
        tmp_path,
        """
        const { createElement: h, useState } = await m("react");
        const { renderToString } = await m("react-dom/server");
        const { Heart } = await m("lucide-react");
        const { LineChart, Line } = await m("recharts");
        const App = () => { const [n] = useState(7); return h("p", null, n, h(Heart),
          h(LineChart, { width: 200, height: 100, data: [{ v: 1 }, { v: 2 }] }, h(Line, { dataKey: "v" }))); };
        console.log(renderToString(h(App)));
        """,
    )
    assert html.startswith("<p>7<svg")
    assert "lucide-heart" in html
    assert "recharts" in html
    served = {file: service.path(found.hash, file) for file in found.imports}
    assert all(path and path.is_file() for path in served.values())
    assert sum("react.development" in (path.read_text() if path else "") for path in served.values()) <= 1


async def test_vue_and_its_store_share_one_vue(service: DependencyService, tmp_path: Path) -> None:
    found = await service.resolve({"vue": "^3.5.0", "pinia": "latest"}, ["vue", "pinia"])
    assert found.errors == {}
    output = run_modules(
        service,
        found,
        tmp_path,
        """
        const { createSSRApp, ref, computed } = await m("vue");
        const { createPinia, defineStore } = await m("pinia");
        createSSRApp({}).use(createPinia());
        const useCount = defineStore("count", () => { const n = ref(2); return { n, twice: computed(() => n.value * 2) } });
        console.log(useCount(createPinia()).twice);
        """,
    )
    assert output == "4"


async def test_svelte_components_in_packages_are_compiled(service: DependencyService, tmp_path: Path) -> None:
    specifiers = ["svelte", "svelte/internal/client", "svelte/store", "@lucide/svelte"]
    found = await service.resolve({"svelte": "^5.0.0", "@lucide/svelte": "latest"}, specifiers)
    assert found.errors == {}
    assert run_modules(service, found, tmp_path, 'console.log(typeof (await m("@lucide/svelte")).Heart)') == "function"


async def test_names_and_defaults_can_be_imported(service: DependencyService, tmp_path: Path) -> None:
    packages = {"lodash": "*", "dayjs": "*", "clsx": "*"}
    found = await service.resolve(packages, ["lodash", "dayjs", "dayjs/plugin/utc", "clsx"])
    output = run_modules(
        service,
        found,
        tmp_path,
        """
        const { chunk, default: all } = await m("lodash"); const dayjs = (await m("dayjs")).default;
        const { default: clsx, clsx: named } = await m("clsx");
        console.log(JSON.stringify([chunk([1, 2, 3], 2), all.chunk === chunk, dayjs("2020-01-02").date(), clsx === named]));
        """,
    )
    assert json.loads(output) == [[[1, 2], [3]], True, 2, True]


async def test_styles_and_fonts_come_along(service: DependencyService) -> None:
    specifiers = ["@fontsource/inter", "leaflet", "leaflet/dist/leaflet.css"]
    found = await service.resolve({"@fontsource/inter": "latest", "leaflet": "latest"}, specifiers)
    assert set(found.styles) == {"@fontsource/inter", "leaflet/dist/leaflet.css"}
    style = service.path(found.hash, found.styles["@fontsource/inter"])
    assert style is not None
    assert f"url({found.base}asset-" in style.read_text().replace('"', "")


async def test_a_known_set_costs_nothing_and_survives_a_restart(service: DependencyService, cache: Path) -> None:
    started = time.perf_counter()
    first = await service.resolve(REACT, ["react"])
    once = time.perf_counter() - started
    again = DependencyService(cache, Path("/nonexistent/node"), BROWSER)
    try:
        assert again.known(REACT, ["react"]) == first
        started = time.perf_counter()
        for _ in range(100):
            assert await again.resolve(REACT, ["react"]) == first
        assert time.perf_counter() - started < once
        assert again.known(REACT, ["react", "react/jsx-runtime"]) is None
    finally:
        await again.close()


async def test_modules_are_compressed_in_the_background(service: DependencyService) -> None:
    found = await service.resolve(REACT, ["react", "react-dom/client"])
    made = service.path(found.hash, "react-dom__client.js")
    assert made is not None
    await until(made.with_name(f"{made.name}.br").exists)
    plain, packed = (service.path(found.hash, f"react-dom__client.js{suffix}") for suffix in ("", ".br"))
    assert plain is not None
    assert packed is not None
    assert brotli.decompress(packed.read_bytes()) == plain.read_bytes()
    assert packed.stat().st_size < plain.stat().st_size / 3


async def test_a_share_gets_the_production_build(service: DependencyService) -> None:
    development = await service.resolve(REACT, ["react-dom/client"])
    production = await service.resolve(REACT, ["react-dom/client"], mode="production")
    sizes = [
        sum(path.stat().st_size for file in found.imports if (path := service.path(found.hash, file)))
        for found in (development, production)
    ]
    assert sizes[1] < sizes[0] * 0.7


async def test_a_specifier_that_fails_does_not_spoil_the_others(service: DependencyService) -> None:
    found = await service.resolve(REACT, ["react", "not-listed", "react/nothing-here"])
    assert set(found.modules) == {"react"}
    assert found.errors["not-listed"] == "“not-listed” is imported, but package.json does not list it."
    assert "nothing at “react/nothing-here”" in found.errors["react/nothing-here"]


@pytest.mark.parametrize(
    ("dependencies", "code", "package", "suggestion"),
    [
        ({"lucide-reactt-sayso": "1"}, "package_missing", "lucide-reactt-sayso", "lucide-react"),
        ({"react": "^999.0.0"}, "version_missing", "react", ""),
        ({"react": "no-such-tag"}, "version_missing", "react", ""),
    ],
)
async def test_what_the_registry_lacks_is_named(
    service: DependencyService, dependencies: dict[str, str], code: str, package: str, suggestion: str
) -> None:
    with pytest.raises(DependencyError) as missing:
        await service.resolve(dependencies, [])
    assert (missing.value.code, missing.value.package) == (code, package)
    assert missing.value.suggestion == suggestion
    assert package in said(missing.value.says)


async def test_the_starters_can_be_prepared_quietly(service: DependencyService) -> None:
    requests = [
        ({"clsx": "latest"}, ["clsx"]),
        ({"no-such-package-sayso": "1"}, []),
        ({"nanoid": "latest"}, ["nanoid"]),
    ]
    await service.prepare(requests)
    assert service.known({"clsx": "latest"}, ["clsx"])
    assert service.known({"nanoid": "latest"}, ["nanoid"])


async def test_an_empty_set(service: DependencyService) -> None:
    found = await service.resolve({}, [])
    assert (found.modules, found.errors) == ({}, {})
