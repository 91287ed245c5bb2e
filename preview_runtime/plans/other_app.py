"""How Go, Java, static files and a project with its own Dockerfile are run."""

from __future__ import annotations

import re
from typing import Final

from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import PACKAGES_FOLDER, Recipe, folder_of, nearest
from preview_runtime.plans.runtimes import Runtime

_GO_ENVIRONMENT: Final = {
    "GOCACHE": f"{PACKAGES_FOLDER}/go-build",
    "GOMODCACHE": f"{PACKAGES_FOLDER}/go-modules",
    "GOFLAGS": "-modcacherw",
    "GOTOOLCHAIN": "local",
    "CGO_ENABLED": "0",
}
_JAVA_MAIN: Final = re.compile(r"\bstatic\s+void\s+main\s*\(")
_JAVA_TESTS: Final = re.compile(r"(^|/)src/test/|(^|/)\w*Tests?\.java$")
# Java derives its heap from the container's limit; the rest is for threads and code. Before Java 18 (JEP 400) sources,
# files and output use the encoding of the machine's locale, and the images have no locale.
_JAVA_ENVIRONMENT: Final = {
    "JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=60 -XX:+UseSerialGC -Dfile.encoding=UTF-8",
    "LANG": "C.UTF-8",
}
_DEPENDS: Final = re.compile(r"<dependency>|<parent>|\b(?:implementation|api|compileOnly|runtimeOnly)\b|spring|quarkus")
# Folders that hold only Dockerfiles: the files that these copy are above the folder.
_ASIDE: Final = frozenset({"docker", ".docker", "deploy", "deployment", "build"})
_GO_MAINS: Final = ("server", "api", "web", "app", "http")
_NO_PROGRAM: Final = re.compile(r"(^|/)(?:vendor|testdata|examples?|tools|scripts)/|_test\.go$")
_JAR: Final = 'exec java -jar "$(ls -t {folder}/*.jar | grep -v -e -plain -e original- | head -1)"'


def language_recipe(tree: FileTree, language: str) -> Recipe | None:
    """The recipe for a language that has a runtime here, None for other languages, and when no main program is
    found."""
    if language == "Go":
        return _go(tree)
    if language == "Java" and not _built(tree):
        return _java_sources(tree)
    if language in ("Java", "Kotlin"):
        return _java(tree, language)
    return None


def _java_sources(tree: FileTree, folder: str = "", language: str = "Java") -> Recipe | None:
    """Java without a build tool: a single file is run directly (JEP 330); several files, or one in a package, are
    compiled first."""
    sources = sorted(
        path for path in tree if path.endswith(".java") and path.startswith(folder) and not _JAVA_TESTS.search(path)
    )
    mains = [path for path in sources if _JAVA_MAIN.search(tree.text(path) or "")]
    if not (main := nearest(mains, ("Main.java", "App.java", "Application.java", "Server.java"))):
        return None
    package = re.search(r"^[ \t]*package\s+([\w.]+)\s*;", tree.text(main) or "", re.M)
    if len(sources) == 1 and not package and not _built(tree):
        where, start = folder_of(main), f"exec java {main.rpartition('/')[2]}"
        return Recipe(Runtime.JAVA, language, start, 8080, folder=where, environment=_JAVA_ENVIRONMENT)
    name = ".".join(filter(None, (package and package[1], main.rpartition("/")[2].removesuffix(".java"))))
    classes = f"{PACKAGES_FOLDER}/classes"
    # Files beside the classes, such as templates, are found in the place where a build would put them.
    resources = next(
        (path for path in ("src/main/resources", "resources") if _has_folder(tree, f"{folder}{path}/")), ""
    )
    path = f"{classes}:{resources}" if resources else classes
    find = f"find {_common_folder(sources, folder)} -name '*.java'"
    start = f"rm -rf {classes} && javac -d {classes} $({find}) && exec java -cp {path} {name}"
    return Recipe(Runtime.JAVA, language, start, 8080, folder=folder.rstrip("/"), environment=_JAVA_ENVIRONMENT)


def _common_folder(sources: list[str], folder: str) -> str:
    """The folder, relative to `folder`, that contains all of `sources`."""
    inside = [folder_of(path.removeprefix(folder)).split("/") for path in sources]
    common = [parts[0] for parts in zip(*inside, strict=False) if len(set(parts)) == 1]
    return "/".join(common) or "."


def _has_folder(tree: FileTree, folder: str) -> bool:
    return any(path.startswith(folder) for path in tree)


def static_recipe(tree: FileTree) -> Recipe | None:
    """Serves the files unchanged."""
    index = nearest([path for path in tree if path.rpartition("/")[2] == "index.html"])
    if not index:
        return None
    return Recipe(Runtime.STATIC, "A static site", "", 8080, folder=folder_of(index))


def dockerfile_recipe(tree: FileTree, server: str | None, front_folder: str) -> Recipe | None:
    """The project's own Dockerfile; the port is the last one it exposes, else 8080.

    If the folder of the `server` is known, the Dockerfile there or above it; never that of the front end alone.
    """
    paths = [path for path in tree if path.rpartition("/")[2] == "Dockerfile"]
    if front_folder:
        paths = [path for path in paths if not path.startswith(f"{front_folder}/")]
    if server is not None:
        paths = [path for path in paths if f"{server}/".startswith(f"{context_folder(path)}/".lstrip("/"))]
    # The one nearest to the server, not to the root: `backend/Dockerfile` wins over one that builds the whole.
    path = (
        nearest(paths)
        if server is None
        else max(paths, key=lambda path: (len(context_folder(path)), -len(path)), default="")
    )
    if not path:
        return None
    text = tree.text(path) or ""
    exposed = re.findall(r"^[ \t]*EXPOSE\s+(\d{1,5})", text, re.M | re.I)
    # The last stage is what runs.
    port = int(exposed[-1]) if exposed and 0 < int(exposed[-1]) < 65536 else 8080
    inputs = tuple(tree)
    return Recipe(None, "Docker", "", port, install_inputs=inputs, folder=folder_of(path), dockerfile=path)


def context_folder(dockerfile: str) -> str:
    """The folder that is the context of the build of `dockerfile`."""
    folder = folder_of(dockerfile)
    return folder_of(folder) if folder.rpartition("/")[2] in _ASIDE else folder


def _built(tree: FileTree) -> bool:
    return any(path.rpartition("/")[2] in ("pom.xml", "build.gradle", "build.gradle.kts") for path in tree)


def _go(tree: FileTree) -> Recipe | None:
    module = nearest([path for path in tree if path.rpartition("/")[2] == "go.mod"])
    folder = folder_of(module)
    prefix = f"{folder}/" if folder else ""
    mains = [
        path
        for path in tree
        if path.startswith(prefix)
        and path.endswith(".go")
        and not _NO_PROGRAM.search(path.removeprefix(prefix))
        and re.search(r"^package main\b", tree.text(path) or "", re.M)
    ]
    # Of several programs in cmd/ the server is the app; the others migrate, fill in data or call it.
    servers = [path for path in mains if folder_of(path).rpartition("/")[2] in _GO_MAINS and "/cmd/" in f"/{path}"]
    main = nearest(mains, ("main.go",))
    if main.removeprefix(prefix).startswith("cmd/"):
        main = nearest(servers, ("main.go",)) or main
    if not main:
        return None
    if not module:
        folder, prefix = folder_of(main), f"{folder_of(main)}/" if folder_of(main) else ""
    package = f"./{folder_of(main).removeprefix(folder).strip('/')}".rstrip("/") or "."
    # Without a go.mod the go command knows no package, so the files are named.
    package = package if module else "*.go"
    program = f"{PACKAGES_FOLDER}/program"
    needs = bool(re.search(r"^[ \t]*require\b", tree.text(module) or "", re.M))
    return Recipe(
        runtime=Runtime.GO,
        name="Go",
        start=f"go build -o {program} {package} && exec {program}",
        port=8080,
        install="go mod download" if needs else "",
        install_inputs=tuple(path for path in (module, f"{prefix}go.sum") if path in tree),
        folder=folder,
        environment=_GO_ENVIRONMENT,
        builds=True,
    )


def _java(tree: FileTree, language: str) -> Recipe | None:
    build = nearest(
        [path for path in tree if path.rpartition("/")[2] in ("pom.xml", "build.gradle", "build.gradle.kts")],
        ("pom.xml",),
    )
    folder = folder_of(build)
    prefix = f"{folder}/" if folder else ""
    # A build that only compiles is done with the compiler itself: Maven and Gradle are not in the image.
    depends = _DEPENDS.search(tree.text(build) or "")
    if language == "Java" and not depends and (plain := _java_sources(tree, prefix)):
        return plain
    if build.endswith("pom.xml"):
        wrapper = "sh ./mvnw" if f"{prefix}mvnw" in tree else "mvn"
        maven = f"{wrapper} -B -q -Dmaven.repo.local={PACKAGES_FOLDER}/maven"
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
            "MAVEN_USER_HOME": f"{PACKAGES_FOLDER}/maven-wrapper",
            **_JAVA_ENVIRONMENT,
        },
        builds=True,
    )
