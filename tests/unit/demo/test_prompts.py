"""What a person gets for a prompt without a model key: the right starter, their name, their nouns, no leftovers."""

import json
import re

import pytest

from builder.demo import answer
from builder.demo.language import colour, words
from builder.demo.starters import pointer, theme
from builder.demo.starters.starter import all_starters

STARTERS = all_starters()
# prompt, acceptable starters, app name ("" = any), nouns that must show in the content
PROMPTS = [
    ("a recipe site with search and tags", "recipes notes", "Recipes", "recipe"),
    ("track my houseplants' watering", "todo habits", "", "houseplant water"),
    ("landing page for a dog walking business called Happy Tails", "landing", "Happy Tails", "dog walk"),
    ("quiz about the French Revolution", "quiz", "French Revolution Quiz", "french revolution"),
    ("kanban for planning our wedding", "kanban", "Wedding Board", "wedding"),
    ("shop for handmade candles", "shop", "Handmade Candles", "handmade candle"),
    ("todo app for moving house, dark mode, green", "todo", "Moving House List", "moving house"),
    ("a kanban for my team", "kanban", "", "team"),
    ("expense tracker for our trip to Japan", "expenses", "", "trip"),
    ("Notes app for my D&D campaign", "notes", "D&D Campaign Notes", "d&d campaign"),
    ("pomodoro timer for thesis writing", "pomodoro", "", "thesis"),
    ("weather app for hikers", "weather", "Hiker Weather", "hiker"),
    ("chat for a book club", "chat", "Book Club Chat", "book club"),
    ("portfolio for a wedding photographer named Ana Costa", "portfolio", "Ana Costa", "wedding photo"),
    ("dashboard for a lemonade stand", "dashboard", "Lemonade Stand Dashboard", "lemonade"),
    ("kanban for axolotl breeding", "kanban", "Axolotl Breeding Board", "axolotl"),
    ("quiz about dinosaurs for kids", "quiz", "Dinosaur Quiz", "dinosaur"),
    ("trivia about world geography", "quiz", "", "geography"),
    ("online store selling vintage cameras", "shop", "", "camera"),
    ("a shop for sneakers", "shop", "Sneakers", "sneaker"),
    ("budget for a family of four", "expenses", "", ""),
    ("landing page for a yoga studio in Lisbon", "landing", "Yoga Studio", "yoga lisbon"),
    (
        'website for my bakery called "Crumb & Co" with a contact form and without pricing',
        "landing shop",
        "Crumb & Co",
        "bakery",
    ),
    ("habit tracker for reading more", "habits todo", "", "habit"),
    ("a packing list for camping", "todo", "", "camping"),
    ("project board for a website relaunch", "kanban", "", "relaunch"),
    ("hiring pipeline for our startup", "kanban", "", "hiring"),
    ("math quiz for 5th graders", "quiz", "", "math"),
    ("app to learn Spanish vocabulary", "quiz flashcards", "", "spanish"),
    ("customer support chat for a bike shop", "chat", "", "bike"),
    ("dashboard for solar energy usage", "dashboard", "", "solar energy"),
    ("sales dashboard for a coffee roastery", "dashboard", "", "coffee"),
    ("focus timer for piano practice", "pomodoro", "", "piano"),
    ("site for a law firm named Braga & Sons", "landing", "Braga & Sons", "law"),
    ("dentist website", "landing", "Dentist", "dentist"),
    ("electrician landing page with testimonials", "landing", "Electrician", "electrician"),
    ("journal for my beekeeping", "notes", "Beekeeping Journal", "beekeeping"),
    ("a wiki for our office", "notes", "", "office"),
    ("reading list in Vue", "reading-list", "Reading List", "book"),
    ("film watchlist in Vue", "reading-list", "", "film"),
    ("tea shop with a cart", "shop", "", "tea"),
    ("shop for jewellery, gold accent", "shop", "", "jewellery"),
    ("to-do list for the church summer festival", "todo", "", "festival"),
    ("kanban for a game jam", "kanban", "", "game jam"),
    ("expense tracker for my dog", "expenses", "", "dog"),
    ("chess puzzle notes", "notes", "", "chess"),
    ("quiz on football", "quiz", "Football Quiz", "football"),
    ("space quiz, dark mode, purple", "quiz", "Space Quiz", "space"),
    ("quizz about basketbal", "quiz", "", "basketball"),
    ("resturant landing page", "landing", "Restaurant", "restaurant"),
    ("portfolio for an illustrator", "portfolio", "Illustrator", "illustrator"),
    ("portfolio for a glassblower in Murano", "portfolio", "", "glassblower"),
    ("marketing site for a SaaS called Ledgerly", "landing", "Ledgerly", ""),
    ("chores list for flatmates", "todo", "", "chore"),
    ("grocery list", "todo", "", "grocer"),
    ("my vinyl collection", "notes reading-list", "", "vinyl"),
    ("museum website with faq", "landing", "Museum", "museum"),
    ("shop for surfboards and wetsuits", "shop", "", "surfboard"),
    ("todo for planting a vegetable garden", "todo", "", "garden"),
    ("Kanban board for a film production with a stats section", "kanban", "", "film production"),
    ("uma lista de tarefas para mudança de casa", "todo", "", "moving"),
    ("loja de velas artesanais chamada Luz", "shop", "Luz", "candle"),
    ("invoice tracker for freelancers", "expenses", "", "invoice"),
    ("a tip calculator", "tip-calculator", "Tip Calculator", "tip"),
    ("split bill calculator", "tip-calculator", "", ""),
    ("a houseplant watering tracker", "habits", "Houseplant Watering Tracker", "houseplant water"),
    ("track my running", "habits", "Running Tracker", "running"),
    ("track my water intake", "habits", "", "water"),
    ("medication tracker for my mom", "habits", "", "medication"),
    ("savings goal tracker", "expenses", "", "saving"),
    ("I want to keep track of who owes me money", "expenses", "", ""),
    ("bug tracker for an indie game", "kanban", "", "indie"),
    ("homework tracker for my daughter", "todo", "", "homework"),
    ("snake game", "memory", "Snake Pairs", "snake"),
    ("a memory game with dinosaurs", "memory", "Dinosaur Memory", "dinosaur"),
    ("tic tac toe", "memory", "", "tic tac toe"),
    ("an API with a database for invoices", "expenses", "", "invoice"),
    ("inventory for a bike repair shop", "dashboard", "Bike Repair Inventory", "bike"),
    ("How well do you know the French Revolution?", "quiz", "French Revolution Quiz", "the french revolution"),
    ("booking page for a hair salon", "calendar", "", "hair salon"),
    ("restaurant reservations", "calendar", "", "restaurant"),
    ("shift schedule for a cafe", "calendar", "", "cafe"),
    ("a content calendar for our marketing team", "calendar", "Content Calendar", "content"),
    ("countdown to our wedding", "calendar", "", "wedding"),
    ("CRM for a small real estate agency", "kanban", "", "real estate"),
    ("directory of local vegan restaurants", "reading-list", "", "vegan restaurant"),
    ("board game collection", "reading-list", "Board Games", "board game"),
    ("coin collection", "reading-list", "", "coin"),
    ("recipe box for my grandma's Italian recipes", "recipes", "", "recipe"),
    ("FAQ page for a daycare", "landing", "Daycare", "daycare"),
    ("menu for a taco truck", "shop", "Taco Truck", "taco"),
    ("flower shop", "shop", "Flowers", "flower"),
    ("personal website for a piano teacher", "landing", "Piano Teacher", "piano lesson"),
    ("site for our 10 year high school reunion", "landing", "High School Reunion", "reunion"),
    ("sales pipeline for solar panels", "kanban", "Solar Panel Pipeline", "solar panel"),
    ("I run a small nail salon and want people to book online", "calendar", "", "nail"),
    ("a site to rate local coffee shops", "reading-list", "", "coffee shop"),
    ("track how many glasses of water I drink", "habits", "Water Tracker", "water"),
    ("quiz app about harry potter", "quiz", "Harry Potter Quiz", "harry potter"),
    ("election results dashboard", "dashboard", "", "election result"),
    ("shared calendar for divorced parents", "calendar", "", "parent"),
    ("pizza delivery", "shop", "", "pizza"),
    ("grade calculator for students", "tip-calculator", "Grade Calculator", "grade"),
]


@pytest.mark.parametrize(("prompt", "starters", "name", "nouns"), PROMPTS, ids=[p[0][:40] for p in PROMPTS])
def test_prompt_becomes_its_own_app(prompt: str, starters: str, name: str, nouns: str) -> None:
    adapted, _, choice = answer.made(prompt)
    assert choice.starter.name in starters.split(), choice.scores[:4]
    if name:
        assert adapted.name == name
    content = json.loads(adapted.files[choice.starter.content])
    shown = json.dumps({k: v for k, v in content.items() if k != "labels"}, ensure_ascii=False).lower()
    for noun in nouns.split():
        assert noun in shown
    if nouns:
        assert sum(shown.count(n) for n in nouns.split()) >= (
            2 if choice.starter.name in ("weather", "tip-calculator") else 3
        ), shown[:600]
    assert f"<title>{adapted.name.replace('&', '&amp;')}</title>" in adapted.files["index.html"]
    package = json.loads(adapted.files["package.json"])
    assert package["name"] == words.slug(adapted.name)
    assert package["sayso"]["starter"] == choice.starter.name


@pytest.mark.parametrize("prompt", [p[0] for p in PROMPTS[::3]])
def test_nothing_of_the_starters_own_story_is_left_and_colours_can_be_read(prompt: str) -> None:
    adapted, _, choice = answer.made(prompt)
    seed, content = choice.starter.seed(), json.loads(adapted.files[choice.starter.content])
    kept = ("unit", "answer", "cta", "category", "place", "person")
    for pattern, kind in choice.starter.slots.items():
        before = [pointer.get(seed, p) for p in pointer.matching(seed, pattern)]
        after = [pointer.get(content, p) for p in pointer.matching(content, pattern)]
        assert len(before) == len(after)
        if kind not in kept:
            assert not [a for a in after if a in before], (pattern, kind)
    css = adapted.files[choice.starter.theme]
    for dark in (False, True):
        values = theme.properties(css, dark=dark)
        assert colour.contrast(values["accent"], values["accent-ink"]) >= colour.AA
        assert colour.contrast(values["accent"], values["page"]) >= 3
        assert colour.contrast(values["header"], values["header-ink"]) >= colour.AA


def test_quiz_answers_stay_right() -> None:
    adapted, _, choice = answer.made("quiz about space")
    content = json.loads(adapted.files[choice.starter.content])
    right = {q["question"]: q["options"][q["answer"]] for q in content["questions"]}
    assert right["Who first walked on the Moon?"] == "Neil Armstrong"
    assert len({q["answer"] for q in content["questions"]}) > 1


def test_colour_and_dark_mode_are_taken_from_the_prompt() -> None:
    adapted, reading, choice = answer.made("todo app for moving house, dark mode, green")
    assert reading.accent == "#2e7d32"
    assert 'data-theme="dark"' in adapted.files["index.html"]
    assert theme.properties(adapted.files[choice.starter.theme])["accent"] == "#2e7d32"


def test_sections_follow_with_and_without() -> None:
    adapted, _, choice = answer.made("landing page for a plumber with stats, without pricing")
    shown = json.loads(adapted.files[choice.starter.content])["sections"]
    assert "stats" in shown
    assert "pricing" not in shown


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("a blog with login and a Postgres database", "sample data"),
        ("shop with Stripe payments", "real payments"),
        ("expense tracker in Svelte for cats", "offline demo"),
        ("todo list with a leaderboard", "leaderboard"),
        ("uma lista de tarefas para o casamento", "English only"),
        ("snake game", "None of its finished apps is a snake game; the nearest is a memory game"),
        ("tic tac toe", "None of its finished apps is tic tac toe"),
        ("unit converter", "None of its finished apps is a unit converter"),
        ("a BMI calculator", "None of its finished apps is a BMI calculator"),
        ("flashcards for Spanish verbs", "None of its finished apps is a set of flashcards; the nearest is a quiz"),
        ("meme generator", "None of its finished apps is a meme generator"),
        ("a poll for lunch", "None of its finished apps is a poll"),
        ("map of hiking trails", "None of its finished apps is a map"),
        ("inventory for a bike shop", "None of its finished apps is an inventory"),
        ("secret santa", "None of its finished apps is made for that"),
    ],
)
def test_summary_is_honest(prompt: str, said: str) -> None:
    summary = answer.first(prompt).summary
    assert said in summary
    assert "offline demo" in summary


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        " ",
        "x",
        "😀",
        "?" * 400,
        "a" * 100_000,
        "word " * 20_000,
        "\x00\x01",
        "app",
        "make something nice",
        "<script>alert(1)</script>",
        "日本語のアプリ",
        "{{}}\n\"quoted\" 'things'",
    ],
)
def test_any_prompt_gives_a_whole_app(prompt: str) -> None:
    draft = answer.first(prompt)
    json.loads(draft.json())
    assert draft.title
    assert "package.json" in draft.files
    assert len(re.findall("<script", draft.files["index.html"])) == 1
    assert len(draft.title) < 120


@pytest.mark.parametrize(
    "prompt",
    [
        "a tip calculator",
        "a memory game about planets",
        "booking page for a hair salon",
        "crm for plumbers",
        "track my running",
        "kanban for a game jam",
    ],
)
def test_nothing_is_excused_where_the_kind_fits(prompt: str) -> None:
    assert "None of" not in answer.first(prompt).summary


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("shift schedule for nurses", "shirt"),
        ("grade tracker", "grape"),
        ("solar panels shop", "padel"),
        ("flower shop", "dogs"),
        ("menu for our pizza place", "Thunderstorm"),
        ("unit converter", "bill for units"),
        ("election results dashboard", "gift set"),
        ("directory of vegan restaurants", "octopus"),
        ("booking for our restaurant", "octopus"),
        ("coin collection", "Bitcoin"),
    ],
)
def test_no_word_is_taken_for_another(slip: str, word: str) -> None:
    adapted, _, choice = answer.made(slip)
    assert word not in adapted.files[choice.starter.content] + adapted.name


def test_the_same_prompt_gives_the_same_app() -> None:
    assert answer.first("shop for tea").json() == answer.first("shop for tea").json()


@pytest.mark.parametrize("name", STARTERS)
def test_each_starter_is_nearest_to_its_own_prompt(name: str) -> None:
    _, _, choice = answer.made(STARTERS[name].prompt)
    assert choice.starter.name == name, choice.scores[:4]


def test_a_ramen_shop_sells_ramen_in_the_currency_that_was_asked_for() -> None:
    content = json.loads(answer.first("a ramen shop called Slurp with prices in yen").files["src/content.json"])
    assert content["app"]["currency"] == "JPY"
    assert all("ramen" in product["name"].lower() for product in content["products"])
    assert "chicken" not in json.dumps(content).lower()
