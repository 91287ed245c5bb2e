"""Follow-ups begin with what the last request began with, so that a provider reads it from its cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from builder.generation.context.layout import Layout
from builder.generation.models.model import EarlierMessage, ModelRequest
from builder.generation.prompts.history import HIGH_CHARACTERS, LOW_CHARACTERS, MESSAGE_CHARACTERS, compacted
from builder.generation.prompts.request import build_request
from preview_runtime.file_tree import FileTree, digest
from tests.unit.generation.context.large_project import STARTERS, large_project

# Twenty requests to a board of cards, with the files that each answer changed.
BOARD = [
    ("make the header green", ["src/theme.css"]),
    ("cards get a due date", ["src/useBoard.ts", "src/components/CardDialog.tsx", "src/components/CardView.tsx"]),
    ("show overdue cards in red", ["src/components/CardView.tsx"]),
    ("rename it to Studio board", ["src/content.json", "index.html"]),
    ("a filter by person", ["src/App.tsx", "src/components/BoardHeader.tsx"]),
    ("the filter should remember its choice", ["src/App.tsx"]),
    ("bigger avatars", ["src/components/Avatar.tsx"]),
    ("show how many cards each lane has", ["src/components/Lane.tsx"]),
    ("a limit of five cards for Doing", ["src/components/Lane.tsx", "src/content.json"]),
    ("the due date is in the wrong format", ["src/components/CardView.tsx"]),
    ("darker background", ["src/theme.css"]),
    ("an archive for finished cards", ["src/App.tsx", "src/useBoard.ts", "src/components/Archive.tsx"]),
    ("restore from the archive", ["src/components/Archive.tsx", "src/useBoard.ts"]),
    ("search in titles", ["src/App.tsx", "src/components/BoardHeader.tsx"]),
    ("search in notes too", ["src/App.tsx"]),
    ("the search field is too wide on phones", ["src/components/BoardHeader.tsx"]),
    ("other words for the lanes", ["src/content.json"]),
    ("confirm before a card is removed", ["src/components/CardDialog.tsx"]),
    ("the dialog closes with escape", ["src/components/CardDialog.tsx"]),
    ("less space between cards", ["src/components/Lane.tsx"]),
]


def board() -> FileTree:
    folder = STARTERS / "kanban"
    names = [
        *folder.glob("*.html"),
        folder / "package.json",
        *(path for path in folder.glob("src/**/*") if path.is_file()),
    ]
    return FileTree({path.relative_to(folder).as_posix(): Path(path).read_text(encoding="utf-8") for path in names})


def test_most_of_a_follow_up_is_what_the_last_request_began_with() -> None:
    same, cached = shares(board(), BOARD)
    # 0.76 and 0.73 as measured; 0.003 with the conversation first and the files by their paths.
    assert same > 0.72
    assert cached > 0.68


def test_a_large_project_keeps_what_it_has_shown() -> None:
    asked = [
        ("give each invoice a due date", ["src/modules/invoices/types.ts", "src/modules/invoices/InvoiceForm.tsx"]),
        ("show it in the row", ["src/modules/invoices/InvoiceRow.tsx"]),
        ("sort the invoices by it", ["src/modules/invoices/InvoiceTable.tsx"]),
        ("the same for contracts", ["src/modules/contracts/types.ts", "src/modules/contracts/ContractForm.tsx"]),
        ("customers need a phone number", ["src/modules/customers/types.ts", "server/customers/models.py"]),
    ]
    same, cached = shares(large_project(), asked * 4)
    # 0.63 and 0.52 as measured, of half as many characters as before; 0.0005 then.
    assert same > 0.58
    assert cached > 0.45


def shares(tree: FileTree, asked: list[tuple[str, list[str]]]) -> tuple[float, float]:
    """Of all characters after the first request: those that begin the request before as well, and those up to a mark that
    both have."""
    messages: tuple[EarlierMessage, ...] = (
        EarlierMessage("person", "a board for my studio"),
        EarlierMessage("builder", "Your board is ready."),
    )
    last: ModelRequest | None = None
    changed: tuple[str, ...] = ()
    total = same = cached = 0
    texts: dict[str, str] = {}
    for number, (prompt, paths) in enumerate(asked):
        texts |= {digest(text): text for text in tree.values() if isinstance(text, str)}
        before = replace(last.layout, texts=texts) if last else Layout()
        request = build_request(prompt, tree, earlier=messages, changed=changed, before=before)
        if last:
            common = _common(last.user, request.user)
            marks = [mark for mark in request.marks if mark <= common and mark in last.marks]
            total, same, cached = total + len(request.user), same + common, cached + max(marks, default=0)
        last, changed = request, (*paths, *changed)[:20]
        messages += (EarlierMessage("person", prompt), EarlierMessage("builder", f"Done: {prompt}."))
        tree = tree.replace({path: (tree.text(path) or "// new\n") + f"\n/* {number} */\n" for path in paths})
    return same / total, cached / total


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def test_old_messages_are_cut_at_once_and_then_only_added_to() -> None:
    messages = [
        EarlierMessage("person" if number % 2 == 0 else "builder", f"{number} " + "x" * 400) for number in range(120)
    ]
    cuts = 0
    for end in range(2, len(messages), 2):
        shorter, longer = compacted(messages[:end]), compacted(messages[: end + 2])
        cuts += longer[: len(shorter)] != shorter
        assert sum(len(message.text) for message in longer) <= HIGH_CHARACTERS + 40 * 120 + MESSAGE_CHARACTERS
    assert 1 <= cuts <= len(messages) * 400 / (HIGH_CHARACTERS - LOW_CHARACTERS) + 1


def test_the_first_request_is_never_forgotten() -> None:
    messages = [
        EarlierMessage("person", "a shop for bees"),
        *(EarlierMessage("person", f"{number} " + "x" * 600) for number in range(60)),
    ]
    kept = compacted(messages)
    assert kept[0].text == "a shop for bees"
    assert [message.text.split()[0] for message in kept[-3:]] == ["57", "58", "59"]
