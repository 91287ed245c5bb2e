"""What looks like a secret and is none: placeholders, the examples of documentation, what is made for browsers."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter
from typing import Any, Final

# Words that nobody's key holds but by one chance in a million.
_PLACEHOLDER: Final = re.compile(
    r"(?i)x{4}|\.{3}|…|\*{3}|-{4}|_{4}|0{8}|your[_-]?|example|placeholder|replace|change[_-]?(?:me|this|it)|dummy|sample"
    r"|redacted|(?<![a-z])(?:insert|fake|todo|mock|stub|demo)(?![a-z])|foobar|goes[_-]?here|put[_-](?:your|it|here)|secret[_-]?here|lorem|deadbeef|abcdefgh|abc123|123abc"
    r"|12345678|98765432|qwert|not[_-]?a?[_-]?(?:real|secret)|no[_-]?secret|insecure|unsafe|dev[_-]?only|for[_-]?(?:dev|test)|development|(?-i:a{4}|A{4})"
    r"|test[_-]?(?:key|token|secret|only|pass)|local[_-]?(?:dev|only)|keyboard[_ -]?cat|hunter2|correct[_ -]?horse|s3cr3t|supersecret|super[_-]secret|my[_-]?(?:secret|token|key|pass)"
)
_COMMON: Final = re.compile(
    r"(?i)(?:pass(?:w(?:or)?d|phrase)?|passw0rd|p@ssw0rd|p@ssword|admin|administrator|root|user(?:name)?|guest|test(?:er|ing|user)?|demo|welcome|letmein|secret|token|postgres|mysql"
    r"|mongo|redis|dev|default|senha|login|local|localhost|staging|none|null|undefined|true|false|string|alice|bob|carol|dave|eve|charlie|ana|maria)[\W_]*\d{0,6}[\W_]*(?:pass(?:word)?|pw|user|admin)?[\W_]*\d{0,4}[\W_]*"
)
# By the providers' documentation, which are copied everywhere.
_DOCUMENTED: Final = frozenset(
    (
        "4eC39HqLyjWDarjtT1zdp7dc", "BQokikJOvBiI2HlWgH4olfQ2", "tGN0bIwXnHdwOa85VABjPdSn", "26PHem9AhJZvU623DfE1x4sd",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe", "550e8400-e29b-41d4-a716-446655440000",
        "czZCaGRSa3F0MzpnWDFmQmF0M2JW", "7Fjfp0ZBr1KtDRbnfVdmIw", "2YotnFZFEjr1zCsicMWpAA", "45ghiukldjahdnhzdauz", "tGzv3JOkF0XG5Qx2TlKWIA", "SplxlOBeZQQYbYS6WxSbIA", "mF_9.B5f-4.1JqM",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
        "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
        "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "123e4567-e89b-12d3-a456-426614174000", "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    )
)  # fmt: skip
_FROM_ELSEWHERE: Final = re.compile(
    r"^\$[A-Za-z_]\w{2,}$|[$#%@]?\{|\$\(|<[A-Za-z/]|%\(|\{\{|process\.env|import\.meta|os\.environ|os\.getenv|getenv|env\(|config\(|self\.|req\.|request\.|props\.|this\."
)
_WORDS: Final = re.compile(
    r"[A-Za-z]{1,24}\d{0,2}(?:[-_.:/,][A-Za-z]{1,24}\d{0,2}|[-_.:/]\d{1,2}|[-_.:/](?:19|20)\d\d)*"
)
# Pairs of letters that make up 88 of 100 in English and Portuguese prose and in names of code (1,500 files of packages):
# of random letters 27 of 100 pairs are among them, of names some 85.
_PAIRS: Final = frozenset(
    group[0] + letter
    for group in [
        "abcdgilmnprstu",
        "baeilou",
        "caehiklortu",
        "daeiosu",
        "eacdefglmnprstvx",
        "faefio",
        "gaeir",
        "haeio",
        "iabcdefglmnoprstvz",
        "ke",
        "ladeilostuy",
        "maeiop",
        "nacdefgiost",
        "obcdglmnoprstuvw",
        "paeiloprt",
        "qu",
        "racdegimorstuy",
        "sacehiopstu",
        "tacehiorstuy",
        "uabceilmnprst",
        "vaei",
        "wa",
        "xpt",
        "yp",
        "ze",
    ]
    for letter in group[1:]
)
_RUNS: Final = re.compile("[a-z]+")
_ON_A_CHAIN: Final = re.compile("0x[0-9a-fA-F]{40}")  # an account or a contract of a blockchain, which is public
_CHANGES: Final = re.compile("[a-z][A-Z]")
_LETTERS_BESIDE: Final = re.compile(r"[^\x00-\x7f]")
# Made for browsers, or ids of things.
_PUBLIC: Final = (
    *("pk.", "pk_", "sb_publishable_", "pub_", "public_", "phc_", "pub-c-", "sub-c-", "appl_", "goog_", "price_", "prod_", "cus_", "acct_", "plan_", "evt_", "pi_", "rzp_", "test_pub", "live_pub", "FLWPUBK", "pubkey-", "client_", "G-", "UA-"),
    *("arn:", "op://", "vault:", "ENC[", "{cipher}", "AQICAH", "projects/", "ssm:", "secretsmanager:", "keyvault", "ssh-", "ecdsa-", "age1"),
)  # fmt: skip
_HASHED: Final = re.compile(
    r"\$(?:2[abxy]|argon2|scrypt|pbkdf2|5|6|apr1)|(?:pbkdf2|scrypt|bcrypt|argon2)[:_$]|sha(?:1|256|384|512)[-:]|md5:"
)
_NOT_IN_PAGES: Final = (".py", ".go", ".rb", ".php", ".java", ".rs", ".cs", ".kt", ".ex", ".sh", ".pl")
_OF_SERVERS: Final = re.compile("(?i)server|backend|geocod")
_SEARCH: Final = re.compile(r"(?i)indexName|index_name|search[-_ ]?only|search_?(?:api_?)?key|docsearch")
_FIREBASE: Final = re.compile(
    r"(?i)authDomain|messagingSenderId|firebaseConfig|initializeApp|measurementId|maps\.googleapis|maps/api|storageBucket|youtube/v3|GoogleMapsKey|google_?maps|maps_?key"
)


def entropy(text: str) -> float:
    """Shannon's, in bits for each character."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


def is_placeholder(body: str) -> bool:
    """Whether the random part of a key is not random: an example, or a stand-in."""
    if body in _DOCUMENTED or _PLACEHOLDER.search(body) is not None:
        return True
    return len(set(body)) < min(8, len(body) * 0.5) or entropy(body) < (2.6 if len(body) < 20 else 3.0)


def is_plain(value: str) -> bool:
    """Whether a value that is called a secret is a word, a name, a reference to what stands elsewhere, or a hash."""
    if value in _DOCUMENTED or _PLACEHOLDER.search(value) or _FROM_ELSEWHERE.search(value) or _HASHED.match(value):
        return True
    if value.startswith(_PUBLIC) or _LETTERS_BESIDE.search(value):
        return True
    if _COMMON.fullmatch(value) is not None or _ON_A_CHAIN.fullmatch(value) is not None:
        return True
    if _WORDS.fullmatch(value) is None or is_mixed(value):
        return False
    return len(value) < 10 or words_in(value) > 0.42


def words_in(value: str) -> float:
    """The share of pairs of letters that are those of words; 0 where there are fewer than four."""
    runs = _RUNS.findall(value.lower())
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return sum(pair in _PAIRS for pair in pairs) / len(pairs) if len(pairs) >= 4 else 0.0


def is_mixed(value: str) -> bool:
    """Whether letters change between small and capital as they do by chance: names in camel case do so at the beginning of
    words only."""
    return len(value) >= 12 and value.isalnum() and len(_CHANGES.findall(value)) >= len(value) / 4.5


def is_for_searching(text: str, at: int) -> bool:
    """Whether the key at `at` stands beside the name of an index: pages search with it, and nothing else."""
    return _SEARCH.search(text, max(0, at - 300), at + 300) is not None


def is_for_browsers(path: str, text: str, at: int) -> bool:
    """Whether Google's key at `at` stands in the configuration that a page needs: it is limited by its console instead.
    No page is written in a language that browsers do not run."""
    if (
        path.endswith(_NOT_IN_PAGES)
        or path.startswith(("server/", "api/", "backend/", "functions/"))
        or _OF_SERVERS.search(text, max(0, at - 60), at)
    ):
        return False
    return _FIREBASE.search(text, max(0, at - 500), at + 600) is not None


def role_of_token(token: str) -> str:
    """What a JWT is: `anon` (made for browsers), `sample` (of the documentation), else "" (it lets somebody in)."""
    part = token.split(".")[1]
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        return ""
    if not isinstance(claims, dict):
        return ""
    if claims.get("iss") == "supabase-demo":  # of everybody's own machine
        return "sample"
    if claims.get("role") == "anon":
        return "anon"
    names = {str(claims.get(name, "")).lower() for name in ("name", "sub", "email")}
    return "sample" if names & {"john doe", "1234567890", "jane doe", "test", "johndoe", "user@example.com"} else ""
