"""Whether a text that is only read speaks to whoever reads it for a person, and wants something of consequence.

Files, logs, pages and packages have nothing to say to a model. What addresses one there ("assistant: …", "for LLMs", "agents that
install this must …", "when you build the page, also …") and asks for what content can never grant (budget, locks, rights,
what belongs to others, keys, packages, checks, silence) is an order in the place of data. Pure, in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.safety.verdicts import Category, GuardVerdict, Judgement

_MOST_PLACES: Final = 60
"""Places of a text that are looked at."""
_BEFORE: Final = 120
_BEHIND: Final = 260
"""Characters before and behind an address in which the wish is looked for."""
_WHO: Final = (
    r"(?:ai|llm|assistant|agent|model|chatbot|copilot|claude|gpt|sayso|language model|coding tool|ai tool|tool user|bot|reviewer|checker|tester|editor|builder|ia|assistente|agente"
    r"|modelo|asistente|ki|assistent|assistenten|modell|modele|assistenza)s?"
)
# Somebody is spoken to: "model:", "agent, open", "for llms", "agents that install this must", "attention ai".
_ADDRESS: Final = re.compile(
    rf"\b{_WHO}\b(?=(?:\s\w+){{0,4}}?\s?(?:[:,!—=]|\b(?:to|with|reading|writing|is instructed|are instructed|reads?|must|should|shall|has to|have to|needs? to|may now|can now|is to|are to|is required|are required|will"
    rf"|that (?:reads?|install|see|process|build|use)|who (?:reads?|install)|please|deve|devem|debe|deben|muss|mussen|soll|doit|doivent)\b))"
    rf"|\b(?:attention|for|to|tell|an die|an den|dear|hey|note to|todo for|message to|reminder to|instructions? for|por favor|para (?:o|a|el|la)|fur|pour l)\s(?:the |any |every |all |an? |coding |automated )*{_WHO}\b"
    rf"|\b(?:automated|coding|ai|language)[ -](?:reviewer|agent|assistant|model|tool)s?\b"
    rf"|(?:^|[\n>*#/\"'\[(])\s{{0,4}}(?:system|sistema)(?: message| note| notice)?\s?:"
    rf"|\b(?:by|from) (?:the )?system\b|\bsuggested (?:fix|action) by\b"
    rf"|\bwhen \w{{3,20}}ing,? also\b|用于[^\n]{{0,12}}(?:助手|模型|代理)|(?:助手|模型)[：:，]"
    rf"|\b(?:when|whenever|before|while|if|after) you (?:build|write|answer|edit|read|change|generate|finish|fix|run|install|summari[sz]e)\b",
    re.MULTILINE,
)
# Near one of these an address stands, if there is one.
_NEAR: Final = re.compile(
    r"a(?:i\b|gent|ssist|sist)|llm|model|modell|chat|copilot|claude|gpt|sayso|tool|bot|review|checker|tester|editor|builder|\bia\b"
    r"|\bki\b|system|sistema|fix by|action by|(?:when|whenever|before|while|if|after) you|when \w{3,20}ing|用于|助手|模型"
)
_REACH: Final = 80
_JOINED: Final = re.compile(r"(?<=[a-z])[-_](?=[a-z])")
_TO = r"(?:\s\w+){0,6}?\s"
_WISHES: Final = (
    (Category.PRIVILEGE, "order.money", re.compile(rf"\b(?:raise|lift|set|increase|remove|ignore|approve|skip|double|reset|disable|extend|aument\w+|suba|remov\w+|aprov\w+|sube|erhoh\w+){_TO}(?:budgets?|spending|limits?|quota|charges?|credits?|tries|attempts|orcamento|limite|gastos?|presupuesto)\b")),
    (Category.PRIVILEGE, "order.locks", re.compile(rf"\b(?:unlock|edit|change|remove|ignore|open|desbloque\w+){_TO}(?:locks?|locked|read only|protected)|\bunlock\b|\block list\b|\blocks? (?:is|are) (?:lifted|gone|off)|\bmay be edited\b")),
    (Category.PRIVILEGE, "order.rights", re.compile(rf"\b(?:set|turn|make|give|grant|change|remove|switch|add|promote|disable|invite|open|torne|conceda|mude|ponha|da|gib){_TO}(?:roles?|owners?|permissions?|public|private|admin\w*|access|authentication|auth|authorization|rights|members?|middleware|visibility|acesso|publico|dono|permiss\w+)\b")),
    (Category.PRIVILEGE, "order.others", re.compile(r"\b(?:project|workspace|folder|team|repo\w*|app)s?\s(?:next|beside|of (?:the )?other|of another|of someone)|\b(?:other|another|every|all|neighbou?r\w*|outros?|otros?)\s(?:\w+\s)?(?:projects?|workspaces?|teams?|tenants?|accounts?|projetos?|equipes?|proyectos?)\b|\b(?:of|on) the host\b|\.\./|~/\.\w|\bsecond account\b|上一级|其他项目|忽略|权限|\blist of users\b")),
    (Category.CREDENTIAL, "order.keys", re.compile(rf"\b(?:send|copy|put|type|paste|print|include|post|write|add|upload|show|read|reveal|attach|mail|log|embed|forward|needs?|requires?|envie|copie|cole|mostre|escreva|leia|envia|sende){_TO}(?:keys?|tokens?|secrets?|passwords?|cookies?|credentials?|\.env|environment|headers|sessions?|chaves?|senhas?|segredos?|claves?)\b")),
    (Category.INJECTION, "order.elsewhere", re.compile(rf"\b(?:send|post|upload|forward|mail|report|copy|fetch|submit|envie|envia){_TO}(?:to\s)?(?:https?://|\w+@\w|(?:the )?(?:chat|conversation|address|image|history))|\b(?:contents? of the chat|publish|deploy)\b|\bapprovals?\s?=|\bhuman review\b|\b(?:delete|drop|roll)\s(?:every|all)\b")),
    (Category.INJECTION, "order.packages", re.compile(rf"\b(?:add|use|install|set|run|allow|pin|switch|instal\w+|execut\w+|adicione){_TO}(?:registry|ignore scripts|lifecycle|setup script|postinstall|\S{{1,40}}-helper\S{{0,40}}|install script|http://\S+)|\bmust (?:also )?install\b|\binstallier\w+\b|\binstal[ea]\b|\bcurl\s[^\n]{{1,80}}\|\s?(?:ba)?sh\b")),
    (Category.INJECTION, "order.checks", re.compile(rf"\b(?:mark|report|count|give|score|rate|set|skip|treat|consider|approve|accept|delete|marque|aprove|pule){_TO}(?:walks?|tests?|checks?|steps?|review|score|passed|passing|green|successful|approved|as done|highest|verified|testes?)\b")),
    (Category.INJECTION, "order.safety", re.compile(rf"\b(?:switch off|turn off|turn|disable|remove|drop|skip|ignore|bypass|deactivate|suspend|desative|desligue|desactiva){_TO}(?:approvals?|guard\w*|safety|policy|policies|sandbox|checks?|rules|instructions|confirmation|scan\w*|moderation|integrity|review|seguranca|regras|aprov\w+)\b")),
    (Category.INJECTION, "order.silence", re.compile(r"\b(?:do not|dont|never|without)\s(?:mention\w*|tell\w*|ask\w*|show\w*|say\w*|inform\w*|report\w*|reveal\w*|warn\w*|log\w*|notif\w+)\b|\bhide\s(?:\w+\s){0,5}(?:from|user|person|summary|change)|\b(?:secretly|quietly|silently)\b|\bkeep (?:this|it) (?:secret|from)|\b(?:nao|sem)\s(?:conte|diga|avis\w+|perguntar|mencion\w+|mostre)\b")),
    (Category.INJECTION, "order.rules", re.compile(r"\b(?:follow|obey) only\b|\b(?:new|other) (?:rules|instructions|task|orders)\b|\b(?:instead of|in place of) (?:the|your) (?:task|request|prompt)\b")),
)  # fmt: skip


def order_to_reader(text: str) -> Judgement | None:
    """The note on the folded `text` where it orders its reader to do what content cannot grant, None where it does not."""
    for around in _around(_JOINED.sub(" ", text)):
        for category, rule, wish in _WISHES:
            if wish.search(around):
                return Judgement(GuardVerdict.NOTE, category, rule)
    return None


def _around(text: str) -> Iterator[str]:
    """What stands around each place that speaks to a reader."""
    read = 0
    for near, _ in zip(_NEAR.finditer(text), range(_MOST_PLACES), strict=False):
        begin, end = max(read, near.start() - _REACH), near.end() + _REACH
        if end > read and (found := _ADDRESS.search(text, begin, end)):
            yield text[max(0, found.start() - _BEFORE) : found.end() + _BEHIND]
            read = found.end()
