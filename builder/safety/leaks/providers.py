"""What the keys of providers look like, by their own documentation.

All of them hold a run of at least `SHORTEST_RUN` characters of `RUN`: a text is looked through once for such runs, and only
those are compared with what is below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

RUN: Final = re.compile(r"[A-Za-z0-9_-]{20,}")
_LONGEST: Final = 400
"""Characters of a key that are compared."""


@dataclass(frozen=True, slots=True)
class KeyShape:
    """`kind` names it in the catalogue. `before` is what stands in front of the run and belongs to the key (at most 90
    characters), `body` what the run begins with; its group 1, or else all of it, is the part that is random."""

    kind: str
    body: re.Pattern[str]
    before: re.Pattern[str] | None = None


def _key(kind: str, body: str, before: str = "") -> KeyShape:
    return KeyShape(kind, re.compile(body), re.compile(f"(?:{before})\\Z") if before else None)


_BY_START: Final = {
    "sk-ant": (_key("anthropic", r"sk-ant-(?:api\d\d-|admin\d\d-|oat\d\d-)?([\w-]{24,200})"),),
    "sk-or-": (_key("openrouter", r"sk-or-(?:v1-)?([\w-]{24,200})"),),
    "sk-": (_key("openai", r"sk-(?:proj-|svcacct-|admin-|None-)?([\w-]{20,200})"),),
    "gh": (_key("github", r"gh[pousr]_([A-Za-z0-9]{30,255})"),),
    "github_pat_": (_key("github", r"github_pat_(\w{30,255})"),),
    "gl": (_key("gitlab", r"gl(?:pat|ptt|dt|rt|cbt|soat|ft)-([\w-]{20,100})"), _key("grafana", r"gl(?:sa|c)_([\w-]{28,200})")),
    "A": (
        _key("aws", r"A(?:KIA|SIA|BIA|CCA)([0-9A-Z]{16})(?![0-9A-Za-z])"),
        _key("atlassian", r"ATATT3([\w-]{50,300})"), _key("bitbucket", r"ATBB([A-Za-z0-9]{24,100})"),
        _key("google", r"AIza([\w-]{35})(?![\w-])"), _key("age", r"AGE-SECRET-KEY-1([0-9A-Z]{40,80})"),
    ),
    "AA": (_key("telegram", r"AA([\w-]{32,40})(?![\w-])", r"(?<!\d)\d{8,10}:"),),
    "GOCSPX-": (_key("google_client", r"GOCSPX-([\w-]{24,60})"),),
    "xox": (_key("slack", r"xox[abeprs]-([\w-]{15,250})"),),
    "xapp-": (_key("slack", r"xapp-\d-([\w-]{20,200})"),),
    "s": (
        _key("stripe", r"sk_(?:live|test)_([A-Za-z0-9]{16,200})"), _key("elevenlabs", r"sk_([0-9a-f]{48})(?!\w)"),
        _key("supabase", r"sbp_([0-9a-f]{40})"), _key("supabase", r"sb_secret_([\w-]{20,80})"),
        _key("shopify", r"shp(?:at|ss|ca|pa)_([0-9a-fA-F]{32})"), _key("square", r"sq0(?:atp|csp)-([\w-]{22,50})"),
        _key("notion", r"secret_([A-Za-z0-9]{43})(?!\w)"), _key("sentry", r"sntry[su]_([\w-]{40,300})"),
    ),
    "rk_": (_key("stripe", r"rk_(?:live|test)_([A-Za-z0-9]{16,200})"),),
    "whsec_": (_key("webhook", r"whsec_([\w-]{20,100})"),),
    "npm_": (_key("npm", r"npm_([A-Za-z0-9]{36})"),),
    "pypi-": (_key("pypi", r"pypi-Ag([\w-]{30,250})"),),
    "rubygems_": (_key("rubygems", r"rubygems_([0-9a-f]{48})"),),
    "h": (_key("huggingface", r"hf_([A-Za-z0-9]{30,60})"),),
    "HRKU-": (_key("heroku", r"HRKU-([\w-]{30,80})"),),
    "gsk_": (_key("groq", r"gsk_([A-Za-z0-9]{40,80})"),),
    "xai-": (_key("xai", r"xai-([A-Za-z0-9]{40,120})"),),
    "r8_": (_key("replicate", r"r8_([A-Za-z0-9]{30,60})"),),
    "re_": (_key("resend", r"re_([A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,40})"),),
    "rnd_": (_key("render", r"rnd_([A-Za-z0-9]{24,60})"),),
    "pplx-": (_key("perplexity", r"pplx-([A-Za-z0-9]{40,80})"),),
    "pcsk_": (_key("pinecone", r"pcsk_(\w{40,120})"),),
    "lsv2_": (_key("langsmith", r"lsv2_(?:pt|sk)_([0-9a-f]{32}_[0-9a-f]{8,12})"),),
    "d": (
        _key("digitalocean", r"do[por]_v1_([0-9a-f]{40,80})"), _key("docker", r"dckr_(?:pat|oat)_([\w-]{24,60})"),
        _key("databricks", r"dapi([0-9a-f]{32})(?:-\d)?(?!\w)"),
    ),
    "figd_": (_key("figma", r"figd_([\w-]{30,80})"),),
    "lin_api_": (_key("linear", r"lin_(?:api|oauth)_([A-Za-z0-9]{32,80})"),),
    "ntn_": (_key("notion", r"ntn_([A-Za-z0-9]{40,60})"),),
    "nfp_": (_key("netlify", r"nfp_([A-Za-z0-9]{32,60})"),),
    "napi_": (_key("neon", r"napi_([a-z0-9]{40,80})"),),
    "vercel_blob_rw_": (_key("vercel", r"vercel_blob_rw_(\w{30,80})"),),
    "vc": (_key("vercel", r"vc[kpira]_([A-Za-z0-9]{24,80})"),),
    "fm2_": (_key("fly", r"fm[12]_([\w-]{60,400})"),),
    "pscale_": (_key("planetscale", r"pscale_(?:tkn|pw|oauth)_([\w-]{30,80})"),),
    "NRAK-": (_key("newrelic", r"NRAK-([A-Z0-9]{27})"),),
    "PMAK-": (_key("postman", r"PMAK-([0-9a-f]{24}-[0-9a-f]{34})"),),
    "xkeysib-": (_key("brevo", r"xkeysib-([0-9a-f]{64}-[A-Za-z0-9]{16})"),),
    "key-": (_key("mailgun", r"key-([0-9a-f]{32})(?!\w)"),),
    "EAAA": (_key("square", r"EAAA([\w-]{56,70})(?![\w-])"),),
    "pul-": (_key("pulumi", r"pul-([0-9a-f]{40})"),),
    "tvly-": (_key("tavily", r"tvly-(?:dev-|prod-)?([A-Za-z0-9]{24,60})"),),
    "SK": (_key("twilio", r"SK([0-9a-f]{32})(?!\w)"),),
    "eyJ": (
        _key("mapbox", r"eyJ([\w-]{20,300}\.[\w-]{16,60})(?![\w.-])", r"(?<![\w.-])sk\."),
        _key("jwt", r"(eyJ[\w-]{10,400}\.eyJ[\w-]{10,3000}\.[\w-]{16,800})", r"(?<![\w-])"),
        _key("jwt", r"(eyJ[\w-]{10,400}\.eyJ[\w-]{10,3000}\.[\w-]{16,800})"),
    ),
}  # fmt: skip
_BY_WHAT_IS_BEFORE: Final = (
    ("SG.", _key("sendgrid", r"([\w-]{20,24}\.[\w-]{39,50})", r"(?<![\w.])SG\.")),
    ("9.", _key("google_token", r"([\w-]{20,300})", r"(?<![\w.])ya29\.")),
    ("s.", _key("vault", r"([\w-]{60,200})", r"(?<![\w.])hv[sb]\.")),
    ("t.", _key("doppler", r"([A-Za-z0-9]{40,60})", r"(?<![\w.])dp\.(?:pt|st|ct)\.(?:[\w-]{1,40}\.)?")),
    ("l.", _key("dropbox", r"([\w-]{100,250})", r"(?<![\w.])sl\.")),
    (".", _key("airtable", r"([0-9a-f]{64})(?!\w)", r"(?<!\w)pat[A-Za-z0-9]{14}\.")),
    ("/", _key("slack_hook", r"([A-Za-z0-9]{20,30})", r"hooks\.slack\.com/(?:services|workflows)/T\w{6,14}/[AB]\w{6,14}/(?:\d+/)?")),
    ("/", _key("discord_hook", r"([\w-]{60,80})", r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{15,22}/")),
    ("/", _key("teams_hook", r"([0-9a-f]{8}-[0-9a-f-]{27}@)", r"\.webhook\.office\.com/webhookb2/")),
)  # fmt: skip
_IN_TWO_PARTS: Final = (
    _key("discord", r"([MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40})(?![\w-])"),
    _key("mailchimp", r"([0-9a-f]{32}-us\d{1,2})(?!\w)"),
    _key("terraform", r"([A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,80})"),
)
_STARTS: Final = tuple(sorted(_BY_START, key=len, reverse=True))
_FIRST: Final = {
    character: tuple(start for start in _STARTS if start[0] == character)
    for character in {start[0] for start in _STARTS}
}
_BEGINS: Final = re.compile(
    "|".join(re.escape(start) for start in _STARTS if len(start) > 1) + "|[Ashd](?=[A-Za-z]{1,6}[_A-Z0-9-])"
)
_INNER: Final = re.compile(r"(?<=[_-])(?:sk_live_|sk-ant-|ghp_|github_pat_|AKIA(?=[0-9A-Z]{16}(?!\w)))")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A key in a text, from `start` to `end`; `body` is its random part."""

    kind: str
    start: int
    end: int
    body: str


def key_at(text: str, start: int, end: int) -> Suspect | None:
    """The provider's key that the run from `start` to `end` of `text` is, or is part of."""
    if _BEGINS.match(text, start) is not None and (found := _begun(text, start)):
        return found
    if text[start - 1 : start] in (".", "/") and start > 0:
        for needle, one in _BY_WHAT_IS_BEFORE:
            if text.endswith(needle, 0, start) and (found := _found(one, text, start)):
                return found
    if text[end : end + 1] == "." or text.find("-us", start, end) > 0:
        for one in _IN_TWO_PARTS:
            if found := _found(one, text, start):
                return found
    if end - start >= 28 and (inner := _INNER.search(text, start, end)) is not None:
        return _begun(text, inner.start())  # something is written in front of it, as in `token_ghp_…`
    return None


def _begun(text: str, start: int) -> Suspect | None:
    for begins in _FIRST.get(text[start], ()):
        if text.startswith(begins, start):
            for one in _BY_START[begins]:
                if found := _found(one, text, start):
                    return found
    return None


def _found(one: KeyShape, text: str, start: int) -> Suspect | None:
    match = one.body.match(text, start, start + (_LONGEST if one.kind != "jwt" else 5_000))
    if match is None:
        return None
    begin = start
    if one.before is not None:
        ahead = one.before.search(text[max(0, start - 90) : start])
        if ahead is None:
            return None
        begin = start - len(ahead[0])
    return Suspect(one.kind, begin, match.end(), match[1])
