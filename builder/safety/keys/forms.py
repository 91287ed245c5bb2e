"""What the keys of providers look like, by their own documentation: the one place that knows it.

`leaks.providers` finds them in files, `sanitising.shapes` in what is said, sent to a model or logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_WORD: Final = r"[\w-]"
_PLAIN: Final = "[A-Za-z0-9]"
_HEX: Final = "[0-9a-f]"


@dataclass(frozen=True, slots=True)
class KeyForm:
    """A key is `before`, `start`, `inner` and then `least` to `most` characters `of` a class, with `end` looked ahead at.
    The parts from `inner` on are random.

    `kind` names it in the catalogue. `before` (at most 90 characters) stands in front of a run of letters, digits, `_` and
    `-`; `start` is what that run begins with. `holds`: one of these is in every such key, in small letters. `spoken`: what
    else is looked at in front of it in talk, where words are long too. `streamed`: whether it can be told from words while
    a text is still coming.
    """

    kind: str
    start: str
    of: str
    least: int
    most: int
    end: str = ""
    before: str = ""
    inner: str = ""
    holds: tuple[str, ...] = ()
    spoken: str = ""
    streamed: bool = True

    @property
    def needles(self) -> tuple[str, ...]:
        return self.holds or (self.start.lower(),)


FORMS: Final[tuple[KeyForm, ...]] = (
    KeyForm("anthropic", r"sk-ant-(?:api\d\d-|admin\d\d-|oat\d\d-)?", _WORD, 24, 200, holds=("sk-ant-",)),
    KeyForm("openrouter", r"sk-or-(?:v1-)?", _WORD, 24, 200, holds=("sk-or-",)),
    KeyForm("openai", r"sk-(?:proj-|svcacct-|admin-|None-)?", _WORD, 20, 200, holds=("sk-",), spoken=r"(?<!_)(?<!-)(?=sk-[\w-]{0,40}\d)"),
    KeyForm("github", "gh[pousr]_", _PLAIN, 30, 255, holds=("ghp_", "gho_", "ghu_", "ghs_", "ghr_",)),
    KeyForm("github", "github_pat_", r"\w", 30, 255),
    KeyForm("gitlab", "gl(?:pat|ptt|dt|rt|cbt|soat|ft)-", _WORD, 20, 100, holds=("glp", "gldt-", "glrt-", "glcbt-", "glsoat-", "glft-",)),
    KeyForm("grafana", "gl(?:sa|c)_", _WORD, 28, 200, holds=("glsa_", "glc_",)),
    KeyForm("aws", "A(?:KIA|SIA|BIA|CCA)", "[0-9A-Z]", 16, 16, "(?![0-9A-Za-z])", holds=("akia", "asia", "abia", "acca",)),
    KeyForm("atlassian", "ATATT3", _WORD, 50, 300),
    KeyForm("bitbucket", "ATBB", _PLAIN, 24, 100),
    KeyForm("google", "AIza", _WORD, 35, 35, r"(?![\w-])"),
    KeyForm("age", "AGE-SECRET-KEY-1", "[0-9A-Z]", 30, 80),
    KeyForm("telegram", "AA", _WORD, 32, 40, r"(?![\w-])", before=r"(?<!\d)\d{8,10}:", holds=(":aa",)),
    KeyForm("google_client", "GOCSPX-", _WORD, 24, 60),
    KeyForm("slack", "xox[abeprs]-", _WORD, 15, 250, holds=("xox",)),
    KeyForm("slack", r"xapp-\d-", _WORD, 20, 200, holds=("xapp-",)),
    KeyForm("stripe", "sk_(?:live|test)_", _PLAIN, 16, 200, holds=("k_live_", "k_test_")),
    KeyForm("stripe", "rk_(?:live|test)_", _PLAIN, 16, 200, holds=("rk_live_", "rk_test_")),
    KeyForm("elevenlabs", "sk_", _HEX, 48, 48, r"(?!\w)"),
    KeyForm("supabase", "sbp_", _HEX, 40, 40),
    KeyForm("supabase", "sb_secret_", _WORD, 20, 80),
    KeyForm("shopify", "shp(?:at|ss|ca|pa)_", "[0-9a-fA-F]", 32, 32, holds=("shp",)),
    KeyForm("square", "sq0(?:atp|csp)-", _WORD, 22, 50, holds=("sq0",)),
    KeyForm("notion", "secret_", _PLAIN, 43, 43, r"(?!\w)"),
    KeyForm("sentry", "sntry[su]_", _WORD, 40, 300, holds=("sntry",)),
    KeyForm("webhook", "whsec_", "[A-Za-z0-9_+/-]", 20, 100),
    KeyForm("npm", "npm_", _PLAIN, 36, 36),
    KeyForm("pypi", "pypi-Ag", _WORD, 30, 250),
    KeyForm("rubygems", "rubygems_", _HEX, 48, 48),
    KeyForm("huggingface", "hf_", _PLAIN, 30, 60),
    KeyForm("heroku", "HRKU-", _WORD, 30, 80),
    KeyForm("groq", "gsk_", _PLAIN, 30, 80),
    KeyForm("xai", "xai-", _PLAIN, 30, 120),
    KeyForm("replicate", "r8_", _PLAIN, 30, 60),
    KeyForm("resend", "re_", _PLAIN, 20, 40, inner="[A-Za-z0-9]{6,10}_", holds=("re_",)),
    KeyForm("render", "rnd_", _PLAIN, 24, 60),
    KeyForm("perplexity", "pplx-", _PLAIN, 40, 80),
    KeyForm("pinecone", "pcsk_", r"\w", 40, 120),
    KeyForm("langsmith", "lsv2_(?:pt|sk)_", _HEX, 8, 12, inner="[0-9a-f]{32}_", holds=("lsv2_",)),
    KeyForm("digitalocean", "do[por]_v1_", _HEX, 30, 80, holds=("_v1_",)),
    KeyForm("docker", "dckr_(?:pat|oat)_", _WORD, 24, 60, holds=("dckr_",)),
    KeyForm("databricks", "dapi", _HEX, 32, 32, r"(?:-\d)?(?!\w)"),
    KeyForm("figma", "figd_", _WORD, 30, 80),
    KeyForm("linear", "lin_(?:api|oauth)_", _PLAIN, 32, 80, holds=("lin_api_", "lin_oauth_",)),
    KeyForm("notion", "ntn_", _PLAIN, 40, 60),
    KeyForm("netlify", "nfp_", _PLAIN, 32, 60),
    KeyForm("neon", "napi_", "[a-z0-9]", 40, 80),
    KeyForm("vercel", "vercel_blob_rw_", r"\w", 30, 80),
    KeyForm("vercel", "vc[kpira]_", _PLAIN, 24, 80, holds=("vck_", "vcp_", "vci_", "vcr_", "vca_",)),
    KeyForm("fly", "fm[12]_", _WORD, 60, 400, holds=("fm1_", "fm2_",)),
    KeyForm("planetscale", "pscale_(?:tkn|pw|oauth)_", _WORD, 30, 80, holds=("pscale_",)),
    KeyForm("newrelic", "NRAK-", "[A-Z0-9]", 27, 27),
    KeyForm("postman", "PMAK-", _HEX, 34, 34, inner="[0-9a-f]{24}-", holds=("pmak-",)),
    KeyForm("brevo", "xkeysib-", _PLAIN, 16, 16, inner="[0-9a-f]{64}-", holds=("xkeysib-",)),
    KeyForm("mailgun", "key-", _HEX, 32, 32, r"(?!\w)"),
    KeyForm("square", "EAAA", _WORD, 56, 70, r"(?![\w-])"),
    KeyForm("pulumi", "pul-", _HEX, 40, 40),
    KeyForm("tavily", "tvly-(?:dev-|prod-)?", _PLAIN, 24, 60, holds=("tvly-",)),
    KeyForm("twilio", "SK", _HEX, 32, 32, r"(?!\w)"),
    KeyForm("sendgrid", "", _WORD, 39, 50, before=r"(?<![\w.])SG\.", inner=r"[\w-]{20,24}\.", holds=("sg.",)),
    KeyForm("google_token", "", _WORD, 20, 300, before=r"(?<![\w.])ya29\.", holds=("ya29.",)),
    KeyForm("vault", "", _WORD, 60, 200, before=r"(?<![\w.])hv[sb]\.", holds=("hvs.", "hvb.",)),
    KeyForm("doppler", "", _PLAIN, 40, 60, before=r"(?<![\w.])dp\.(?:pt|st|ct)\.(?:[\w-]{1,40}\.)?", holds=("dp.",)),
    KeyForm("dropbox", "", _WORD, 100, 250, before=r"(?<![\w.])sl\.", holds=("sl.",)),
    KeyForm("airtable", "", _HEX, 64, 64, r"(?!\w)", before=r"(?<!\w)pat[A-Za-z0-9]{14}\.", holds=("pat",), streamed=False),
    KeyForm("slack_hook", "", _PLAIN, 16, 30, before=r"hooks\.slack\.com/(?:services|workflows)/T\w{6,14}/[AB]\w{6,14}/(?:\d{1,20}/)?", holds=("hooks.slack.com",)),
    KeyForm("discord_hook", "", _WORD, 60, 80, before=r"discord(?:app)?\.com/api/(?:v\d{1,3}/)?webhooks/\d{15,22}/", holds=("/webhooks/",)),
    KeyForm("teams_hook", "", "[0-9a-f-]", 27, 27, "@", inner="[0-9a-f]{8}-", before=r"\.webhook\.office\.com/webhookb2/", holds=("/webhookb2/",)),
    KeyForm("discord", "", _WORD, 27, 40, r"(?![\w-])", inner=r"[MNO][\w-]{23,27}\.[\w-]{6}\.", holds=(".",), streamed=False),
    KeyForm("mailchimp", "", r"\d", 1, 2, r"(?!\w)", inner="[0-9a-f]{32}-us", holds=("-us",), streamed=False),
    KeyForm("terraform", "", _WORD, 60, 80, inner=r"[A-Za-z0-9]{14}\.atlasv1\.", holds=(".atlasv1.",), streamed=False),
)  # fmt: skip
