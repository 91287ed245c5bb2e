"""Secrets by their place: in commands, addresses, and files that hold nothing else."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from builder.safety.leaks.innocent import is_plain, words_in
from builder.safety.leaks.likeness import classes, is_made_up, is_random, is_uuid, is_wordless
from builder.safety.leaks.names import meaning
from builder.safety.leaks.nearby import Spots
from builder.safety.leaks.providers import Suspect

_SETTINGS: Final = (
    ".yml", ".yaml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".env", ".sh", ".bash", ".zsh", ".fish", ".bat", ".cmd", ".ps1", ".dockerfile", ".npmrc", ".netrc", ".tfvars", ".tf",
    ".hcl", ".pypirc", ".envrc", ".http", ".rest", ".xml", ".config", ".plist", ".service", ".nix", ".cnf", ".my.cnf", ".htpasswd", ".pgpass", ".gitconfig", ".credentials", ".secrets", ".vars",
    ".gradle", ".txt", ".make", ".mk", ".profile", ".bashrc", ".zshrc", ".edn", ".reg",
)  # fmt: skip
_SETTINGS_NAMES: Final = (
    ".env", "dockerfile", "containerfile", "docker-compose", "compose.", "makefile", "procfile", "jenkinsfile", "vagrantfile", ".netrc", "_netrc", ".pgpass", "credentials", ".dev.vars", "justfile", "caddyfile", ".yarnrc", "secrets", "config",
)  # fmt: skip
# A password by its place: `login("name", "value")`, `hash_password("value")`, `curl -u name:value`, `WITH PASSWORD 'value'`.
_BY_PLACE: Final = re.compile(
    r"(?:\.login\(\s{0,8}[\"'][^\"'\n]{1,80}[\"']\s{0,4},\s{0,8}[\"']|\bFTP(?:_TLS)?\((?:\s{0,4}[\"'][^\"'\n]{1,80}[\"']\s{0,4},){2}\s{0,4}[\"']|\bAC[0-9a-f]{32}[\"']\s{0,4},\s{0,4}[\"']"
    r"|\b(?:auth|basic_?auth|HTTPBasicAuth|PlainAuth|UsernamePasswordCredentials?|NetworkCredential|PasswordCredentials?|set_?basic_?auth|plain_?credentials|sign_?in|log_?in|authenticate)\s?=?\s?\((?:\s{0,4}[\"'][^\"'\n]{0,80}[\"']\s{0,4},){1,2}\s{0,4}[\"']"
    r"|\b(?:hash_?password|generate_password_hash|hashSync|make_password|set_password|check_password|bcrypt\.hash(?:pw)?|argon2\.hash|hash_pw|password_hash|encrypt_password|verify_password)\(\s{0,4}b?[\"']"
    r"|\bConvertTo-SecureString\s{1,4}(?:-String\s{1,4})?[\"'])(?P<value>[^\"'\s\\]{8,100})[\"']"
    r"|(?:\b(?:curl|http|https|wget|aria2c)[ ][^\n]{0,200}?(?:-u|--user|-a|--auth)[ =][\"']?[\w.@-]{1,60}:|\bmysql(?:dump|admin|import)?[ ][^\n]{0,200}?[ ]-p|\bmysql\w*[\"'][^\n]{0,120}?[\"']-p|\bsshpass[ ][^\n]{0,20}?-p[ ]?[\"']?|\bredis-cli[ ][^\n]{0,120}?-a[ ][\"']?"
    r"|\bsqlcmd[ ][^\n]{0,120}?-P[ ][\"']?|\bmongo(?:sh|dump|restore|export)?[ ][^\n]{0,120}?-p[ ][\"']?|\bdocker[ ]login[ ][^\n]{0,120}?-p[ ][\"']?|-pass(?:in|out)?[ ](?:[\"']?)pass:|\bldap\w+[ ][^\n]{0,120}?-w[ ][\"']?|\bsmbclient[ ][^\n]{0,120}?%|\bechos?[ ][\"']?(?=[^\n|]{8,200}\|\s?(?:docker|sudo|gh|passwd|chpasswd|openssl|npm|helm|cryptsetup))(?:\w+:)?)(?P<given>[^\s\"'$:@|]{8,200})"
    r"|\b(?:password|identified(?:[ ]with[ ]\w+)?[ ]by|encrypted[ ]password|pragma[ ](?:hex)?(?:key|rekey)[ ]?=|pgp_sym_(?:en|de)crypt\([^,\n]{1,60},|crypt\()[ ]{0,4}(?:=[ ]{0,2})?'(?P<sql>[^'\s\\{}$]{8,100})'"
    r"|\b(?:btoa|b64encode|base64_encode|encodeToString)\(\s{0,4}(?:b|new\s)?[\"'`][\w.@-]{1,40}:(?P<basic>[^\"'`\s\\${}]{8,100})[\"'`]"
    r"|\bBuffer\.from\(\s{0,4}[\"'`][\w.@-]{1,40}:(?P<node>[^\"'`\s\\${}]{8,100})[\"'`]"
    r"|\bjdbc:oracle:thin:[\w.-]{1,40}/(?P<oracle>[^\s@\"'/]{6,80})@"
    r"|\bmachine[ \t\n]+\S{1,80}[ \t\n]+login[ \t\n]+\S{1,80}[ \t\n]+password[ \t\n]+(?P<netrc>\S{8,200})",
    re.IGNORECASE,
)
_PLACES: Final = (
    ".login(", "auth(", "basicauth(", "basic_auth(", "credential", "sign_in(", "log_in(", "login(", "authenticate(", "auth=", "hash_password(", "hashpassword(", "password_hash(", "hashsync(",
    "_password(", "bcrypt.", "argon2.", "hash_pw(", "securestring", "ftp(", "ftp_tls(", "twilio(", "curl", "wget", "aria2c", "http", "mysql", "sshpass", "redis-cli", "sqlcmd", "mongo", "docker",
    "-pass", "ldap", "smbclient", "echo", "identified", "pragma", "crypt(", "btoa(", "encode(", "encodetostring(", "buffer.from(", "oracle:thin", "machine", "password '", "password  '",
    "encrypted password", "password='", "password = '",
)  # fmt: skip
# How private keys begin where they stand without their first line (PKCS #1, PKCS #8 and SEC 1, in base64).
_KEY_BODY: Final = re.compile(
    r"(?<![\w+/])(?:MII[A-Za-z0-9+/]{1,3}[A-Z0-9a-z]?IBA(?:AK|DAN)|MI[GH][A-Za-z0-9+/]{1,2}AgEAMB|MC4CAQAwBQYDK2V[uw]BCIEI|MHcCAQEEI|M[HI][A-Za-z0-9+/]{1,4}AgEBBC?D?|b3BlbnNzaC1rZXktdjEA)[A-Za-z0-9+/\\\n]{30,}"
)
_KEY_BODIES: Final = ("MII", "MIG", "MIH", "MC4CAQ", "MHcCAQ", "MH", "b3BlbnNzaC")
# The passwords that Google makes for other programs to send mail.
_FOUR_TIMES_FOUR: Final = re.compile(r"[\"'`=:]\s?(?P<value>[a-z]{4}(?: [a-z]{4}){3})(?=[\"'`\r\n]|\Z)")
_PGPASS: Final = re.compile(r"(?m)^[\w.*-]{1,100}:(?:\d{1,5}|\*):[^:\n]{1,60}:[^:\n]{1,60}:(?P<value>\S{6,200})$")
_BASIC: Final = re.compile(
    r"(?:\bBasic[ ]+|[\"']?_?auth[\"']?[ ]?[:=][ ]?[\"']?)(?P<value>[A-Za-z0-9+/]{12,400}={0,2})"
)
_CLUSTER: Final = re.compile(
    r"(?:client-key-data|certificate-key|tls\.key|\.dockerconfigjson)[\"']?:\s{1,4}[\"']?(?P<value>[A-Za-z0-9+/]{60,})"
)
_INSERT: Final = re.compile(
    r"(?i)insert\s+(?:or\s+\w+\s+|ignore\s+)?into\s+[\w.`\"\[\]]{1,80}\s*\(([^()]{3,400})\)\s*(?:overriding\s+\w+\s+value\s+)?values\s*"
)
_ROW: Final = re.compile(r"\(((?:'(?:[^'\n]|'')*'|[^()';]|\([^()]*\))*)\)")
_CELL: Final = re.compile(r"\s*+(?:[EeNn]?'(?P<value>(?:[^'\n]|'')*+)'\s*+|[^,']*+)(?:,|\Z)")
# `Login: name / password`, as people note it.
_PAIR: Final = re.compile(
    r"(?im)\b(?:log-?in|user(?:name)?|account|admin|zugang|acesso|access)\b[^\n:=]{0,20}[:=]\s?[`*\"']{0,2}[\w.@+-]{2,60}[`*\"']{0,2}\s?(?:/|\||,|;|:|-|–|und|and|e|with|mit)\s?(?:(?:pass\w*|pw|kennwort|senha)\s?[:=]?\s?)?[`*\"']{0,2}(?P<value>[^\s`\"'()*]{8,60})(?=[\s`\"')*.,]|\Z)"
)
_KUBERNETES: Final = re.compile(
    r"(?m)^[ \t]+[\w.-]{1,80}:[ \t]*[\"']?(?P<value>[A-Za-z0-9+/]{8,4000}={0,2})[\"']?[ \t]*$"
)
_JWK: Final = re.compile(r"\\?[\"']?\b[dk]\\?[\"']?\s{0,3}:\s{0,3}\\?[\"'](?P<value>[\w-]{32,800})\\?[\"']")
_WORDS: Final = re.compile(
    r"(?i)(?:mnemonic|seed|phrase|recovery|backup|wallet)\w{0,20}[\"']?\]?\s{0,4}(?::\s?\w{1,12}\s?)?(?:[:=,(]|=>|\|\||\?\?)\s{0,4}(?:process\.env\.\w+\s?(?:\|\||\?\?)\s?)?\\?[\"'`]?(?P<value>(?:[a-z]{3,8} ){11,23}[a-z]{3,8})(?![ \w])"
)
_URL: Final = re.compile(
    r"://(?P<user>[^\s:@/\"'`<>\\,;)(]{0,80}):(?P<value>[^\s@/\"'`<>\\]{3,200}(?:@(?=[^\s@/\"'`<>\\]{1,80}@))?[^\s@/\"'`<>\\]{0,100})@(?P<host>[\w.\[${-]{1,100})"
)
_ALONE_IN_URL: Final = re.compile(r"\b(?:https?|git|ssh|ftp|smtps?)://(?P<value>[\w-]{20,200})@(?P<host>[\w.-]{3,100})")
# A part of the query of an address; what is none of these is somebody's key if it is random and long.
_QUERY: Final = re.compile(
    r"(?:https?|wss?)://[\w.-]{4,100}(?::\d{2,5})?(?P<path>/[^\s\"'`<>?]{0,200})?\?(?P<query>[^\s\"'`<>\\#]{8,600})"
)
_NO_KEY: Final = re.compile(
    r"(?i)^(?:v|ver|version|hash|h|id|ids|ix\w*|cid|gid|list|si|utm_\w+|\w*clid|pb|q|query|search|tag|ref|rev|cb|t|ts|w|etag|checksum|integrity|sha\d*|md5|nonce|state|code_challenge|client_id|redirect\w*|return\w*|next|url|file|path|name|cursor|page|after|before|ei|ved|oh|oe|_nc_\w+|stp|se|sp|sr|sv|fm|fit|usp|feature|embed\w*|mid|pid|uid|tid)$"
)
_KEY: Final = re.compile(
    r"(?i)^(?:app_?id|app_?key|\w*api_?key|key|access_?key|auth(?:_?key)?|subscription-key|license(?:_?key)?|secret|\w*token|code)$"
)
_DATABASES: Final = re.compile(
    r"(?:postgres(?:ql)?(?:\+\w+)?|mysql2?(?:\+\w+)?|mariadb(?:\+\w+)?|mongodb(?:\+\w+)?|rediss?(?:\+\w+)?|valkeys?|amqps?|mssql(?:\+\w+)?|sqlserver|oracle(?:\+\w+)?|clickhouses?(?:\+\w+)?|cockroachdb|nats|mqtts?|smtps?(?:\+\w+)?|imaps?|ftps?|sftp|ldaps?|neo4j(?:\+\w+)?|bolt(?:\+\w+)?|couchdb|kafka|libsql|snowflake|elasticsearch|memcached|influxdb|socks5h?|ssh|scylla|cassandra|jdbc:\w+|trino|hive|db2(?:\+\w+)?|ws|wss|stratum\+tcp|rtsp|turns?)\Z"
)
_HEX: Final = re.compile("[0-9a-fA-F]+")
_STAND_INS: Final = re.compile(
    r"(?i)(?:\A|[.@])(?:example\.(?:com|org|net)|host(?:name)?(?:\.com)?|example|your[-.].*|my-?host|server|domain\.com)\Z"
)


def is_settings(path: str) -> bool:
    """Whether values stand without quotes in such a file."""
    name = path.rpartition("/")[2].lower()
    return name.endswith(_SETTINGS) or (
        name.startswith(_SETTINGS_NAMES)
        and not name.endswith(
            (".js", ".ts", ".mjs", ".cjs", ".py", ".json", ".rb", ".php", ".go", ".rs", ".tsx", ".jsx", ".java", ".kt")
        )
    )


def placed(path: str, text: str, small: str) -> Iterator[Suspect]:
    """Passwords and keys at places where nothing else stands, whatever is around."""
    for start, end in Spots(small, _PLACES).around(40, 380):
        for found in _BY_PLACE.finditer(text, start, end):
            group = found.lastgroup or "value"
            value = found[group]
            if is_made_up(value) or is_random(value, 12):
                yield Suspect("password", found.start(group), found.end(group), value)
    yield from _coded(text, small)
    for found in _KEY_BODY.finditer(text) if any(begin in text for begin in _KEY_BODIES) else ():
        if "PRIVATE KEY" not in text[max(0, found.start() - 80) : found.start()]:
            yield Suspect("private_key", found.start(), min(found.end(), found.start() + 200), found[0])
    for found in _FOUR_TIMES_FOUR.finditer(text) if "gmail" in small or "smtp" in small else ():
        if words_in(found["value"]) < (0.67 if "gmail" in small else 0.5):
            yield Suspect("password", found.start("value"), found.end("value"), found["value"])
    yield from _inserted(text, small)
    if path.lower().endswith((".md", ".mdx", ".txt", ".rst", ".adoc")):
        for found in _PAIR.finditer(text):
            if is_random(found["value"], 12) or (is_made_up(found["value"]) and classes(found["value"]) >= 3):
                yield Suspect("password", found.start("value"), found.end("value"), found["value"])
    if "pgpass" in path:
        for found in _PGPASS.finditer(text):
            yield Suspect("password", found.start("value"), found.end("value"), found["value"])
    if "kty" in text:
        for found in _JWK.finditer(text):
            if "kty" in text[max(0, found.start() - 1_200) : found.end() + 1_200] and is_random(found["value"], 32):
                yield Suspect("private_key", found.start("value"), found.end("value"), found["value"])
    for found in (
        _WORDS.finditer(text)
        if "mnemonic" in small or "phrase" in small or "seed" in small or "wallet" in small
        else ()
    ):
        if len(set(found["value"].split())) >= 10 and len(found["value"].split()) in (12, 15, 18, 21, 24):
            yield Suspect("password", found.start("value"), found.end("value"), found["value"])


def _inserted(text: str, small: str) -> Iterator[Suspect]:
    """Values of columns that are called a password or a secret."""
    for start, end in Spots(small, ("insert into", "insert  into")).around(0, 6_000):
        for columns in _INSERT.finditer(text, start, end):
            names = [meaning(one.strip().strip("`\"[]'")) for one in columns[1].split(",")]
            secret = [at for at, said in enumerate(names) if said in ("secret", "password")]
            for row in _ROW.finditer(text, columns.end(), min(end, columns.end() + 5_000)) if secret else ():
                values = list(_cells(text, row.start(1), row.end(1)))
                for at in secret:
                    cell = values[at]["value"] if at < len(values) else None
                    if cell and (is_random(cell) or (names[at] == "password" and is_made_up(cell))):
                        yield Suspect(
                            "password" if names[at] == "password" else "value",
                            values[at].start("value"),
                            values[at].end("value"),
                            cell,
                        )


def _cells(text: str, at: int, end: int) -> Iterator[re.Match[str]]:
    while at < end and (found := _CELL.match(text, at, end)):
        yield found
        at = found.end()


def _coded(text: str, small: str) -> Iterator[Suspect]:
    """Names with passwords in base64, and the secrets of a cluster."""
    for start, end in Spots(small, ("auth", "basic ")).around(2, 430):
        for found in _BASIC.finditer(text, start, end):
            plain = decoded(found["value"])
            name, colon, value = plain.partition(":")
            if colon and 0 < len(name) <= 60 and name.isprintable() and len(value) >= 6 and not is_plain(value):
                yield Suspect("password", found.start("value"), found.end("value"), value)
    for found in (
        _CLUSTER.finditer(text) if any(name in text for name in ("key-data", "te-key", "tls.key", "configjson")) else ()
    ):
        yield Suspect("private_key", found.start("value"), found.end("value"), found["value"])
    if "kind:" in text and re.search(r"(?m)^kind:\s*[\"']?Secret\b", text):
        for found in _KUBERNETES.finditer(text):
            plain = decoded(found["value"])
            if len(plain) >= 8 and (is_made_up(plain) or is_random(plain)):
                yield Suspect("value", found.start("value"), found.end("value"), plain)


def decoded(value: str) -> str:
    """What base64 says where it says printable text, else ""."""
    coded = value.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        plain = base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("ascii")
    except (ValueError, binascii.Error):
        return ""
    return plain if all(one.isprintable() or one in "\r\n\t" for one in plain) else ""


def addresses(text: str) -> Iterator[Suspect]:
    """Passwords and keys in addresses, such as those of databases."""
    for match in _URL.finditer(text):
        value, host = match["value"], match["host"].lower()
        scheme = re.search(r"[A-Za-z][\w+.:-]{0,20}\Z", text[max(0, match.start() - 20) : match.start()])
        database = scheme is not None and _DATABASES.search(scheme[0].lower()) is not None
        local = host.startswith(("localhost", "127.0.0.1", "0.0.0.0", "[::1]")) or "." not in host  # noqa: S104  # what is compared
        if _STAND_INS.search(host) or is_plain(value) or value.lower() == match["user"].lower():
            continue
        # A name without a dot is a machine beside it, which nobody else reaches.
        if local and not (
            len(value) >= 10
            and (is_random(value, 12) or (database and is_made_up(value) and (classes(value) >= 3 or len(value) >= 14)))
        ):
            continue
        if len(value) >= 6 and (database or is_random(value, 8) or is_made_up(value)):
            yield Suspect("address", match.start("value"), match.end("value"), value)
    for match in _ALONE_IN_URL.finditer(text):
        if "sentry" not in match["host"] and is_random(match["value"], 20):
            yield Suspect("address", match.start("value"), match.end("value"), match["value"])


def asked_with(text: str, server: bool) -> Iterator[Suspect]:
    """Keys in the query of an address that is asked; `server`: in a file that no browser runs."""
    for match in _QUERY.finditer(text) if "?" in text and "://" in text else ():
        of_program = (
            server or re.search(r"(?i)/v\d|api|data|feed|rest|graphql|rpc|json", match["path"] or "") is not None
        )
        at = match.start("query")
        for pair in match["query"].split("&"):
            name, equal, value = pair.partition("=")
            start = at + len(name) + 1
            at += len(pair) + 1
            if not equal or _NO_KEY.match(name):
                continue
            if _HEX.fullmatch(value) or is_uuid(value):
                if _KEY.match(name) and is_random(value, 24):
                    yield Suspect("value", start, start + len(value), value)
                continue
            lone = of_program and is_random(value, 24) and is_wordless(value) and classes(value) >= 2
            if lone or (
                name.lower() in ("sig", "signature", "x-amz-signature", "x-goog-signature")
                and is_random(unquote(value), 20)
            ):
                yield Suspect("value", start, start + len(value), value)
