"""How Go, Java, plain files and a project with its own Dockerfile are run."""

from __future__ import annotations

import re
from typing import Final

from preview_runtime.containers.images import Runtime
from preview_runtime.containers.recipe import PACKAGES_FOLDER, Recipe, folder_of, nearest
from preview_runtime.file_tree import FileTree

_GO_ENVIRONMENT: Final = {
    "GOCACHE": f"{PACKAGES_FOLDER}/go-build",
    "GOMODCACHE": f"{PACKAGES_FOLDER}/go-modules",
    "GOFLAGS": "-modcacherw",
    "GOTOOLCHAIN": "local",
    "CGO_ENABLED": "0",
}
_JAR: Final = 'exec java -jar "$(ls -t {folder}/*.jar | grep -v -e -plain -e original- | head -1)"'


def language_recipe(tree: FileTree, language: str) -> Recipe | None:
    """The recipe for a language that has a runtime here, None for the others and where no main program is found."""
    if language == "Go":
        return _go(tree)
    if language in ("Java", "Kotlin"):
        return _java(tree, language)
    return None


def single_file_recipe(tree: FileTree) -> Recipe | None:
    """A Java program without a build file: the machine compiles one file, and those it names, by itself (JEP 330, 458)."""
    mains = [path for path in tree if path.endswith(".java") and "static void main(" in (tree.text(path) or "")]
    if not (main := nearest(mains, ("Main.java", "App.java", "Server.java"))):
        return None
    return Recipe(Runtime.JAVA, "Java", f"exec java {main.rpartition('/')[2]}", 8080, folder=folder_of(main))


def static_recipe(tree: FileTree) -> Recipe | None:
    """Serves the files as they are."""
    index = nearest([path for path in tree if path.rpartition("/")[2] == "index.html"])
    if not index:
        return None
    return Recipe(Runtime.STATIC, "A static site", "", 8080, folder=folder_of(index))


def dockerfile_recipe(tree: FileTree) -> Recipe | None:
    """The project's own Dockerfile; the port is the first one it exposes, else 8080."""
    path = nearest([path for path in tree if path.rpartition("/")[2] == "Dockerfile"])
    if not path:
        return None
    text = tree.text(path) or ""
    exposed = re.findall(r"^\s*EXPOSE\s+(\d{1,5})", text, re.M | re.I)
    # The last stage is what runs.
    port = int(exposed[-1]) if exposed and 0 < int(exposed[-1]) < 65536 else 8080
    inputs = tuple(tree)
    return Recipe(None, "Docker", "", port, install_inputs=inputs, folder=folder_of(path), dockerfile=path)


def _go(tree: FileTree) -> Recipe | None:
    module = nearest([path for path in tree if path.rpartition("/")[2] == "go.mod"])
    folder = folder_of(module)
    prefix = f"{folder}/" if folder else ""
    mains = [
        path
        for path in tree
        if path.startswith(prefix)
        and path.endswith(".go")
        and re.search(r"^package main\b", tree.text(path) or "", re.M)
    ]
    main = nearest([path for path in mains if not path.endswith("_test.go")], ("main.go",))
    if not main:
        return None
    package = f"./{folder_of(main).removeprefix(folder).strip('/')}".rstrip("/") or "."
    program = f"{PACKAGES_FOLDER}/program"
    needs = bool(re.search(r"^\s*require\b", tree.text(module) or "", re.M))
    return Recipe(
        runtime=Runtime.GO,
        name="Go",
        start=f"go build -o {program} {package} && exec {program}",
        port=8080,
        install="go mod download" if needs else "",
        install_inputs=tuple(path for path in (module, f"{prefix}go.sum") if path in tree),
        folder=folder,
        environment=_GO_ENVIRONMENT,
    )


def _java(tree: FileTree, language: str) -> Recipe | None:
    build = nearest(
        [path for path in tree if path.rpartition("/")[2] in ("pom.xml", "build.gradle", "build.gradle.kts")],
        ("pom.xml",),
    )
    folder = folder_of(build)
    prefix = f"{folder}/" if folder else ""
    if build.endswith("pom.xml"):
        maven = f"mvn -B -q -Dmaven.repo.local={PACKAGES_FOLDER}/maven"
        install, compile_command, jar = (
            f"{maven} dependency:go-offline",
            f"{maven} -o -DskipTests package",
            _JAR.format(folder="target"),
        )
    else:
        gradle = "sh ./gradlew" if f"{prefix}gradlew" in tree else "gradle"
        install, compile_command, jar = (
            f"{gradle} --no-daemon dependencies",
            f"{gradle} --no-daemon --offline assemble",
            _JAR.format(folder="build/libs"),
        )
    return Recipe(
        runtime=Runtime.JAVA,
        name=language,
        start=f"{compile_command} && {jar}",
        port=8080,
        install=install,
        install_inputs=(build,),
        folder=folder,
        environment={
            "GRADLE_USER_HOME": f"{PACKAGES_FOLDER}/gradle",
            # The Java machine takes its heap from the container's limit; the rest is threads and code.
            "JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=60 -XX:+UseSerialGC",
        },
    )
