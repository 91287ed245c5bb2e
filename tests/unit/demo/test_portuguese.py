"""The demo understands in Portuguese what it understands in English, and answers whoever reads Portuguese in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from builder.demo import answer
from builder.demo.starters.starter import all_starters
from builder.projects.starters import list_starters
from builder.texts import speaking, t
from preview_runtime.file_tree import FileTree

LANGUAGE = "pt-BR"


@pytest.fixture(autouse=True)
def brazilian() -> Iterator[None]:
    with speaking(LANGUAGE):
        yield


@pytest.mark.parametrize("name", sorted(all_starters()))
def test_a_starter_is_found_by_its_prompt(name: str) -> None:
    prompt = next(starter.prompt for starter in list_starters() if starter.name == name)
    adapted, reading, _ = answer.made(prompt)
    assert (adapted.starter.name, reading.language) == (name, "pt")


@pytest.mark.parametrize(
    ("number", "starter"), [(1, "tip-calculator"), (2, "kanban"), (3, "recipes"), (4, "landing"), (5, "quiz")]
)
def test_an_example_of_the_home_page_becomes_what_it_says(number: int, starter: str) -> None:
    assert answer.made(t(f"home.example_{number}"))[0].starter.name == starter


def test_a_new_app_is_told_of_in_portuguese() -> None:
    assert answer.first("um quadro kanban para minha equipe").summary == (
        "Aqui está Team Board, feito pela demonstração offline: ela adaptou o exemplo “Quadro kanban”, porque é o que "
        "mais se aproxima do que você pediu. Os números, nomes e depoimentos são exemplos: coloque os seus no lugar. A demonstração só escreve os textos do app em inglês. Com uma chave da "
        "Claude, você tem o construtor completo."
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (t("workbench.suggest.offline.dark", LANGUAGE), "Ligou o modo escuro."),
        (t("workbench.suggest.offline.green", LANGUAGE), "Mudou a cor principal para verde."),
        (t("workbench.suggest.offline.larger", LANGUAGE), "Aumentou o texto."),
        ("diminua o texto", "Diminuiu o texto."),
        ("deixe o cabeçalho azul", "Mudou a cor do cabeçalho para azul."),
        ("mude o nome para Minha Equipe", "Renomeou o app para Minha Equipe."),
        ("renomeie para Tarefas", "Renomeou o app para Tarefas."),
        ("adicione “Comprar pão” à lista", "Adicionou “Comprar pão”."),
        ("esconda as estatísticas", "Removeu a seção estatísticas."),
        ("cantos mais redondos", "Deixou os cantos mais redondos."),
        ("troque a fonte", "Mudou a fonte."),
    ],
)
def test_a_change_is_made_and_told_in_portuguese(asked: str, told: str) -> None:
    tree = FileTree(answer.first("um quadro kanban para minha equipe").files)
    draft = answer.change(asked, tree)
    assert draft.edits
    assert draft.summary == f"{told} (demonstração offline)"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("obrigado!", "De nada."),
        ("desfaça", "Para isso existe Desfazer"),
        ("adicione uma seção de estatísticas", "A seção estatísticas já está lá."),
        ("escreva um poema sobre o mar", "é mais do que a demonstração offline consegue fazer"),
    ],
)
def test_what_is_not_done_is_told_in_portuguese(asked: str, told: str) -> None:
    draft = answer.change(asked, FileTree(answer.first("um quadro kanban para minha equipe").files))
    assert not draft.edits
    assert told in draft.summary
