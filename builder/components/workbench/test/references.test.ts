import assert from "node:assert/strict";
import { test } from "node:test";
import { referenceChanges, withEdits } from "../code/language/references";

const FILES = {
  "index.html": '<link rel="icon" href="/logo.svg"><script type="module" src="/src/main.ts"></script><a href="https://a.b/src/main.ts">x</a>',
  "logo.svg": "<svg/>",
  "src/main.ts": 'import "./main.css";\nimport App from "./App.vue";\nimport { x } from "./x";\nconst u = new URL("./logo.svg?a", import.meta.url);\n',
  "src/main.css": '@import "./theme.css";\na { background: url(../logo.svg); }\n',
  "src/theme.css": "",
  "src/App.vue": '<script setup>import { x } from "./x";</script><template><img src="../logo.svg"></template>',
  "src/x.ts": "export const x = 1;\n",
};

function moved(from: string, to: string): Record<string, string> {
  const path = (one: string): string => (one === from || one.startsWith(`${from}/`) ? to + one.slice(from.length) : one);
  return Object.fromEntries(Object.entries(referenceChanges(FILES, path)).map(([one, edits]) => [one, withEdits(FILES[one as keyof typeof FILES], edits)]));
}

test("what no compiler follows is followed: pages, style sheets, pictures, Vue", () => {
  assert.deepEqual(Object.keys(moved("src/x.ts", "src/lib/x.ts")), ["src/App.vue"]);
  assert.match(moved("src/x.ts", "src/lib/x.ts")["src/App.vue"] ?? "", /from "\.\/lib\/x"/);
  const logo = moved("logo.svg", "public/logo.svg");
  assert.match(logo["index.html"] ?? "", /href="\/public\/logo\.svg"/);
  assert.match(logo["src/main.css"] ?? "", /url\(\.\.\/public\/logo\.svg\)/);
  const main = moved("src/main.ts", "app/start.ts");
  assert.match(main["index.html"] ?? "", /src="\/app\/start\.ts"/);
  assert.match(main["src/main.ts"] ?? "", /"\.\.\/src\/main\.css";\nimport App from "\.\.\/src\/App\.vue"/);
  assert.match(moved("src", "app")["src/main.css"] ?? "none", /none|\.\.\/logo/);
});

test("a folder that moves keeps what is inside of it", () => {
  assert.deepEqual(Object.keys(moved("src", "app")), ["index.html"]);
});
