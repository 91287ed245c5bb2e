import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { build, createLogger } from "vite";
import react from "@vitejs/plugin-react";
import tailwindcss from "@tailwindcss/vite";
import { faults, folder } from "./tools.mjs";

/** The scripts and style sheets of a built project as one text; rejects where it cannot be built. */
async function built(main, files = {}, config = {}) {
  const root = await folder({ "index.html": '<script type="module" src="/src/main.tsx"></script>', "src/main.tsx": main, ...files });
  const plugins = [react(), tailwindcss()];
  await build({ root, configFile: false, customLogger: createLogger("silent"), plugins, ...config, build: { minify: false, ...config.build } });
  const assets = path.join(root, "dist", "assets");
  return (await Promise.all((await readdir(assets)).map((name) => readFile(path.join(assets, name), "utf8")))).join("\n");
}

export default {
  async css() {
    assert.match(await built('import "./a.css"; console.log(1)', { "src/a.css": '@import "tailwindcss"; .x { @apply flex }' }), /display:\s*flex/);
  },
  async env() {
    const text = await built("console.log([import.meta.env.VITE_NAME, import.meta.env.SECRET, process.env.SECRET])", { ".env": "VITE_NAME=shown\nSECRET=hidden\n" });
    assert.match(text, /\[\s*"shown",\s*void 0,\s*\{\}\.SECRET\s*\]/);
  },
  async bundler() {
    const main = 'import { version } from "react"; console.log(version)';
    const chunks = (manualChunks) => ({ build: { rolldownOptions: { output: { manualChunks } } } });
    assert.ok(await built(main, {}, chunks((id) => (id.includes("react") ? "vendor" : undefined))));
    await assert.rejects(built(main, {}, chunks({ vendor: ["react"] })));
    await assert.rejects(built(main, {}, { build: { minify: "esbuild" } }));
  },
  async alias() {
    const main = 'import { x } from "@/x"; console.log(x)', files = { "src/x.ts": "export const x = 12345" };
    await assert.rejects(built(main, files));
    assert.match(await built(main, files, { resolve: { alias: { "@": "/src" } } }), /12345/);
    const same = 'import { a } from "@/a"; export const b = 1; export { a };';
    assert.match(await faults(same), /TS2307/);
    assert.doesNotMatch(await faults(same, { paths: { "@/*": ["./src/*"] } }), /TS2307/);
  },
  async tsconfig() {
    for (const options of [{ baseUrl: "." }, { moduleResolution: "node" }, { target: "ES5" }, { esModuleInterop: false }]) {
      assert.match(await faults("export {};", options), /has been removed/);
    }
  },
  async imports() {
    assert.match(await faults('import { ReactNode } from "react"; export const x: ReactNode = 1;'), /TS1484/);
    assert.equal(await faults('import type { ReactNode } from "react"; export const x: ReactNode = 1;'), "");
  },
  async files() {
    const main = 'console.log(import.meta.glob("./*.md", { query: "?raw", import: "default", eager: true }))';
    assert.match(await built(main, { "src/a.md": "# One" }), /"# One"/);
  },
};
