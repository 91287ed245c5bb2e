import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { compile } from "tailwindcss";

async function loadStylesheet(id) {
  const file = path.resolve("node_modules", id === "tailwindcss" ? "tailwindcss/index.css" : id);
  return { path: file, base: path.dirname(file), content: await readFile(file, "utf8") };
}

/** The style sheet for these classes, on one line. */
async function sheet(source, ...classes) {
  return (await compile(source, { loadStylesheet })).build(classes).replace(/\s+/g, " ");
}

/** What a class alone adds. */
async function rules(name, source = "") {
  const whole = await sheet(`@import "tailwindcss/theme.css" layer(theme); @import "tailwindcss/utilities.css" layer(utilities); ${source}`, name);
  return whole.slice(whole.indexOf("@layer utilities {"));
}
const nothing = async (name) => assert.doesNotMatch(await rules(name), new RegExp(`\\.${name}\\b`));

export default {
  async entry() {
    assert.match(await sheet('@import "tailwindcss";', "flex"), /box-sizing: border-box.*\.flex \{ display: flex; \}/);
    assert.doesNotMatch(await sheet("@tailwind base; @tailwind components; @tailwind utilities;", "flex"), /box-sizing/);
  },
  async theme() {
    const own = "@theme { --color-brand: #0a7; --breakpoint-3xl: 120rem }";
    assert.match(await rules("bg-brand", own), /background-color: var\(--color-brand\)/);
    assert.match(await rules("3xl:flex", own), /@media \(width >= 120rem\)/);
  },
  async dark() {
    assert.match(await rules("dark:flex"), /prefers-color-scheme: dark/);
    assert.match(await rules("dark:flex", "@custom-variant dark (&:where(.dark, .dark *));"), /:where\(\.dark, \.dark \*\) \{ display: flex/);
  },
  async sizes() {
    assert.match(await rules("shadow-xs"), /0 1px 2px 0 var\(--tw-shadow-color, rgb\(0 0 0 \/ 0\.05\)\)/);
    const theme = await sheet('@import "tailwindcss/theme.css" layer(theme); @tailwind utilities;', "rounded-xs", "blur-xs");
    assert.match(theme, /--radius-xs: 0\.125rem/);
    assert.match(theme, /--blur-xs: 4px/);
  },
  async colour() {
    assert.match(await sheet('@import "tailwindcss";', "border"), /::file-selector-button \{ box-sizing: border-box; margin: 0; padding: 0; border: 0 solid; \}/);
    for (const name of ["border", "divide-y"]) assert.doesNotMatch(await rules(name), /border-color/);
    assert.match(await rules("ring-3"), /--tw-ring-color, currentcolor/);
    assert.match(await rules("border-gray-200"), /border-color: var\(--color-gray-200\)/);
  },
  async ring() {
    assert.match(await rules("ring"), /calc\(1px \+/);
    assert.match(await rules("ring-3"), /calc\(3px \+/);
  },
  async opacity() {
    await nothing("bg-opacity-50");
    await nothing("text-opacity-50");
    assert.match(await rules("bg-black/50"), /50%/);
  },
  async variables() {
    assert.match(await rules("bg-(--brand)"), /background-color: var\(--brand\)/);
    assert.match(await rules("bg-[--brand]"), /background-color: --brand;/);
  },
  async brackets() {
    assert.match(await rules("grid-cols-[1fr_2fr]"), /grid-template-columns: 1fr 2fr;/);
    assert.match(await rules("grid-cols-[1fr,2fr]"), /grid-template-columns: 1fr,2fr;/);
  },
  async apply() {
    await assert.rejects(sheet(".a { @apply bg-red-500 }"), /@reference/);
    assert.match(await sheet('@reference "tailwindcss"; .a { @apply bg-red-500 }'), /background-color: var\(--color-red-500/);
    await assert.rejects(sheet('@import "tailwindcss"; @layer components { .btn { @apply flex } } .x { @apply btn }'), /unknown utility class `btn`/);
  },
  async utility() {
    assert.match(await rules("hover:name", "@utility name { color: red }"), /hover\\:name:hover \{ color: red/);
    assert.doesNotMatch(await rules("hover:name", "@layer utilities { .name { color: red } }"), /hover/);
  },
  async plugins() {
    for (const name of ["animate-in", "fade-in", "prose"]) await nothing(name);
  },
};
