"""A second set by the same hand as `fresh`, written after what that one found was mended, and measured once."""

from __future__ import annotations

from typing import Final

LEAKS: Final = (
    ("main.py", 'from itsdangerous import URLSafeTimedSerializer\nsigner = URLSafeTimedSerializer("«alnum:40»")\n'),
    ("main.py", 'app.add_middleware(SessionMiddleware, secret_key="«b64:44»")\n'),
    ("api/auth.py", 'token = jwt.encode(claims, "«hex:64»", algorithm="HS256")\n'),
    ("server.js", "const token = jwt.sign({ id: user.id }, '«alnum:48»', { expiresIn: '7d' })\n"),
    ("server.js", "app.use(session({ store, secret: ['«hex:40»', '«hex:40»'] }))\n"),
    ("db/index.ts", "export const pool = new Pool({ host: 'db.shop.eu', user: 'svc', password: '«strong:20»' })\n"),
    ("knexfile.js", "module.exports = { client: 'mysql2', connection: 'mysql://root:«alnum:20»@db.shop.eu:3306/shop' }\n"),
    ("src/push.py", 'VAPID_PRIVATE_KEY = "«word:43»"\n'),
    ("src/fernet.py", 'box = Fernet(b"«word:43»=")\n'),
    ("dist/server.js.map", '{"version":3,"sources":["a.ts"],"sourcesContent":["const db = \\"postgres://svc:«alnum:20»@pg.shop.eu/app\\";\\n"]}\n'),
    ("dist/a.js", 'var t={stripeSecret:"rk_live_«alnum:24»"},n=fetch("/x",{headers:{"x-api-key":"«alnum:40»"}});\n'),
    ("run.bat", "set OPENAI_API_KEY=sk-proj-«word:74»T3BlbkFJ«word:74»\r\nnode server.js\r\n"),
    (".env.js", 'module.exports = { PAYPAL_CLIENT_SECRET: "«word:80»" }\n'),
    ("src/env.ts", "const KEY = import.meta.env.VITE_KEY ?? 'sk-ant-api03-«word:93»AA'\n"),
    ("src/two.py", 'key = "ghp_" \\\n      "«alnum:36»"\n'),
    ("src/join.js", "const key = ['sk_live_', '«alnum:24»'].join('')\n"),
    ("config/database.yml", "production:\n  adapter: postgresql\n  password: «strong:18»\n"),
    ("pom.xml", "<server><username>ci</username><password>«strong:16»</password></server>\n"),
    (".vscode/settings.json", '{"rest-client.environmentVariables": {"prod": {"token": "glpat-«word:20»"}}}\n'),
    ("http/requests.http", "GET https://api.shop.eu/orders\nAuthorization: Bearer «alnum:40»\n"),
)  # fmt: skip

CLEAN: Final = (
    ("main.py", 'signer = URLSafeTimedSerializer(settings.secret_key, salt="email-confirm")\n'),
    ("api/auth.py", 'claims = jwt.decode(token, SECRET, algorithms=["HS256"])\n'),
    ("server.js", "const token = jwt.sign({ id: user.id }, process.env.JWT_SECRET, { expiresIn: '7d' })\n"),
    ("src/form.ts", "const schema = z.object({ password: z.string().min(8), token: z.string().regex(/^[A-Z0-9]{6}$/) })\n"),
    ("src/board.js", "const keys = ['ArrowUp', 'ArrowDown', 'KeyW1', 'Digit0Numpad0']\n"),
    ("src/query.ts", "useQuery({ queryKey: ['orders', 'page-1-of-20-by-date'], queryFn })\n"),
    ("dist/a.js", 'var e="__REACT_DEVTOOLS_GLOBAL_HOOK__",t={accessToken:null,secretKey:void 0};console.log(e,t);\n'),
    ("dist/b.js.map", '{"version":3,"sources":["b.ts"],"sourcesContent":["const TOKEN = localStorage.getItem(\\"token\\")\\n"],"mappings":"«b64:400»"}\n'),
    ("pom.xml", "<server><username>ci</username><password>${env.CI_PASSWORD}</password></server>\n"),
    ("http/requests.http", "GET {{host}}/orders\nAuthorization: Bearer {{token}}\n"),
    ("config/database.yml", "production:\n  password: <%= ENV['DB_PASSWORD'] %>\n"),
    ("run.bat", "set OPENAI_API_KEY=%1\r\nnode server.js\r\n"),
    ("web.config", '<add connectionString="Server=.;Database=shop;Trusted_Connection=True;Password={0};Encrypt=True" />\n'),
    ("curl.md", "curl -H 'X-API-Key: <your key>' https://api.shop.eu\n"),
    ("src/csp.py", "CSP = \"script-src 'sha256-«b64:43»='\"\n"),
    ("src/words.json", '{"tokenizer": "cl100k_base", "max_tokens": 4096, "special_tokens": ["<|endoftext|>"]}\n'),
    ("src/git.ts", "export const BUILD = { commit: '«hex:40»', key: 'build-2026-11-25' }\n"),
    ("src/sort.py", 'items.sort(key=lambda one: one["created_at"])\nprimary_key = "product_variant_id_v2"\n'),
    ("src/otp.tsx", '<input name="token" inputMode="numeric" autoComplete="one-time-code" pattern="[0-9]{6}" />\n'),
    ("src/svg.ts", 'export const path = "M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2z"\n'),
)  # fmt: skip
