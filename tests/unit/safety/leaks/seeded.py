"""Keys of every provider that is known, and values that are called a secret, put into files of many frameworks; and the
same files with what stands there in honest code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

KEYS: Final = {
    "anthropic": "sk-ant-api03-«word:93»AA", "openai": "sk-«alnum:48»", "openai_project": "sk-proj-«word:120»",
    "openrouter": "sk-or-v1-«hex:64»", "github": "ghp_«alnum:36»", "github_app": "ghs_«alnum:36»",
    "github_fine": "github_pat_«alnum:22»_«alnum:59»", "gitlab": "glpat-«word:20»", "grafana": "glsa_«alnum:32»_«hex:8»",
    "aws": "AKIA«upper:16»", "aws_session": "ASIA«upper:16»", "atlassian": "ATATT3xFfGF0«word:160»", "google": "AIza«word:35»",
    "telegram": "«digits:10»:AA«word:33»", "google_client": "GOCSPX-«word:28»", "slack": "xoxb-«digits:12»-«digits:12»-«alnum:24»",
    "slack_app": "xapp-1-A«upper:10»-«digits:13»-«hex:64»", "stripe": "sk_live_«alnum:24»", "stripe_new": "sk_live_51«alnum:97»",
    "stripe_test": "sk_test_51«alnum:97»", "stripe_limited": "rk_live_«alnum:24»", "elevenlabs": "sk_«hex:48»",
    "supabase": "sbp_«hex:40»", "supabase_secret": "sb_secret_«word:32»", "shopify": "shpat_«hex:32»", "square": "sq0csp-«word:43»",
    "notion": "secret_«alnum:43»", "notion_new": "ntn_«alnum:46»", "sentry": "sntrys_«word:80»", "webhook": "whsec_«alnum:32»",
    "npm": "npm_«alnum:36»", "pypi": "pypi-AgEIcHlwaS5vcmc«word:120»", "rubygems": "rubygems_«hex:48»", "huggingface": "hf_«alnum:34»",
    "heroku": "HRKU-«uuid»", "groq": "gsk_«alnum:52»", "xai": "xai-«alnum:80»", "replicate": "r8_«alnum:37»",
    "resend": "re_«alnum:8»_«alnum:24»", "render": "rnd_«alnum:28»", "perplexity": "pplx-«alnum:48»", "pinecone": "pcsk_«alnum:70»",
    "langsmith": "lsv2_pt_«hex:32»_«hex:10»", "digitalocean": "dop_v1_«hex:64»", "docker": "dckr_pat_«word:27»",
    "databricks": "dapi«hex:32»", "figma": "figd_«word:40»", "linear": "lin_api_«alnum:40»", "netlify": "nfp_«alnum:36»",
    "neon": "napi_«lower:64»", "vercel": "vercel_blob_rw_«alnum:16»_«alnum:30»", "fly": "fm2_«word:120»",
    "planetscale": "pscale_tkn_«word:43»", "newrelic": "NRAK-«upper:27»", "postman": "PMAK-«hex:24»-«hex:34»",
    "brevo": "xkeysib-«hex:64»-«alnum:16»", "mailgun": "key-«hex:32»", "pulumi": "pul-«hex:40»", "tavily": "tvly-«alnum:32»",
    "twilio": "SK«hex:32»", "sendgrid": "SG.«word:22».«word:43»", "google_token": "ya29.a0«word:120»", "vault": "hvs.«word:90»",
    "doppler": "dp.pt.«alnum:43»", "airtable": "pat«alnum:14».«hex:64»", "discord": "M«alnum:23».G«alnum:5».«word:38»",
    "mailchimp": "«hex:32»-us14", "jwt": "«jwt»", "service_role": "«service»",
    "slack_hook": "https://hooks.slack.com/services/T«upper:8»/B«upper:10»/«alnum:24»",
    "discord_hook": "https://discord.com/api/webhooks/«digits:19»/«word:68»",
    "postgres": "postgresql://app:«alnum:16»@db.prod.eu:5432/app", "mongo": "mongodb+srv://app:«alnum:16»@c0.ab1cd.mongodb.net/app",
    "mysql": "mysql+pymysql://app:«alnum:16»@10.0.0.4.nip.io/app", "redis": "rediss://default:«alnum:32»@eu1.upstash.io:6379",
    "amqp": "amqps://shop:«word:32»@rabbit.cloudamqp.com/shop", "basic": "https://deploy:«alnum:20»@git.shop.eu/app.git",
}  # fmt: skip
PLACES: Final = (
    ("main.py", 'from fastapi import FastAPI\n\napp = FastAPI()\nCLIENT = connect("{key}")\n'),
    ("app.py", "from flask import Flask\n\napp = Flask(__name__)\napp.config['THING'] = '{key}'\n"),
    ("shop/settings.py", 'INSTALLED_APPS = ["django.contrib.admin"]\nTHING = "{key}"\n'),
    ("server.js", "const express = require('express')\nconst app = express()\nconst client = new Client('{key}')\n"),
    ("index.mjs", "import http from 'node:http'\nexport const thing = `{key}`\n"),
    ("src/App.jsx", 'export default function App() {{\n  const client = useClient("{key}")\n  return <p>{{client.name}}</p>\n}}\n'),
    ("src/App.vue", "<script setup>\nconst client = useClient('{key}')\n</script>\n<template><p>{{{{ client }}}}</p></template>\n"),
    ("src/routes/+page.svelte", '<script>\n  const client = make("{key}")\n</script>\n<p>{{client}}</p>\n'),
    ("dist/assets/index-Bx1.js", 'var t=e("{key}"),n=()=>t.get("/x");export{{n}};'),
    ("dist/assets/index-Bx1.js.map", '{{"version":3,"sourcesContent":["const c = make(\\"{key}\\")\\n"]}}'),
    ("config/settings.json", '{{"thing": {{"value": "{key}"}}}}\n'),
    ("config.yml", "thing:\n  value: {key}\n"),
)  # fmt: skip
SECRETS: Final = ("«hex:32»", "«alnum:32»", "«b64:40»", "«word:43»", "«hex:64»", "«strong:24»", "«uuid»")
PASSWORDS: Final = ("«strong:12»", "«alnum:16»", "Winter-«digits:4»-rainfall!", "«word:20»")
NAMED: Final = (
    ("main.py", 'API_KEY = "{secret}"\n'), ("main.py", 'jwt.encode(claims, key=1, secret="{secret}")\n'),
    ("app.py", 'app.config["JWT_SECRET_KEY"] = "{secret}"\n'), ("app.py", 'app.secret_key = "{secret}"\n'),
    ("settings.py", 'EMAIL_HOST_PASSWORD = "{password}"\n'), ("settings.py", "DATABASES = {{'default': {{'PASSWORD': '{password}'}}}}\n"),
    ("config.py", 'token: str = "{secret}"\n'), ("config.py", 'SECRET = os.environ.get("APP_SECRET", "{secret}")\n'),
    ("config.py", 'class Settings(BaseSettings):\n    client_secret: str = Field(default=1)\n    api_key: SecretStr = "{secret}"\n'),
    ("server.js", "const pool = mysql.createPool({{ host: 'db.x.eu', user: 'app', password: '{password}' }})\n"),
    ("server.js", "app.use(session({{ secret: '{secret}', resave: false }}))\n"), ("server.js", "const apiSecret = process.env.API_SECRET || '{secret}'\n"),
    ("server.ts", 'const accessToken: string = "{secret}"\n'), ("server.ts", "const encryptionKey = process.env.ENC_KEY ?? '{secret}'\n"),
    ("src/api.js", 'fetch(url, {{ headers: {{ "X-Api-Key": "{secret}" }} }})\n'), ("src/api.js", "fetch(`https://api.x.io/v1?api_key={hex}&q=${{q}}`)\n"),
    ("src/api.ts", 'headers: {{ Authorization: "Bearer {hex}" }}\n'), ("src/api.ts", "axios.defaults.headers.common['Authorization'] = 'Bearer {hex}'\n"),
    ("src/App.vue", "<script setup>\nconst clientSecret = '{secret}'\n</script>\n"), ("src/App.svelte", '<script>let password = "{password}"</script>\n'),
    ("dist/index.js", 'const n={{apiKey:"{secret}",b:1}};'), ("dist/index.js.map", '{{"sourcesContent":["auth_token: \\"{secret}\\""]}}'),
    ("config.json", '{{"smtp": {{"user": "a@b.eu", "password": "{password}"}}}}\n'), ("config.json", '{{"access_token": "{secret}"}}\n'),
    ("docker-compose.yml", "    environment:\n      - JWT_SECRET={secret}\n"), ("docker-compose.yml", "      MYSQL_ROOT_PASSWORD: {alnum}\n"),
    (".env", "APP_SECRET={secret}\n"), (".env.production", "DB_PASSWORD={alnum}\n"), ("api/.env.local", "SIGNING_KEY=\"{secret}\"\n"),
    ("Dockerfile", "FROM node:22\nENV API_TOKEN={secret}\n"), ("run.sh", "export ACCESS_KEY={secret}\n"), ("app.ini", "password = {alnum}\n"),
)  # fmt: skip
HIDDEN: Final = (
    ("server.pem", "-----BEGIN PRIVATE KEY-----\n«pem:10»\n-----END PRIVATE KEY-----\n"),
    ("src/key.ts", "export const KEY = `-----BEGIN EC PRIVATE KEY-----\n«pem:4»\n-----END EC PRIVATE KEY-----`\n"),
    ("id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\n«pem:6»\n-----END OPENSSH PRIVATE KEY-----\n"),
    ("sa.json", '{"private_key": "-----BEGIN PRIVATE KEY-----\\n«b64:64»\\n«b64:64»\\n"}\n'),
    ("a.js", 'const k = "ghp_" + "«alnum:36»";\n'),
    ("a.js", "const k = 'sk-ant-api03-' +\n  '«word:93»AA'\n"),
    ("b.py", 'KEY = base64.b64decode("«enc»")\n'),
    ("b.js", "const k = Buffer.from('«enc»', 'base64')\n"),
)
HARMLESS: Final = (
    "your-api-key-here",
    "sk_test_xxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "<YOUR_TOKEN>",
    "${API_TOKEN}",
    "changeme-please-1234",
    "pk_live_«alnum:24»",
    "pk_test_51«alnum:97»",
    "AKIAIOSFODNN7EXAMPLE",
    "sk-ant-api03-your-key-goes-here-0000",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sb_publishable_«word:31»",
    "sha256-«b64:43»=",
    "postgresql://user:password@localhost:5432/app",
    "postgres://postgres:postgres@db:5432/postgres",
    "mongodb://localhost:27017/app",
    "redis://redis:6379/0",
    "https://user:pass@example.com/a",
    "data:image/png;base64,«b64:400»",
    "$2b$12$«alnum:53»",
)
HONEST: Final = (
    ("main.py", 'API_KEY = os.environ["API_KEY"]\n'), ("app.py", 'app.secret_key = secrets.token_hex(32)\n'),
    ("settings.py", "SECRET_KEY = config('SECRET_KEY', default='django-insecure-«alnum:40»')\n"),
    ("settings.py", 'AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]\n'),
    ("server.js", "const secret = process.env.SESSION_SECRET\nif (!secret) throw new Error('Set SESSION_SECRET')\n"),
    ("server.js", "app.use(session({ secret: 'keyboard cat' }))\n"), ("server.js", "const csrfToken = req.headers['x-csrf-token-2']\n"),
    ("src/Login.jsx", '<input type="password" name="password" placeholder="Password1" autoComplete="new-password" />\n'),
    ("src/store.js", "const TOKEN_KEY = 'auth_token_v1'\n"), ("src/App.vue", '<label for="password-1">Passwort</label>\n'),
    ("src/i18n.ts", 'export default { password: "Contraseña", passwordHint: "mínimo-8-letras", tokenExpired: "Sesión-caducada-1" }\n'),
    ("src/icons.ts", 'export const path = "M12.5 3a2.5 2.5 0 0 1 5 0v14a2.5 2.5 0 0 1-5 0zM4 10h16v10H4z"\n'),
    ("src/ids.json", '["«uuid»", "«hex:24»", "«hex:40»"]\n'), ("package.json", '{"dependencies": {"jsonwebtoken": "^9.0.2", "@scope/token-kit-2": "1.0.0"}}\n'),
    ("uv.lock", 'hash = "sha256:«hex:64»"\n'), ("poetry.lock", '{file = "a.whl", hash = "sha256:«hex:64»"}\n'),
    ("src/crypto.ts", 'const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"])\n'),
    ("src/design.ts", 'export const tokens = { radius: "0.5rem", shadowToken: "0_1px_2px" }\n'),
    ("tests/test_api.py", 'HEADERS = {"Authorization": "Bearer «alnum:40»"}\n'), ("src/api.test.ts", "const apiKey = '«alnum:32»'\n"),
    ("seed.sql", "INSERT INTO users VALUES (1, 'ann', '$2b$10$«alnum:53»');\n"), ("seed.py", 'create_user("demo", password="demo1234")\n'),
    ("src/map.ts", 'new Map({ accessToken: "pk.eyJ1IjoiYSJ9.«word:22»" })\n'), ("style.css", ".password-strength-3 { color: #3b82f6 }\n"),
    ("index.html", '<meta name="google-site-verification" content="«word:43»">\n'), ("robots.txt", "Disallow: /reset-password/\n"),
    ("nginx.conf", "proxy_set_header Authorization $http_authorization;\n"), ("src/hash.ts", 'const checksum = "«hex:64»"\n'),
    ("src/types.ts", 'type Token = "access_token_2" | "refresh_token_2"\ninterface A { apiKey: string; password?: string }\n'),
    ("src/pass.ts", 'export const passwordRules = "min8_upper1_digit1_symbol1"\n'), (".env.example", "API_KEY=\nDB_PASSWORD=password\nSECRET=change-me-1234567890\n"),
    ("compose.yaml", "    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it}\n"), ("ci.yml", "      token: ${{ secrets.NPM_TOKEN }}\n"),
    ("main.go", 'token := os.Getenv("API_TOKEN")\n'), ("src/firebase.js", 'initializeApp({ apiKey: "AIza«word:35»", authDomain: "a.firebaseapp.com" })\n'),
    ("dist/vendor.js", 'var a={tokenize:1,passwordField:"md-3"},b="«hex:20»";function secret(e){return e.key==="Enter"}\n'),
    ("src/key.ts", 'if (event.key === "ArrowDown2") move(1)\nconst cacheKey = "list-2024-page-12"\n'),
)  # fmt: skip


def leaks() -> Iterator[tuple[str, str, str]]:
    """(name, path, text with marks), each with one secret."""
    for number, (kind, key) in enumerate(KEYS.items()):
        for place in (number, number + 5):
            path, text = PLACES[place % len(PLACES)]
            yield f"{kind} in {path}", path, text.format(key=key)
    for number, (path, text) in enumerate(NAMED):
        for turn in (0, 3):
            values = {
                "secret": SECRETS[(number + turn) % len(SECRETS)],
                "password": PASSWORDS[(number + turn) % len(PASSWORDS)],
            }
            whole = text.format(**values, hex="«hex:32»", alnum="«alnum:20»")
            yield f"{text.strip()[:40]} {turn}", path, whole
    for path, text in HIDDEN:
        yield f"{path} {text[:30]}", path, text


def clean() -> Iterator[tuple[str, str, str]]:
    """(name, path, text with marks), none with a secret that blocks."""
    for number, value in enumerate(HARMLESS):
        for place in range(number, number + 4):
            path, text = PLACES[place % len(PLACES)]
            yield f"{value[:24]} in {path}", path, text.format(key=value)
    for path, text in HONEST:
        yield f"{path} {text[:30]}", path, text
