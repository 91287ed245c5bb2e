"""What a person gets for a follow-up: only what must change changes, and an honest sentence where the demo cannot."""

import json

import pytest

from builder.demo import answer
from builder.demo.starters import theme
from builder.generation.draft import Draft, apply
from builder.generation.edits import Edit
from builder.texts import t
from preview_runtime.file_tree import FileTree

_TREES: dict[str, FileTree] = {}


def tree_of(prompt: str) -> FileTree:
    if prompt not in _TREES:
        _TREES[prompt] = FileTree(answer.first(prompt).files)
    return _TREES[prompt]


def after(tree: FileTree, request: str) -> tuple[FileTree, str]:
    draft = answer.change(request, tree)
    json.loads(draft.json())
    return apply(Draft(edits=[Edit(**e) for e in draft.edits]), tree), draft.summary


LANDING = "landing page for a dog walking business called Happy Tails"
TODO = "todo app for moving house"
SHOP = "shop for handmade candles"
KANBAN = "kanban for planning our wedding"
QUIZ = "quiz about space"
RECIPES = "a recipe site with search and tags"
EXPENSES = "expense tracker for our trip"

# app, request, files that change, text that must show in the changed files
CHANGES = [
    (LANDING, "make the header green", "src/theme.css", "--header: #2e7d32"),
    (LANDING, "make it blue", "src/theme.css", "--accent: #1f5fd0"),
    (LANDING, "use #0a7755 for the buttons", "src/theme.css", "--accent: #0a7755"),
    (LANDING, "can you please make the background black?", "src/theme.css", "--page: #16181b"),
    (LANDING, "Change the header color to dark red.", "src/theme.css", "--header: #"),
    (LANDING, "dark mode", "index.html", 'data-theme="dark"'),
    (LANDING, "make it dark", "index.html", 'data-theme="dark"'),
    (LANDING, "Switch to dark mode please", "index.html", 'data-theme="dark"'),
    (LANDING, "make it blue and dark mode", "src/theme.css index.html", "#1f5fd0"),
    (LANDING, "rename it to Paws & Co", "README.md index.html package.json src/content.json", "Paws & Co"),
    (LANDING, "call it “Wag Time”", "README.md index.html package.json src/content.json", "Wag Time"),
    (LANDING, "change the title to Good Boy", "README.md index.html package.json src/content.json", "Good Boy"),
    (LANDING, "the app should be called Woof", "README.md index.html package.json src/content.json", "Woof"),
    (LANDING, "remove the pricing section", "src/content.json", ""),
    (LANDING, "hide testimonials and the FAQ", "src/content.json", ""),
    (LANDING, "add a stats section", "src/content.json", '"stats"'),
    (LANDING, "move the FAQ above testimonials", "src/content.json", ""),
    (LANDING, "put pricing first", "src/content.json", ""),
    (LANDING, 'change the headline to "Every dog, every day"', "src/content.json", "Every dog, every day"),
    (LANDING, "the tagline should say: Muddy paws welcome", "src/content.json", "Muddy paws welcome"),
    (LANDING, "replace dog walking with cat sitting", "src/content.json", "Cat sitting"),
    (LANDING, "change the currency to euros", "src/content.json", "€"),
    (LANDING, "rounder corners and bigger text", "src/theme.css", "font-size: 112.5%"),
    (LANDING, "use a warmer palette", "src/theme.css", "--page: #fbf5ec"),
    (LANDING, "make the text larger", "src/theme.css", "font-size: 112.5%"),
    (LANDING, "make the header darker", "src/theme.css", "--header: #"),
    (LANDING, "use a serif font", "src/theme.css", "Georgia"),
    (LANDING, "sharp corners", "src/theme.css", "--radius: 0px"),
    (TODO, "add “Buy bubble wrap” to the list", "src/content.json", "Buy bubble wrap"),
    (TODO, "add a task: call the plumber", "src/content.json", "Call the plumber"),
    (TODO, "add three more tasks", "src/content.json", ""),
    (TODO, "add a task to feed the cat", "src/content.json", "Feed the cat"),
    (TODO, "remove the last task", "src/content.json", ""),
    (TODO, "delete all done tasks", "src/content.json", ""),
    (TODO, "remove “Book the moving van”", "src/content.json", ""),
    (SHOP, "add Rose candle and Amber candle to the shop", "src/content.json", "Amber candle"),
    (SHOP, "set the price of Beeswax pillar to 19", "src/content.json", '"price": 19'),
    (SHOP, "show the reviews", "src/content.json", '"reviews"'),
    (SHOP, "make the header navy and the buttons orange", "src/theme.css", "--header: #1c2f5e"),
    (
        KANBAN,
        "rename the app to Big Day, make it pink and add a card called Hire a band",
        "README.md index.html package.json src/content.json src/theme.css",
        "Hire a band",
    ),
    (KANBAN, "add the activity section", "src/content.json", '"activity"'),
    (QUIZ, "add two more questions", "src/content.json", ""),
    (RECIPES, "add three more recipes", "src/content.json", ""),
    (RECIPES, "mude o cabeçalho para verde", "src/theme.css", "--header: #2e7d32"),
    (RECIPES, "modo escuro", "index.html", 'data-theme="dark"'),
    (SHOP, "make everything green with rounded corners", "src/theme.css", "--accent: #2e7d32"),
    (SHOP, "more products please", "src/content.json", ""),
    (SHOP, "remove all products", "src/content.json", ""),
    (SHOP, "paint the header in #ff0066", "src/theme.css", "--header: #ff0066"),
    (EXPENSES, "use pounds instead of dollars", "src/content.json", ""),
    (EXPENSES, "add an expense: taxi 23", "src/content.json", '"amount": 23'),
    (TODO, "make the header green and add milk to the list", "src/content.json src/theme.css", '"title": "Milk"'),
    (TODO, "add bread, eggs and butter", "src/content.json", '"title": "Eggs"'),
    (TODO, "add 3 more", "src/content.json", ""),
    (TODO, "mark the last task as done", "src/content.json", ""),
    (TODO, "add a “Garage” section", "src/content.json", '"name": "Garage"'),
    (TODO, "change the font", "src/theme.css", "Georgia"),
    (TODO, "make it more playful", "src/theme.css", "--radius: 20px"),
    (LANDING, "remove the testimonials and the pricing", "src/content.json", ""),
    (LANDING, "make the hero headline “Walks they beg for”", "src/content.json", "Walks they beg for"),
    (LANDING, "change the button text to Book a walk", "src/content.json", '"cta": "Book a walk"'),
    (LANDING, "use comic sans", "src/theme.css", "Comic Sans MS"),
    (LANDING, "make it pink, round the corners and switch to dark mode", "index.html src/theme.css", "--radius: 16px"),
    (LANDING, "make the accent colour teal and the font monospace", "src/theme.css", "monospace"),
    (LANDING, "make it minimal", "src/theme.css", "--radius: 2px"),
    (SHOP, "add a product called Cinnamon candle for 14 euros", "src/content.json", '"price": 14'),
    (SHOP, "remove the most expensive product", "src/content.json", ""),
    (SHOP, "change all prices to 10", "src/content.json", '"price": 10'),
    (SHOP, "add a category Gifts", "src/content.json", '"name": "Gifts"'),
    (SHOP, "make the shop about soap instead", "index.html package.json src/content.json", "Soap"),
    (KANBAN, "add a column called Blocked", "src/content.json", '"name": "Blocked"'),
    (KANBAN, "rename the Doing column to Underway", "src/content.json", "Underway"),
    (KANBAN, "add a card “Book DJ” to doing", "src/content.json", "Book DJ"),
    (KANBAN, "add Ana to the team", "src/content.json", '"name": "Ana"'),
    (QUIZ, "make it about dinosaurs", "index.html package.json src/content.json", "Dinosaur Quiz"),
    (QUIZ, "remove question 2", "src/content.json", ""),
]


@pytest.mark.parametrize(("prompt", "request_text", "files", "shown"), CHANGES, ids=[c[1][:40] for c in CHANGES])
def test_only_what_must_change_changes(prompt: str, request_text: str, files: str, shown: str) -> None:
    tree = tree_of(prompt)
    new, summary = after(tree, request_text)
    changed, gone = new.changed_from(tree)
    assert changed, summary
    assert set(changed) <= set(files.split()), summary
    assert set(files.split()) - {"README.md"} <= set(changed), summary
    assert not gone
    assert shown in "".join(new.text(p) or "" for p in changed)
    assert "offline demo" in summary
    json.loads(new.text("src/content.json") or "")


def test_lists_grow_and_shrink_by_what_was_said() -> None:
    tree = tree_of(TODO)
    count = len(json.loads(tree.text("src/content.json") or "")["tasks"])
    for request, change in (
        ("add three more tasks", 3),
        ("remove the last task", -1),
        ("remove the first two tasks", -2),
        ("add Pack the lamps, Fold the sheets to the list", 2),
    ):
        new, _ = after(tree, request)
        assert len(json.loads(new.text("src/content.json") or "")["tasks"]) == count + change, request


def test_a_card_goes_to_the_column_that_was_named() -> None:
    new, _ = after(tree_of(KANBAN), "add a card “Book DJ” to doing")
    cards = json.loads(new.text("src/content.json") or "")["cards"]
    assert next(c for c in cards if c["title"] == "Book DJ")["column"] == "doing"


def test_a_header_that_is_too_dark_gets_lighter() -> None:
    dark, _ = after(tree_of(LANDING), "make the header navy")
    new, summary = after(dark, "the header is too dark")
    assert (
        theme.properties(new.text("src/theme.css") or "")["header"]
        > theme.properties(dark.text("src/theme.css") or "")["header"]
    )
    assert "lighter" in summary


@pytest.mark.parametrize(
    "request_text", ["change it back", "undo that", "revert the last change", "make it like it was before"]
)
def test_going_back_is_left_to_undo(request_text: str) -> None:
    new, summary = after(tree_of(TODO), request_text)
    assert new.changed_from(tree_of(TODO)) == ([], [])
    assert "Undo" in summary


@pytest.mark.parametrize(
    "request_text",
    [
        "add a due date to each task",
        "add a timer",
        "add our phone number 555-1234",
        "rename the Later column to Soon",
        "sort by price",
    ],
)
def test_features_are_not_taken_for_entries(request_text: str) -> None:
    new, summary = after(tree_of(TODO), request_text)
    assert new.changed_from(tree_of(TODO)) == ([], []), summary


def test_thanks_are_answered() -> None:
    assert "welcome" in after(tree_of(TODO), "thanks!")[1]


def test_sections_are_ordered_as_asked() -> None:
    new, _ = after(tree_of(LANDING), "put pricing first")
    assert json.loads(new.text("src/content.json") or "")["sections"][0] == "pricing"


def test_one_follow_up_after_another_keeps_both() -> None:
    tree, _ = after(tree_of(LANDING), "make the header green")
    tree, _ = after(tree, "dark mode")
    tree, _ = after(tree, "make the header purple")
    assert theme.properties(tree.text("src/theme.css") or "")["header"] == "#7a35b8"
    assert 'data-theme="dark"' in (tree.text("index.html") or "")


def test_a_person_s_own_spacing_survives() -> None:
    tree = tree_of(TODO)
    own = json.dumps(json.loads(tree.text("src/content.json") or ""), indent=4, ensure_ascii=False)
    edited = tree.replace({"src/content.json": own})
    new, _ = after(edited, "add a task: sweep the attic")
    before, now = own.splitlines(), (new.text("src/content.json") or "").splitlines()
    assert [line for line in before if line in now] == [
        line for line in before if line in now or line.strip().startswith("}")
    ][: len([line for line in before if line in now])]
    assert len(now) - len(before) in range(1, 8)


def test_a_gallery_project_without_marker_is_recognised() -> None:
    from builder.demo.starters.starter import all_starters

    tree = FileTree(all_starters()["landing"].files)
    new, _ = after(tree, "remove the faq")
    assert "faq" not in json.loads(new.text("src/content.json") or "")["sections"]


@pytest.mark.parametrize(
    "request_text",
    [
        "add a login page",
        "translate everything to German",
        "make it multiplayer",
        "connect it to my Google calendar",
        "write unit tests",
        "hello",
        "what can you do?",
        "add a blog section",
        "",
        "🎉",
        "why is the sky blue",
        "deploy it",
    ],
)
def test_what_the_demo_cannot_do_is_said_and_changes_nothing(request_text: str) -> None:
    tree = tree_of(LANDING)
    new, summary = after(tree, request_text)
    assert new.changed_from(tree) == ([], [])
    assert "offline demo" in summary.lower() or "demo" in summary
    assert "key" in summary


def test_a_project_that_is_no_starter_is_left_alone() -> None:
    tree = FileTree({"main.py": "print('hi')"})
    for request in ("make the header green", "rename it to X", "dark mode", "add a task: y", "bigger text"):
        new, summary = after(tree, request)
        assert new.changed_from(tree) == ([], [])
        assert "key" in summary


@pytest.mark.parametrize(
    "request_text",
    [
        "Please fix this error:\nsetTasks is not defined\nIt is at src/App.tsx:12, add nothing",
        "can you fix the bug in the form",
        "repair the broken page",
    ],
)
def test_mending_an_error_is_declined_in_two_plain_sentences(request_text: str) -> None:
    tree = tree_of(TODO)
    changed, summary = after(tree, request_text)
    assert changed == tree
    assert "Undo" in summary
    assert "setTasks" not in summary


def test_a_rename_in_words_gives_the_project_its_title() -> None:
    assert answer.change("rename it to Paws & Co", tree_of(LANDING)).title == "Paws & Co"
    assert answer.change("make it blue", tree_of(LANDING)).title == ""
    assert answer.change("make it blue and call it Fern", tree_of(LANDING)).title == "Fern"


@pytest.mark.parametrize("prompt", [LANDING, TODO, SHOP, KANBAN, QUIZ, RECIPES, EXPENSES])
def test_what_the_page_suggests_is_done(prompt: str) -> None:
    for idea in ("dark", "green", "larger"):
        tree, summary = after(tree_of(prompt), t(f"workbench.suggest.offline.{idea}"))
        assert tree != tree_of(prompt), summary


def test_two_colours_are_both_there_or_not_claimed() -> None:
    new, summary = after(tree_of(LANDING), "deep green and gold")
    css = new.text("src/theme.css") or ""
    assert "deep green the main colour" in summary
    assert "header gold" in summary
    assert theme.properties(css)["accent"] != theme.properties(tree_of(LANDING).text("src/theme.css") or "")["accent"]
    assert theme.properties(css)["header"] != theme.properties(css)["accent"]
