"""A file's text that came with something around it."""

from __future__ import annotations

import pytest

from builder.generation.reading.wrapped import is_patch, unwrapped


@pytest.mark.parametrize(
    ("path", "text", "meant"),
    [
        ("a.css", "```css\nbody{}\n```", "body{}\n"),
        ("a.html", "\n```html\n<p>\n</p>\n```\n", "<p>\n</p>\n"),
        ("a.py", "~~~python\nx=1\n~~~", "x=1\n"),
        ("a.tsx", '```tsx title="a.tsx"\nx\n```', "x\n"),
        ("Dockerfile", "```\nFROM x\n```", "FROM x\n"),
        ("a.css", "```\n```", ""),
        ("a.ts", 'const a = 1;\\nconst b = \\"x\\";\\nexport default b;', 'const a = 1;\nconst b = "x";\nexport default b;'),
        ("a.py", "def f():\\n    return 'a'\\n", "def f():\n    return 'a'\n"),
        ("a.json", '{\\n  \\"a\\": 1\\n}', '{\n  "a": 1\n}'),
        ("a.css", "body {\\n  margin: 0;\\n}\\n", "body {\n  margin: 0;\n}\n"),
        ("a.vue", "<template>\\n<p>x</p>\\n</template>", "<template>\n<p>x</p>\n</template>"),
        ("a.tsx", '{"content": "const a = 1;\\n"}', "const a = 1;\n"),
        ("a.py", '{"path": "a.py", "language": "python", "code": "x = 1\\n"}\n', "x = 1\n"),
        ("a.css", '{"code": ["a {", "}"]}', "a {\n}"),
        ("a.tsx", "export default () =&gt; &lt;p&gt;x&lt;/p&gt;;\n", "export default () => <p>x</p>;\n"),
    ],
)  # fmt: skip
def test_what_stands_around_a_text_is_taken_off(path: str, text: str, meant: str) -> None:
    assert unwrapped(path, text) == meant
    assert unwrapped(path, meant) == meant


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", '{"name": "x", "count": 1}'),
        ("a.ts", '{"path": "b.ts", "content": "x"}'),
        ("a.ts", '{"content": "const a = ("}'),
        ("a.yaml", '{"name": "x", "content": "y"}'),
        ("a.json", '{"content": "y"}'),
        ("README.md", "```css\nbody{}\n```"),
        ("a.css", "```css\nbody{}\n"),
        ("a.css", "```css\na\n```\nand\n```css\nb\n```"),
        ("a.ts", "export const lines = (s) => s.split('\\n');"),
        ("a.py", "print('a\\nb')"),
        ("a.json", '{"a": "x\\ny"}'),
        ("a.html", "<p>a\\nb</p>"),
        ("a.html", "&lt;p&gt;"),
        ("a.env", "KEY=a\\nb"),
    ],
)
def test_what_may_be_meant_stays(path: str, text: str) -> None:
    assert unwrapped(path, text) == text


@pytest.mark.parametrize(
    ("path", "text", "patch"),
    [
        ("a.ts", "diff --git a/a.ts b/a.ts\n", True),
        ("a.ts", "@@ -1,2 +1,3 @@\n", True),
        ("a.ts", "*** Begin Patch\n", True),
        ("a.patch", "diff --git a/a.ts b/a.ts\n", False),
        ("NEWS.md", "--- a/b\n+++ c", False),
        ("a.yaml", "---\na: 1\n", False),
        ("a.sql", "--- a comment\nselect 1;\n", False),
        ("a.css", "@media print {}\n", False),
    ],
)
def test_a_patch_is_told_from_a_file(path: str, text: str, patch: bool) -> None:
    assert is_patch(path, text) is patch
