"""What a name says of the value that it is given to."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_PARTS: Final = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PASSWORDS: Final = frozenset((
    "password", "passwd", "passwort", "passwords", "pwd", "pass", "passphrase", "passcode", "senha", "contrasena", "kennwort", "pw", "mdp", "motdepasse", "pswd", "psw", "requirepass",
    "masterauth", "userpass", "userpassword", "dbpass", "dbpassword", "rootpw",
))  # fmt: skip
_SECRETS: Final = frozenset((
    "secret", "secrets", "token", "authtoken", "accesstoken", "apitoken", "bearertoken", "usertoken", "bottoken", "refreshtoken", "idtoken", "sessiontoken", "credential", "credentials", "creds",
    "apikey", "apikeys", "secretkey", "accesskey", "authkey", "privatekey", "licensekey", "masterkey", "encryptionkey", "signingkey", "sharedkey", "jwtsecret", "clientsecret", "appsecret",
    "appkey", "authorization", "bearer", "jwt", "pepper", "hmac", "mnemonic", "sharedsecret", "webhooksecret", "accountkey", "sharedaccesskey", "apisecret", "privkey", "seckey",
    "cookiesecret", "sessionsecret", "sas", "sastoken", "pat", "otpsecret", "totp", "totpsecret", "xapikey", "segredo", "chave", "secretaccesskey", "sessionid", "sessid", "phpsessid",
    "jsessionid", "sid", "subscriptionkey", "consumersecret", "consumerkey", "apitokens", "authtokens",
))  # fmt: skip
_KEY_OF: Final = frozenset((
    "api", "access", "auth", "account", "private", "priv", "encryption", "enc", "encrypt", "encryptor", "crypto", "cipher", "aes", "fernet", "signing", "sign", "signature", "master", "service",
    "license", "licence", "admin", "shared", "hmac", "jwt", "jws", "jwk", "app", "application", "client", "write", "read", "session", "secret", "deploy", "ssh", "server", "vapid",
    "subscription", "function", "functions", "host", "cookie", "backup", "recovery", "root", "merchant", "webhook", "ingest", "integration", "developer", "dev", "bot", "oauth", "consumer",
    "token", "vault", "db", "database", "mail", "smtp", "payment", "security", "sec", "rest", "user", "users", "system", "internal", "partner", "data", "kek", "dek", "wrapping", "salt",
    "pepper", "rsa", "ec", "ed25519", "pgp", "gpg", "tls", "ssl", "wallet", "signer", "validator", "rpc", "node", "project", "team", "org", "workspace", "instance", "tenant", "production",
    "prod", "live",
))  # fmt: skip
# Who gives out keys: their name before a random value says that it is theirs.
VENDORS: Final = frozenset((
    "adafruit", "adyen", "airbrake", "airtable", "alchemy", "algolia", "alibaba", "aliyun", "amplitude", "anthropic", "apify", "appcenter", "artifactory", "asana", "auth0", "aws", "azure",
    "backblaze", "beamer", "bitbucket", "bitly", "braintree", "braze", "brevo", "bugsnag", "buildkite", "cerebras", "chargebee", "circleci", "clerk", "clickhouse", "clickup", "cloudflare",
    "cloudinary", "codecov", "cohere", "coinbase", "confluent", "contentful", "coveralls", "datadog", "deepgram", "deepl", "deepseek", "dialogflow", "digitalocean", "discord", "docker",
    "dropbox", "dynatrace", "easypost", "elastic", "elevenlabs", "etsy", "etherscan", "facebook", "fastly", "fauna", "figma", "fireworks", "flickr", "flutterwave", "foursquare", "freshdesk",
    "fullstory", "gemini", "geoapify", "giphy", "github", "gitlab", "gitter", "gocardless", "google", "grafana", "groq", "hcaptcha", "here", "heroku", "honeybadger", "honeycomb", "hubspot",
    "huggingface", "imgbb", "imgur", "infura", "instagram", "intercom", "ipinfo", "jira", "jfrog", "kaggle", "klarna", "klaviyo", "kraken", "kucoin", "launchdarkly", "linear", "linkedin", "lob",
    "logdna", "loggly", "mailchimp", "mailersend", "mailgun", "mailjet", "mapbox", "mattermost", "maxmind", "meilisearch", "messagebird", "mistral", "mixpanel", "mollie", "mongodb", "moralis",
    "mux", "nasa", "neon", "netlify", "newrelic", "newsapi", "notion", "nvidia", "nylas", "okta", "omdb", "onesignal", "openai", "opencage", "openrouter", "openweather", "openweathermap",
    "opsgenie", "optimizely", "ory", "pagerduty", "paddle", "paypal", "paystack", "pexels", "pinata", "pinecone", "pipedrive", "pixabay", "plaid", "planetscale", "plivo", "polygon", "postmark",
    "pubnub", "pulumi", "pusher", "quicknode", "rapidapi", "razorpay", "readme", "recaptcha", "recurly", "redis", "render", "replicate", "replit", "resend", "ringcentral", "rollbar",
    "salesforce", "segment", "sendbird", "sendgrid", "sendinblue", "sentry", "serpapi", "serper", "shippo", "shodan", "shopify", "slack", "smartsheet", "snyk", "sonar", "sonarqube", "sparkpost",
    "spotify", "square", "squarespace", "stability", "statuspage", "stripe", "sumologic", "supabase", "tatum", "tavily", "telegram", "terraform", "tiktok", "tmdb", "together", "tomtom",
    "travis", "trello", "turso", "twelvedata", "twilio", "twitch", "twitter", "typeform", "typesense", "unsplash", "upstash", "uptimerobot", "vercel", "vimeo", "virustotal", "visualcrossing",
    "vonage", "weatherapi", "weaviate", "webflow", "wolfram", "woocommerce", "xata", "yandex", "yelp", "youtube", "zapier", "zendesk", "zoho", "zoom",
))  # fmt: skip
# The word that says what a value is, where it is no secret, though another says whose it would be.
_LAST: Final = frozenset((
    "id", "ids", "name", "names", "url", "urls", "uri", "path", "paths", "file", "files", "filename", "dir", "folder", "field", "fields", "header", "headers", "type", "types", "class",
    "classes", "format", "length", "policy", "param", "params", "expiry", "expires", "expiration", "expire", "ttl", "count", "prefix", "suffix", "algorithm", "alg", "input", "form", "page",
    "route", "view", "icon", "color", "colour", "size", "style", "selector", "element", "min", "max", "limit", "limits", "scope", "scopes", "issuer", "audience", "hash", "hashes", "digest",
    "checksum", "label", "title", "hint", "rule", "rules", "strength", "error", "errors", "message", "messages", "help", "text", "regex", "pattern", "endpoint", "placeholder", "version",
    "status", "state", "mode", "date", "index", "position", "kind", "method", "methods", "event", "action", "handler", "callback", "component", "provider", "manager", "store", "location",
    "region", "bucket", "host", "hostname", "port", "domain", "realm", "email", "arn", "username", "user", "login", "interval", "timeout", "lifetime", "seconds", "minutes", "days", "hours",
    "age", "window", "rotation", "cookie", "attribute", "property", "column", "table", "schema", "constraint", "validator", "validators", "encoder", "serializer", "parser", "generator",
    "factory", "builder", "context", "config", "options", "settings", "required", "enabled", "visible", "changed", "updated", "created", "missing", "invalid", "expired", "valid", "verified",
    "present", "generated", "usage", "used", "total", "budget", "price", "description", "example", "desc", "info", "note", "docs", "link", "href", "ref", "reference", "image", "avatar", "slot",
    "group", "alias", "symbol", "address", "contract", "mint", "decimals", "kid", "thumbprint", "fingerprint", "map", "set", "list", "array", "dict", "object", "template", "variable", "var",
    "env", "envvar", "word", "words", "screen", "modal", "dialog", "button", "tab", "menu", "section", "command",
))  # fmt: skip
_ANYWHERE: Final = frozenset((
    "public", "publishable", "publish", "pub", "anon", "anonymous", "site", "sitekey", "hash", "hashed", "digest", "checksum", "integrity", "etag", "commit", "revision", "fingerprint",
    "confirm", "confirmation", "reset", "forgot", "cache", "query", "sort", "primary", "foreign", "partition", "row", "item", "column", "pagination", "page", "next", "prev", "previous",
    "cursor", "continuation", "sync", "tokenizer", "design", "semantic", "special", "max", "min", "num", "csrf", "xsrf", "csrftoken", "csrfmiddlewaretoken", "measurement", "tracking",
    "placeholder", "example", "sample", "test", "fake", "mock", "dummy", "lookup", "index", "label", "hint", "error", "message", "translation", "i18n", "locale", "title", "shortcut", "hotkey",
    "keyboard", "keycode", "event", "schema", "enum", "verification", "storage", "local", "idempotency", "dedupe", "nonce", "challenge", "stop", "bos", "eos", "pad", "unk", "ga", "gtm",
))  # fmt: skip
_NO_KEY: Final = frozenset(
    ["monkey", "turkey", "hockey", "donkey", "whiskey", "jockey", "hotkey", "passkey", "mickey", "turnkey", "smokey"]
)


@lru_cache(maxsize=20_000)
def meaning(name: str) -> str:
    """What a value of that name is: `password`, `secret`, `key` (some key, if the value is long and random), `vendor` (of
    somebody who gives out keys), `none` (surely something else), or "" (unknown)."""
    if len(name) > 80:
        return ""
    parts = [part.lower() for part in _PARTS.findall(name)] or [""]
    if parts[0] in ("next", "nuxt", "expo") and "public" in parts[1:3]:
        parts = parts[parts.index("public") + 1 :]  # what a build takes into the page
    if not any(parts):
        return ""
    last, known = parts[-1], set(parts)
    joined = "".join(parts)
    if known & _ANYWHERE or joined in _NO_KEY:
        return "none"
    if last in _LAST and not (
        last in ("env", "var", "value") or (joined.endswith(("cookie", "word")) and known & _SECRETS)
    ):
        return "none"
    if last in ("encryption", "hashing", "hasher") and known & _PASSWORDS:
        return "none"
    if last in _PASSWORDS or (joined.endswith(("password", "passwd", "passphrase")) and last not in _LAST):
        return "password"
    if (
        known & _SECRETS
        or joined in _SECRETS
        or joined.endswith(("secret", "token", "apikey", "secretkey", "accesskey", "privatekey"))
    ):
        return "secret"
    if last in ("key", "keys"):
        return "secret" if len(parts) > 1 and (known & _KEY_OF or known & VENDORS) else "key"
    if last.endswith("key") and last not in _NO_KEY and len(last) > 5:
        return "secret" if last[:-3] in _KEY_OF or last[:-3] in VENDORS else "key"
    if known & _PASSWORDS:
        return "password"
    if last == "auth":
        return "secret"
    if known & VENDORS or joined in VENDORS:
        return "vendor"
    if last in (
        "salt",
        "seed",
        "signature",
        "sig",
        "signing",
        "pin",
        "dsn",
        "conn",
        "connection",
        "license",
        "licence",
        "cred",
        "encryption",
        "cipher",
    ):
        return "key"
    return ""
