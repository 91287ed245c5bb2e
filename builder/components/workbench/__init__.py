"""The workbench island: chat, preview, code and logs of one project, in TypeScript beside this file."""

from __future__ import annotations

import reflex as rx


class Workbench(rx.NoSSRComponent):
    """Reads the project's id from the address (`/p/<id>`) and calls `/api/v1`; no file text passes through State."""

    library = "$/components/workbench/index.tsx"
    tag = "Workbench"
    signs_out: rx.Var[bool]
    # 0.55's grammars import the whole editor; of 0.52.2 single parts can be imported (484 instead of 745 kB brotli).
    lib_dependencies: list[str] = [
        "monaco-editor@0.52.2",
        "@xterm/xterm@6.0.0",
        "@xterm/addon-fit@0.11.0",
        "prettier@3.10.1",
        "emmet@2.4.11",
    ]
