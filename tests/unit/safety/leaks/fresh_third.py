"""A third set by the same hand, of everyday places, written after both others were mended, and measured once."""

from __future__ import annotations

from typing import Final

LEAKS: Final = (
    ("main.py", 'app = FastAPI()\nAPI_KEYS = {"shop": "«alnum:40»"}\napi_key_header = APIKeyHeader(name="X-API-Key")\n'),
    ("main.py", 'SECRET_KEY: Final[str] = "«hex:64»"\n'),
    ("db.py", 'engine = create_engine("postgresql+psycopg://svc:«alnum:20»@pg.shop.eu:5432/app", echo=False)\n'),
    ("settings/prod.py", 'SECRET_KEY = r"«strong:50»"\nALLOWED_HOSTS = ["shop.eu"]\n'),
    ("server.js", "const PASSWORD = '«strong:16»'\nif (req.body.password !== PASSWORD) return res.sendStatus(403)\n"),
    ("server.ts", "const client = new S3Client({ credentials: { accessKeyId: 'AKIA«upper:16»', secretAccessKey: '«b64:40»' } })\n"),
    ("hono.ts", "app.get('/x', async (c) => c.json(await verify(c.req.header('t') ?? '', '«alnum:40»')))\nconst JWT_KEY = '«alnum:40»'\n"),
    ("public/app.js", 'const TOKEN = "«jwt»";\nfetch("/api", { headers: { Authorization: "Bearer " + TOKEN } });\n'),
    ("index.html", "<script>\n  const apiKey = 'sk-proj-«word:74»T3BlbkFJ«word:74»'\n</script>\n"),
    ("dist/c.js", 'const a={accessToken:"EAA«alnum:160»",pixel:1};export default a;\n'),
    ("dist/c.js.map", '{"version":3,"sourcesContent":["// config\\nexport const secret = \'«alnum:40»\'\\n"],"mappings":""}\n'),
    ("telegram.py", 'requests.get("https://api.telegram.org/bot«digits:10»:AA«word:33»/getMe")\n'),
    ("setup.cfg", "[app]\napi_token = «alnum:40»\n"),
    ("compose.yml", "services:\n  web:\n    environment:\n      - SECRET_KEY=«hex:48»\n"),
    ("fly.toml", '[env]\n  DATABASE_URL = "postgres://app:«alnum:20»@db.flycast.dev:5432/app"\n'),
    ("prisma/.env", "DATABASE_URL=\"mysql://app:«alnum:20»@aws.connect.psdb.cloud/app?sslaccept=strict\"\n"),
    ("seed.sql", "ALTER ROLE svc WITH PASSWORD '«strong:18»';\n"),
    ("src/base.ts", "const header = 'Basic ' + btoa('admin:«strong:16»')\n"),
    ("deploy.py", 'os.environ["AWS_SECRET_ACCESS_KEY"] = "«b64:40»"\n'),
    ("src/pusher.js", "new Pusher({ appId: '123456', key: '«hex:20»', secret: '«hex:20»', cluster: 'eu' })\n"),
)  # fmt: skip

CLEAN: Final = (
    ("main.py", 'api_key_header = APIKeyHeader(name="X-API-Key", auto_error=False)\nAPI_KEYS = set(os.environ["API_KEYS"].split(","))\n'),
    ("main.py", "SECRET_KEY: Final[str] = Path('/run/secrets/app').read_text()\n"),
    ("db.py", 'engine = create_engine(os.environ["DATABASE_URL"])\nsqlite_url = "sqlite:///./app.db"\n'),
    ("server.js", "if (!timingSafeEqual(hash(req.body.password), user.passwordHash)) return res.sendStatus(403)\n"),
    ("server.ts", "const client = new S3Client({ region: 'eu-west-1' })\nconst key = `uploads/${user.id}/avatar-${Date.now()}.png`\n"),
    ("public/app.js", "const token = new URLSearchParams(location.search).get('token')\nlocalStorage.setItem('access_token', token)\n"),
    ("index.html", "<meta name='google-site-verification' content='«word:43»'>\n"),
    ("dist/c.js", 'const e={keyCodes:[37,38,39,40],keyframes:"spin",keyPath:"id",secretMode:!1,tokenTypes:["string","comment"]};export default e;\n'),
    ("dist/c.js.map", '{"version":3,"names":["password","secret","token"],"mappings":"«b64:800»","sourcesContent":["let password = prompt(1)\\n"]}\n'),
    ("seed.sql", "INSERT INTO users(name, password_hash) VALUES ('ana', '$argon2id$v=19$m=65536,t=3,p=4$«b64:22»$«b64:43»');\n"),
    ("compose.yml", "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=postgres\n      - POSTGRES_USER=postgres\n"),
    ("setup.cfg", "[tool:pytest]\naddopts = -q\n[app]\ntoken_ttl = 3600\nsecret_file = /run/secrets/app-signing-key\n"),
    ("src/base.ts", "const header = 'Basic ' + btoa(`${user}:${password}`)\n"),
    ("src/cards.js", "const deck = ['AS','KH','QD'].map(key => ({ key, secret: hidden(key) }))\nconst seedPhraseWords = 12\n"),
    ("src/table.tsx", "rows.map((row) => <tr key={`order-row-${row.id}-2026`}><td>{row.total}</td></tr>)\n"),
    ("src/i18n.py", 'MESSAGES = {"wrong_password": "The password is wrong.", "token_expired": "This link is over. Ask for a new one."}\n'),
    ("README.md", "The API key goes into `.env` as `OPENAI_API_KEY=`. Never commit it. Docs: https://platform.openai.com/api-keys\n"),
    ("requirements.txt", "pyjwt==2.10.1 --hash=sha256:«hex:64»\n"),
    ("src/vapid.ts", "const VAPID_PUBLIC_KEY = 'B«word:86»'\n"),
    ("robots.txt", "User-agent: *\nDisallow: /reset-password/\nSitemap: https://shop.eu/sitemap-«hex:32».xml\n"),
)  # fmt: skip
