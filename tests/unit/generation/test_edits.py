"""Where an edit goes: exactly first, then by named fallbacks, and nothing else changes by a byte."""

from __future__ import annotations

import pytest

from builder.generation.draft import Draft, DraftRefused, Edit, EditsFailed, apply, lay
from builder.generation.edits import FALLBACKS, EditFailed, place, replace_once, shown
from preview_runtime.file_tree import FileTree
from tests.pace import no_longer_than

TABBED = "function f() {\n\tif (a) {\n\t\tb();\n\t}\n}\n"
FOUR = "def f():\n    if a:\n        b()\n    return c\n"
DEEP = "class A:\n    def f(self):\n        if x:\n            a()\n        return b\n"
SUM = "function total(items) {\n  let sum = 0\n  for (const item of items) sum += item.price\n  return sum\n}\n\nexport {}\n"

# (name, text, find, replace, what comes out, how the place was found)
FITS = [
    ("exact", "one\ntwo\n", "two", "2", "one\n2\n", ""),
    ("exact within an indented line", "    a = b + c\n", "b + c", "d", "    a = d\n", ""),
    ("exact from the middle of an indented line on", "  if (a) {\n    b\n  }\n", "if (a) {\n    b", "if (c) {\n    d", "  if (c) {\n    d\n  }\n", ""),
    ("exact goes before a fallback that would be ambiguous", "a\n  a\n", "  a", "  b", "a\n  b\n", ""),
    ("CRLF file, one line", "a\r\nb\r\nc\r\n", "b", "x\ny", "a\r\nx\r\ny\r\nc\r\n", ""),
    ("CRLF file, a line break with its line", "a\r\nb\r\nc\r\n", "\nb", "", "a\r\nc\r\n", ""),
    ("CRLF file, last line", "a\r\nb", "b", "x\ny", "a\r\nx\r\ny", ""),
    ("CRLF replacement keeps its own", "a\r\nb\r\n", "b", "x\r\ny", "a\r\nx\r\ny\r\n", ""),
    ("mixed endings are let be", "a\r\nb\nc\r\n", "a\r\nb\nc", "a\r\nB\nc", "a\r\nB\nc\r\n", ""),
    ("a lone CR is text", "a\rb\n", "b", "c", "a\rc\n", ""),
    ("no line break at all", "abc", "b", "x\ny", "ax\nyc", ""),
    ("CRLF file, LF find", "a\r\nb\r\nc\r\n", "a\nb", "x\ny", "x\r\ny\r\nc\r\n", "line_endings"),
    ("LF file, CRLF find", "a\nb\nc\n", "a\r\nb", "x\r\ny", "x\ny\nc\n", "line_endings"),
    ("CRLF behind other CRLF", "1\r\n2\r\n3\r\n4\r\n", "2\n3\n", "z\n", "1\r\nz\r\n4\r\n", "line_endings"),
    ("trailing space in the file", "a  \nb\nc\n", "a\nb", "x", "x\nc\n", "trailing_space"),
    ("trailing space in the find", "a\nb\n", "a \nb\t", "x", "x\n", "trailing_space"),
    ("trailing space and CRLF", "a  \r\nb\r\nc\r\n", "a\nb\n", "x\ny\n", "x\r\ny\r\nc\r\n", "trailing_space"),
    ("a line break that is not there at the end", "a\nb", "b \n", "c\n", "a\nc", "trailing_space"),
    ("dedented", DEEP, "if x:\n    a()\nreturn b", "if y:\n    a()\nreturn d", DEEP.replace("x:", "y:").replace("return b", "return d"), "indentation"),
    ("tabs against spaces", TABBED, "  if (a) {\n    b();\n  }", "  if (a) {\n    b();\n    if (c) {\n      d();\n    }\n  }", "function f() {\n\tif (a) {\n\t\tb();\n\t\tif (c) {\n\t\t\td();\n\t\t}\n\t}\n}\n", "indentation"),
    ("spaces against tabs", FOUR, "\tif a:\n\t\tb()", "\tif a:\n\t\tb()\n\t\tif d:\n\t\t\te()", FOUR.replace("b()\n", "b()\n        if d:\n            e()\n"), "indentation"),
    ("2 against 4", FOUR, "  if a:\n    b()", "  if a:\n    b()\n    if d:\n      e()", FOUR.replace("b()\n", "b()\n        if d:\n            e()\n"), "indentation"),
    ("4 against 2", "f {\n  g {\n    h\n  }\n}\n", "    g {\n        h\n    }", "    g {\n        i {\n            j\n        }\n    }", "f {\n  g {\n    i {\n      j\n    }\n  }\n}\n", "indentation"),
    ("only the first line lacks its indentation", DEEP, "if x: \n            a()", "if y:\n            a()\n            c()", DEEP.replace("if x:", "if y:").replace("a()\n", "a()\n            c()\n"), "indentation"),
    ("a block comment keeps its stars in line", "class A {\n    /**\n     * one\n     */\n    f() {}\n}\n", "/**\n * one\n */\nf() {}", "/**\n * two\n */\nf() {}", "class A {\n    /**\n     * two\n     */\n    f() {}\n}\n", "indentation"),
    ("another space within a line", "  return foo(a,  b)\n", "return foo(a, b)", "return bar(a)", "  return bar(a)\n", "whitespace"),
    ("a call that is wrapped", "x\n    const y = foo(a,\n      b)\n", "foo(a, b)", "bar(a)", "x\n    const y = bar(a)\n", "whitespace"),
    ("spaces in a tag", "<p>\n  <a href='x' >go</a>\n</p>\n", "<a href='x'>go</a>", "<b>go</b>", "<p>\n  <b>go</b>\n</p>\n", "whitespace"),
    ("a line that goes, with its line break", "a( b )\nc\n", "a(b)\n", "", "c\n", "whitespace"),
    ("blank lines more or less", "a\n\n\nb\nc\n", "a\n\nb", "x", "x\nc\n", "whitespace"),
    ("composed in one, decomposed in the other", "<p>Cafe\u0301</p>\n<b>x</b>\n", "<p>Café</p>", "<p>Bar</p>", "<p>Bar</p>\n<b>x</b>\n", "spelling"),
    ("decomposed in the find, behind a character of two units", "😀 <p>Über</p>\n", "<p>U\u0308ber", "<p>Unter", "😀 <p>Unter</p>\n", "spelling"),
    ("typographic quotes", "<p>It’s “ok” — so</p>\n", "It's \"ok\" - so", "Fine", "<p>Fine</p>\n", "spelling"),
    ("a blank that does not break", "a\u00a0b\n", "a b", "c", "c\n", "whitespace"),
    ("a file that begins with its byte order mark", "\ufeffusing A;\nusing B;\n", "using A;\nusing B;", "using C;", "\ufeffusing C;\n", ""),
    ("2 against the tabs of Go", "func f() {\n\tif a {\n\t\tb()\n\t}\n}\n", "  if a {\n    b()\n  }", "  if a {\n    b()\n  } else {\n    c()\n  }", "func f() {\n\tif a {\n\t\tb()\n\t} else {\n\t\tc()\n\t}\n}\n", "indentation"),
    ("the tabs of a Makefile", "all:\n\techo a\n\techo b\n", "    echo a\n    echo b", "    echo c", "all:\n\techo c\n", "indentation"),
    ("4 against 2 in YAML", "jobs:\n  a:\n    steps:\n      - run: x\n", "    a:\n        steps:\n            - run: x", "    a:\n        env:\n            B: 1\n        steps:\n            - run: x", "jobs:\n  a:\n    env:\n      B: 1\n    steps:\n      - run: x\n", "indentation"),
    ("semicolons that are not there", SUM, "function total(items) {\n  let sum = 0;\n  for (const item of items) sum += item.price;\n  return sum;\n}", "function total(items) {\n  let sum = 0;\n  for (const item of items) sum += item.price * item.count;\n  return sum;\n}", SUM.replace("item.price", "item.price * item.count;"), "anchor"),
    ("a line misremembered that stays", "const red = '#f00'\nconst size = 14\nconst blue = '#00f'\n", "const red = '#f00'\nconst size = 12\nconst blue = '#00f'", "const red = '#f00'\nconst size = 12\nconst blue = '#03f'", "const red = '#f00'\nconst size = 14\nconst blue = '#03f'\n", "anchor"),
    ("go spaces", "package main\n\nfunc main() {\n\tfor i := 0; i < 3; i++ {\n\t\tfmt.Println(i)\n\t}\n}\n", "    for i := 0; i < 3; i++ {\n        fmt.Println(i)\n    }", "    for i := 0; i < 5; i++ {\n        fmt.Println(i)\n        go run()\n    }", "package main\n\nfunc main() {\n\tfor i := 0; i < 5; i++ {\n\t\tfmt.Println(i)\n\t\tgo run()\n\t}\n}\n", "indentation"),
    ("go two spaces", "package main\n\nfunc main() {\n\tfor i := 0; i < 3; i++ {\n\t\tfmt.Println(i)\n\t}\n}\n", "  for i := 0; i < 3; i++ {", "  for i := range 3 {", "package main\n\nfunc main() {\n\tfor i := range 3 {\n\t\tfmt.Println(i)\n\t}\n}\n", "indentation"),
    ("css context", ".a {\n  color: red;\n}\n\n.b {\n  color: red;\n}\n", ".b {\n  color: red;", ".b {\n  color: blue;", ".a {\n  color: red;\n}\n\n.b {\n  color: blue;\n}\n", ""),
    ("css one line", ".a {\n  color: red;\n}\n\n.b {\n  color: red;\n}\n", ".b { color: red; }", ".b { color: blue; }", ".a {\n  color: red;\n}\n\n.b { color: blue; }\n", "whitespace"),
    ("emoji", "const a = \"🎉 Party\";\nconst b = 2;\n", "const a = \"🎉 Party\";", "const a = \"🎂 Party\";", "const a = \"🎂 Party\";\nconst b = 2;\n", ""),
    ("emoji before", "// 👩\u200d💻👩\u200d💻\nconst b  = 2;\n", "const b = 2;", "const b = 3;", "// 👩\u200d💻👩\u200d💻\nconst b = 3;\n", "whitespace"),
    ("curly apostrophe in find", "<p>Don't worry</p>\n", "<p>Don’t worry</p>", "<p>Relax</p>", "<p>Relax</p>\n", "spelling"),
    ("curly in file", "<p>Don’t worry</p>\n", "<p>Don't worry</p>", "<p>Relax</p>", "<p>Relax</p>\n", "spelling"),
    ("ellipsis", "<p>Wait…</p>\n", "<p>Wait...</p>", "<p>Stop</p>", "<p>Stop</p>\n", "spelling"),
    ("nbsp in file", "<p>10\u00a0€</p>\n", "<p>10 €</p>", "<p>12 €</p>", "<p>12 €</p>\n", "whitespace"),
    ("dash", "<h1>A – B</h1>\n", "<h1>A - B</h1>", "<h1>C</h1>", "<h1>C</h1>\n", "spelling"),
    ("nfd", "<h1>A\u0303o</h1>\n", "<h1>Ão</h1>", "<h1>No</h1>", "<h1>No</h1>\n", "spelling"),
    ("overlap unique with tail", "x\nx\nx\ny\n", "x\nx\ny\n", "z\n", "x\nz\n", ""),
    ("word in word", "const total = 1\nconst subtotal = 2\n", "total = 2", "total = 3", "const total = 1\nconst subtotal = 3\n", ""),
    ("json comma", "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "\"b\": 2", "\"b\": 2,\n  \"c\": 3", "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3\n}\n", ""),
    ("json reindented", "{\n    \"s\": {\n        \"dev\": \"vite\"\n    }\n}\n", "  \"s\": {\n    \"dev\": \"vite\"\n  }", "  \"s\": {\n    \"dev\": \"vite\",\n    \"build\": \"vite build\"\n  }", "{\n    \"s\": {\n        \"dev\": \"vite\",\n        \"build\": \"vite build\"\n    }\n}\n", "indentation"),
    ("yaml list", "on:\n- push\n- pull\n", "  - push\n  - pull", "  - push", "on:\n- push\n", "indentation"),
    ("yaml deeper", "a:\n    b:\n        c: 1\n", "  b:\n    c: 1", "  b:\n    c: 1\n    d: 2", "a:\n    b:\n        c: 1\n        d: 2\n", "indentation"),
    ("makefile tab", "run:\n\tnode a.js\n", "run:\n    node a.js", "run:\n    node b.js", "run:\n\tnode b.js\n", "indentation"),
    ("jsx wrapped", "  <Button onClick={go} disabled={no}>\n    Go\n  </Button>\n", "<Button\n  onClick={go}\n  disabled={no}\n>\n  Go\n</Button>", "<Button onClick={go}>\n  Go\n</Button>", "  <Button onClick={go}>\n    Go\n  </Button>\n", "whitespace"),
    ("blank line missing", "a()\n\n\nb()\n", "a()\nb()", "a()\nc()\nb()", "a()\nc()\nb()\n", "whitespace"),
    ("whole file", "a\nb\n", "a\nb\n", "c\n", "c\n", ""),
    ("whole file no end", "a\nb", "a\nb\n", "c\n", "c", "trailing_space"),
    ("bom", "\ufeffconst a = 1\n", "const a = 1", "const a = 2", "\ufeffconst a = 2\n", ""),
    ("dollar in replace", "price = 1\n", "price = 1", "price = $& $1 \\1 \\n", "price = $& $1 \\1 \\n\n", ""),
    ("backslash", "re = /\\d+/\n", "/\\d+/", "/\\w+/", "re = /\\w+/\n", ""),
    ("tab inside line", "a\t=\t1\n", "a = 1", "a = 2", "a = 2\n", "whitespace"),
    ("mixed tabs file", "if a:\n\tb()\n        c()\n", "\tb()", "\td()", "if a:\n\td()\n        c()\n", ""),
    ("replace keeps nested relative", "ul\n    li one\n        b x\n", "li one\n  b x", "li one\n  b x\n  i y", "ul\n    li one\n        b x\n        i y\n", "indentation"),
    ("unterminated", "const s = `a\n  b`\n", "`a\n  b`", "`a\n  c`", "const s = `a\n  c`\n", ""),
    ("two places one exact", "foo(a)\nfoo( a )\n", "foo(a)", "bar(a)", "bar(a)\nfoo( a )\n", ""),
    ("ruby 4", "class A\n  def f\n    if x\n      g\n    end\n  end\nend\n", "    def f\n        if x\n            g\n        end", "    def f\n        g if x", "class A\n  def f\n    g if x\n  end\nend\n", "indentation"),
    ("json tabs by spaces", "{\n\t\"a\": {\n\t\t\"b\": [1, 2]\n\t},\n\t\"c\": null\n}\n", "  \"a\": {\n    \"b\": [1, 2]\n  },", "  \"a\": {\n    \"b\": [1, 2, 3]\n  },", "{\n\t\"a\": {\n\t\t\"b\": [1, 2, 3]\n\t},\n\t\"c\": null\n}\n", "indentation"),
    ("json line spacing", "{\n\t\"a\": {\n\t\t\"b\": [1, 2]\n\t},\n\t\"c\": null\n}\n", "\"b\": [1,2]", "\"b\": [1,2,3]", "{\n\t\"a\": {\n\t\t\"b\": [1,2,3]\n\t},\n\t\"c\": null\n}\n", "whitespace"),
    ("crlf tabs", "a {\r\n\tb: c;\r\n\td: e;\r\n}\r\n", "  b: c;\n  d: e;", "  b: x;\n  d: e;\n  f: g;", "a {\r\n\tb: x;\r\n\td: e;\r\n\tf: g;\r\n}\r\n", "indentation"),
    ("crlf in find lf file", "a\nb\nc", "b\r\nc", "x\r\ny", "a\nx\ny", "line_endings"),
    ("mixed endings unique", "a\r\nb\nc\n", "b\nc", "d", "a\r\nd\n", ""),
    ("final no newline append", "a\nb", "b", "b\nc\n", "a\nb\nc\n", ""),
    ("final find with two", "a\nb\n", "b\n\n", "c\n", "a\nc\n", "trailing_space"),
    ("korean", "<p>\uc548\ub155\ud558\uc138\uc694</p>\n", "<p>\uc548\ub155\ud558\uc138\uc694</p>", "<p>\ubc18\uac00\uc6cc\uc694</p>", "<p>\ubc18\uac00\uc6cc\uc694</p>\n", ""),
    ("hebrew rtl", "<p>\u05e9\u05dc\u05d5\u05dd</p>\n", "<p>\u05e9\u05dc\u05d5\u05dd</p>", "<p>\u05e2\u05e8\u05d1</p>", "<p>\u05e2\u05e8\u05d1</p>\n", ""),
    ("zwj family", "a 👨\u200d👩\u200d👧 b\n", "👨\u200d👩\u200d👧", "👩", "a 👩 b\n", ""),
    ("hangul nfd", "<p>\u1112\u1161\u11ab</p>\n", "<p>\ud55c</p>", "<p>x</p>", "<p>x</p>\n", "spelling"),
    ("umlaut nfd in find", "größe: 1\n", "gro\u0308\u00dfe: 1", "größe: 2", "größe: 2\n", "spelling"),
    ("quotes both", "<p>\u201cHi,\u201d she said\u2026</p>\n", "<p>\"Hi,\" she said...</p>", "<p>Hi</p>", "<p>Hi</p>\n", "spelling"),
    ("trailing tab", "x = 1\t\ny = 2\n", "x = 1\ny = 2", "z = 3", "z = 3\n", "trailing_space"),
    ("trailing spaces md", "Line one  \nLine two\n", "Line one\nLine two", "Line three", "Line three\n", "trailing_space"),
    ("blank with spaces", "f()\n   \ng()\n", "f()\n\ng()", "h()", "h()\n", "trailing_space"),
    ("unique tail", "</li>\n</li>\n</ul>\n", "</li>\n</ul>", "</ol>", "</li>\n</ol>\n", ""),
    ("substring of identifier", "userName = 1\nname = 2\n", "name = 2", "title = 2", "userName = 1\ntitle = 2\n", ""),
    ("regex chars", "a.*b+(c)?[d]\n", "a.*b+(c)?[d]", "x", "x\n", ""),
    ("replacement group", "a\n", "a", "\\g<0>\\1", "\\g<0>\\1\n", ""),
    ("attribute spacing", "<a  href=\"b\"   class=\"c\">d</a>\n", "<a href=\"b\" class=\"c\">d</a>", "<a href=\"e\">d</a>", "<a href=\"e\">d</a>\n", "whitespace"),
    ("object on one line", "const a = { b: 1, c: 2 }\n", "const a = {\n  b: 1,\n  c: 2\n}", "const a = {\n  b: 3\n}", "const a = {\n  b: 3\n}\n", "whitespace"),
    ("one line to many", "const a = {\n  b: 1,\n  c: 2\n}\n", "const a = { b: 1, c: 2 }", "const a = { b: 3 }", "const a = { b: 3 }\n", "whitespace"),
    ("python dedent level", "def f():\n    a()\n    for x in y:\n        b()\n    c()\n", "    for x in y:\n        b()\n    c()", "    for x in y:\n        d()\n    c()", "def f():\n    a()\n    for x in y:\n        d()\n    c()\n", ""),
    ("delete block", "a()\n\nb()\n\nc()\n", "b()\n\n", "", "a()\n\nc()\n", ""),
    ("delete last line", "a\nb\n", "b\n", "", "a\n", ""),
    ("delete line no end", "a\nb", "\nb", "", "a", ""),
    ("insert at top", "import a\n\nx()\n", "import a\n", "import a\nimport b\n", "import a\nimport b\n\nx()\n", ""),
    ("yaml 2 to 4", "a:\n    - b: 1\n      c: 2\n", "  - b: 1\n    c: 2", "  - b: 1\n    c: 3", "a:\n    - b: 1\n      c: 3\n", "indentation"),
    ("toml", "[a]\nb = \"c\"\n\n[d]\nb = \"c\"\n", "[d]\nb = \"c\"", "[d]\nb = \"e\"", "[a]\nb = \"c\"\n\n[d]\nb = \"e\"\n", ""),
    ("whole with crlf", "a\r\nb\r\n", "a\nb\n", "c\n", "c\r\n", "line_endings"),
    ("cr only", "a\rb\r", "a\rb", "c", "c\r", ""),
    ("form feed", "a\fb\n", "a\fb", "c", "c\n", ""),
    ("tab in string", "s = \"a\\tb\"\n", "s = \"a\\tb\"", "s = \"c\"", "s = \"c\"\n", ""),
    ("line continued", "x = 1 + \\\n    2\n", "x = 1 + \\\n    2", "x = 3", "x = 3\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "find", "replace", "after", "fallback"), [c[1:] for c in FITS], ids=[c[0] for c in FITS]
)
def test_an_edit_finds_its_place(text: str, find: str, replace: str, after: str, fallback: str) -> None:
    placed = place(text, find, replace)
    assert (placed.over(text), placed.fallback) == (after, fallback)
    assert after == text[: placed.start] + placed.replace + text[placed.end :]
    # Who only replaces the first place where a text is comes to the same.
    assert text.replace(*shown(text, placed), 1) == after


def test_every_fallback_is_tried() -> None:
    assert {case[5] for case in FITS} == {"", *FALLBACKS}


@pytest.mark.parametrize(
    ("text", "find", "replace", "code"),
    [
        ("aaa", "aa", "b", "edit_ambiguous"),
        ("</div>\n</div>\n</div>\n", "</div>\n</div>", "", "edit_ambiguous"),
        ("a\nb\na\nb\n", "a\nb", "", "edit_ambiguous"),
        ("a \nb\na\nb \n", "a\nb\n", "", "edit_ambiguous"),
        ("  a\n    a\n", "a ", "b", "edit_ambiguous"),
        ("a\r\nb\r\na\r\nb\r\n", "a\nb", "", "edit_ambiguous"),
        ("a", " \n", "b", "edit_empty"),
        ("max = 1\n", "  x = 1", "  y = 1", "edit_absent"),  # not the end of another word
        ("\tmax = 1\n", "x  = 1", "y = 1", "edit_absent"),
        ("outlet x\n", "let  x", "y", "edit_absent"),
        (".a {\n  color: red;\n}\n\n.b {\n  color: red;\n}\n", "  color: red;", "  color: blue;", "edit_ambiguous"),
        ("const а = 1\n", "const a = 1", "const a = 2", "edit_absent"),
        ("const Foo = 1\n", "const foo = 1", "const foo = 2", "edit_absent"),
        ("const a = 10\n", "const a = 100", "const a = 1", "edit_absent"),
        ("ababab\n", "abab", "x", "edit_ambiguous"),
        ("x\nx\nx\ny\n", "x\nx\n", "z\n", "edit_ambiguous"),
        ("SELECT a FROM t WHERE b = 1;\n", "select a from t where b = 1;", "select a from t;", "edit_absent"),
        ("<a class='x' href='y'>z</a>\n", "<a href='y' class='x'>z</a>", "<a>z</a>", "edit_absent"),
        ("import a from 'a'\nimport b from 'b'\n", "import b from \"b\"", "import c from \"c\"", "edit_absent"),
        ("function f() {\n  // keep\n  one()\n  two()\n}\n", "function f() {\n  one()\n  two()\n}", "function f() {\n  one()\n}", "edit_absent"),
        ("a\n", "", "b", "edit_empty"),
        ("a\n\nb\n", "\n\n", "\n", "edit_empty"),
        ("a()\nb()\nc()\n", "2| b()", "d()", "edit_absent"),
        ("foo( a )\nfoo(a )\n", "foo(a)", "bar(a)", "edit_ambiguous"),
        ("<p>Wait…</p>\n", "Wait.", "Stop", "edit_absent"),  # no part of a character
        ("\uff41 = 1\n", "a = 1", "b = 1", "edit_absent"),
        ("a\u2014b\n", "a--b", "c", "edit_absent"),
        ("</li>\n</li>\n</li>\n", "</li>\n</li>", "x", "edit_ambiguous"),
        ("abaab abaab\n", "abaab", "x", "edit_ambiguous"),
        ("userName = 2\n", "Name  = 2", "x", "edit_absent"),
        ("a\n", "a\nb\nc", "x", "edit_absent"),
        ("x() // one\n", "x() // two", "y()", "edit_absent"),
        ("n = 1_000\n", "n = 1000", "n = 2000", "edit_absent"),
        ("<DIV>a</DIV>\n", "<div>a</div>", "<p>a</p>", "edit_absent"),
        ("def f():\n    for x in y:\n        b()\n    c()\n", "for x in y:\n    b()\n    c()", "for x in y:\n    b()\n    d()", "edit_absent"),
        ("[a]\nb = \"c\"\n\n[d]\nb = \"c\"\n", "b = \"c\"", "b = \"e\"", "edit_ambiguous"),
        ("a  b\n", "  ", " ", "edit_empty"),
        ("\u2764\ufe0f a\n", "\u2764 a", "b", "edit_absent"),
        ("<p>a &amp; b</p>\n", "<p>a & b</p>", "<p>c</p>", "edit_absent"),
        # What belongs to which block is not what was looked for.
        ("if a:\n  b()\n  c()\n", "if a: \n  b()\nc()", "if a:\n  b()\nd()", "edit_absent"),
        # What a person wrote meanwhile is not written over.
        ("const red = 1\nconst size = 14\nlast(line)\n", "const red = 1\nconst size = 12\nlast(line)", "const red = 1\nconst size = 10\nlast(line)", "edit_absent"),
        # Two lines that could hold it, and they disagree.
        ("first(one)\nmiddle\nsecond(two)\nx\n", "first(one)\nsecond(two)\ny", "first(one)\nsecond(two)\nz", "edit_absent"),
    ],
)  # fmt: skip
def test_an_edit_without_one_place_is_refused(text: str, find: str, replace: str, code: str) -> None:
    with pytest.raises(EditFailed) as caught:
        replace_once(text, find, replace)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("path", "text", "find", "replace"),
    [
        ("a.json", '{\n  "a": 1,\n  "b": 2\n}\n', '"a":1,\n"b":2', '"a": 1,,'),
        ("a.py", "def f():\n    if a:\n        b()\n", "if a:\n  b()", "if a:\n  b("),
        ("a.ts", "const a = {  b: 1 }\n", "{ b: 1 }", "{ b: 1"),
        ("A.tsx", "export const A = () => <p>\n    <b>x</b>\n</p>\n", "<b> x </b>", "<b> x </i>"),
        ("a.css", "a  { color: red }\nb { color: blue }\n", "a { color: red }", "a { color: red "),
    ],
)
def test_a_place_found_roughly_has_to_leave_a_file_that_can_be_read(
    path: str, text: str, find: str, replace: str
) -> None:
    tree = FileTree({path: text})
    with pytest.raises(DraftRefused) as caught:
        apply(Draft(edits=[Edit(path, find, replace)]), tree)
    assert caught.value.code == "edit_breaks"
    # What could not be read before is nobody's fault, and who says exactly what to replace may do so.
    assert apply(Draft(edits=[Edit("a.txt", find, replace)]), FileTree({"a.txt": text}))
    whole = Edit(path, text.strip(), text.strip().replace(text.split()[0], "{ ("))
    assert apply(Draft(edits=[whole]), tree)


def test_two_edits_may_open_and_close_together() -> None:
    tree = FileTree({"a.ts": "const a = [\n    1,\n]\nconst b  = 2\n"})
    edits = [
        Edit("a.ts", "const a = [\n  1,", "const a = f([\n  1,"),
        Edit("a.ts", "]\nconst b = 2", "])\nconst b = 2"),
    ]
    laid = lay(Draft(edits=edits), tree)
    assert laid.tree["a.ts"] == "const a = f([\n    1,\n])\nconst b = 2\n"
    assert laid.fallbacks == [("a.ts", "indentation"), ("a.ts", "whitespace")]


PYTHON = "class A:\n    def f(self):\n        return 1\n"


@pytest.mark.parametrize(
    ("find", "replace", "line"),
    [
        ("return 1", "x = 2\nreturn x", "x = 2\n        return x"),
        ("return 1", "if self:\n    return 2\nreturn 1", "if self:\n            return 2\n        return 1"),
        ("return 1", "x = 2\n        return x", "x = 2\n        return x"),
        ("return 1", "return 1\n\n\nB = A", "return 1\n\n\nB = A"),
        ("def f(self):", "@property\ndef f(self):", "@property\n    def f(self):"),
    ],
)
def test_lines_written_from_the_margin_go_to_the_block_that_python_needs(find: str, replace: str, line: str) -> None:
    after = apply(Draft(edits=[Edit("a.py", find, replace)]), FileTree({"a.py": PYTHON}))
    assert after["a.py"] == PYTHON.replace(find, line)


def test_an_edit_that_is_said_twice_is_made_once() -> None:
    edits = [Edit("a.ts", "one", "one\nx"), Edit("a.ts", "two", "2"), Edit("a.ts", "one", "one\nx")]
    assert apply(Draft(edits=edits), FileTree({"a.ts": "one\ntwo\n"}))["a.ts"] == "one\nx\n2\n"


def test_an_edit_that_looks_for_nothing_begins_a_file_and_is_no_place_in_one() -> None:
    after = apply(Draft(edits=[Edit("n.ts", "", "a\n"), Edit("n.ts", "a", "b")]), FileTree({"a.ts": "x"}))
    assert dict(after) == {"a.ts": "x", "n.ts": "b\n"}
    with pytest.raises(EditsFailed):
        apply(Draft(edits=[Edit("a.ts", "", "y")]), FileTree({"a.ts": "x"}))


def test_all_edits_that_fit_nowhere_are_named() -> None:
    tree = FileTree({"a.ts": "const colour = 1\n"})
    edits = [Edit("a.ts", "const color = 1", ""), Edit("a.ts", "colour", "hue"), Edit("b.ts", "x", "")]
    with pytest.raises(EditsFailed) as caught:
        apply(Draft(edits=edits), tree)
    assert [(failed.number, failed.code) for failed in caught.value.failed] == [
        (0, "edit_absent"),
        (2, "edit_missing_file"),
    ]
    assert "1: const colour = 1" in caught.value.failed[0].detail


@pytest.mark.parametrize(
    ("text", "find"),
    [
        ("a\n" * 100_000, "a\n" * 20_000 + "b"),
        ("x y " * 100_000, "x  y z"),
        (" " * 400_000 + "x", "y  z"),
        ("\n" * 200_000, "\n\n x"),
        ("a b\n" * 50_000, "a  b\n" * 10_000 + "c"),
        ("\r\n" * 100_000 + "x  y\r\nz", "x y\nz"),
        ("é\u0301" * 100_000, "x y\nz"),
    ],
)
def test_a_place_is_looked_for_in_linear_time(text: str, find: str) -> None:
    with no_longer_than(40):
        try:
            replace_once(text, find, "z")
        except EditFailed:
            return
