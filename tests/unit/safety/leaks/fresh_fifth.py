"""A fifth set, written after the fourth was mended and measured once: other languages and tools."""

from __future__ import annotations

from typing import Final

LEAKS: Final = (
    ("login.py", "imap = imaplib.IMAP4_SSL('mail.eu')\nimap.login('info@shop.eu', '«strong:16»')\n"),
    ("seed.js", "await User.create({ name: 'admin', password: await bcrypt.hash('«strong:14»', 10) })\n"),
    ("api.go", "const apiToken = \"«alnum:40»\"\n"),
    ("main.rs", "let secret = b\"«alnum:32»\";\n"),
    ("main.rs", "const JWT_SECRET: &str = \"«alnum:48»\";\n"),
    ("Program.cs", "var conn = \"Server=db.eu;User Id=app;Password=«alnum:18»;Database=shop\";\n"),
    ("appsettings.json",'{"Jwt": {"Key": "«alnum:44»", "Issuer": "shop"}}\n'),
    ("config.rb", "Rails.application.config.secret_key_base = '«hex:128»'\n"),
    ("backup.sh", "PGPASSWORD=«alnum:16» pg_dump -h db.eu -U app shop > all.sql\n"),
    ("backup.sh", "mysqldump -h db.eu -u app -p«alnum:18» shop > all.sql\n"),
    ("ftp.py", "ftp = FTP('files.eu', 'shop', '«strong:16»')\n"),
    ("ssh.py", "client.connect('host.eu', username='deploy', password='«strong:16»')\n"),
    ("pay.ts", "const mollie = createMollieClient({ apiKey: 'live_«alnum:30»' })\n"),
    ("mail.ts", "const resend = new Resend('re_«alnum:8»_«alnum:24»')\n"),
    ("src/llm.ts", "const groq = new Groq({ apiKey: 'gsk_«alnum:52»', dangerouslyAllowBrowser: true })\n"),
    ("redis.js", "createClient({ url: 'rediss://default:«alnum:32»@eu-1.upstash.io:6379' })\n"),
    ("s3.tf",'provider "aws" {\n  access_key = "AKIA«upper:16»"\n  secret_key = "«b64:40»"\n}\n'),
    ("k8s/secret.yaml", "kind: Secret\nstringData:\n  password: «alnum:20»\n"),
    ("public/config.json",'{"backend": "https://api.shop.eu", "adminToken": "«alnum:40»"}\n'),
    ("auth.ex",'config :app, AppWeb.Endpoint, secret_key_base: "«b64:64»"\n'),
)  # fmt: skip

CLEAN: Final = (
    ("login.py", "imap.login(os.environ['IMAP_USER'], os.environ['IMAP_PASSWORD'])\n"),
    ("login.tsx", "await auth.login(\"password\", { email: form.email })\nnav.login('/login', 'sign-in-form-2026')\n"),
    ("seed.js", "password: await bcrypt.hash(process.env.ADMIN_PASSWORD, 10)\n"),
    ("game.ts", "const pass = 'mountain-pass-3'\nconst hike = { pass: 'brenner-pass-2026', hours: 4 }\n"),
    ("style.css", ".pass:hover { color: red }\n"),
    ("api.go", "apiToken := os.Getenv(\"API_TOKEN\")\nbody := []byte(\"content-type-application-json\")\n"),
    ("main.rs", "let secret = std::env::var(\"JWT_SECRET\").expect(\"JWT_SECRET is not set\");\n"),
    ("Program.cs", "builder.Configuration.GetConnectionString(\"ShopDatabase2026\")\n"),
    ("appsettings.json",'{"Jwt": {"Key": "", "Issuer": "shop-eu-1", "ExpireMinutes": 30}}\n'),
    ("backup.sh", "PGPASSWORD=\"$DB_PASSWORD\" pg_dump -h \"$HOST\" shop > all.sql\n"),
    ("health.sh", "curl --silent --user-agent shop-check/1.2 https://shop.eu/health\ncurl -u $NAME:$PASS https://x.eu\n"),
    ("tests/test_hash.py", "assert verify(hash_password('one long password 1'), 'one long password 1')\n"),
    ("nft.ts", "const OWNER_KEY = '0x52908400098527886E0F7030069857D2E4169EE7'\n"),
    ("ci.yml", "env:\n  TOKEN: ${{ secrets.GITHUB_TOKEN }}\n  CACHE_KEY: build-v3-linux-2026\n"),
    ("k8s/pod.yaml", "env:\n  - name: PASSWORD\n    valueFrom: { secretKeyRef: { name: shop-db-credentials, key: password } }\n"),
    ("src/quiz.json",'{"q": "What is a strong password?", "answers": ["Tr0ub4dor&3 is weak", "four words"], "key": "b"}\n'),
    ("src/cipher.ts", "const alphabetKey = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'\n"),
    ("src/map.ts", "L.tileLayer('https://tile.openstreetmap.org/{z}/{x}/{y}.png', { accessToken: '' })\n"),
    ("src/tests.json",'{"hash": "«hex:64»", "etag": "W/\\"«hex:20»\\""}\n'),
    ("go.sum", "github.com/a/b v1.2.3 h1:«b64:43»=\n"),
)  # fmt: skip
