"""The bank of topics is complete, consistent and matched by what people write."""

import pytest

from builder.demo.language import topic, words
from builder.demo.language.topic import bank, matching


def test_the_bank_has_at_least_eighty_topics() -> None:
    assert len(bank()) >= 80


@pytest.mark.parametrize("key", bank())
def test_a_topic_has_enough_of_everything(key: str) -> None:
    t = bank()[key]
    assert len(t.items) >= 8
    assert len(t.tasks) >= 6
    assert len({i.name for i in t.items}) == len(t.items)
    assert 2 <= len(t.categories) <= 9
    assert len(t.areas) >= 2
    assert t.accent.startswith("#")
    assert len(t.accent) == 7
    for quiz in t.quizzes:
        assert quiz.question.endswith("?") or "“" in quiz.question
        assert len(quiz.options) == 4
        assert len(set(quiz.options)) == 4
    for text in (*(i.text for i in t.items), *(n[1] for n in t.notes), *(f[1] for f in t.faqs)):
        assert text[0].isupper() or text[0].isdigit()
        assert text[-1] in ".!?"


@pytest.mark.parametrize(
    ("phrase", "key"),
    [
        ("houseplants", "plants"), ("puppies", "dog walking"), ("sourdough bread", "bakery"), ("periodic table", "science"), ("handmade candles", "candles"),
        ("movies", "films"), ("half marathon", "running"), ("D&D campaign", "board games"), ("real estate agency", "property"), ("mindfulness", "meditation"),
    ],
)  # fmt: skip
def test_nouns_find_their_topic(phrase: str, key: str) -> None:
    assert matching(phrase)[0][1].key == key


def test_unknown_nouns_find_none() -> None:
    assert matching("axolotl") == []


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("plant", "plants"),
        ("dish", "dishes"),
        ("city", "cities"),
        ("shelf", "shelves"),
        ("recipe", "recipes"),
        ("person", "people"),
        ("yoga", "yoga"),
        ("movie", "movies"),
        ("quiz", "quizzes"),
        ("shoe", "shoes"),
        ("red bus", "red buses"),
    ],
)
def test_plural_and_singular(one: str, many: str) -> None:
    assert words.plural(one) == many
    assert words.singular(many) == one
    assert words.plural(many) == many


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("apple", "an apple"),
        ("hour", "an hour"),
        ("unicorn", "a unicorn"),
        ("umbrella", "an umbrella"),
        ("dog", "a dog"),
        ("plants", "plants"),
        ("RSVP page", "an RSVP page"),
    ],
)
def test_article(phrase: str, said: str) -> None:
    assert words.with_article(phrase) == said


def test_a_broken_topic_is_named(tmp_path, monkeypatch) -> None:
    (tmp_path / "a.json").write_text(
        '{"tea": {"one": "tea", "accent": "#112233", "items": ["only a name"], "tasks": []}}'
    )
    monkeypatch.setattr(topic, "FOLDER", tmp_path)
    with pytest.raises(topic.BadTopic, match=r"a\.json: tea: items"):
        topic.bank.__wrapped__()
