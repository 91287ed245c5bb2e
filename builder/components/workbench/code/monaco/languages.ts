import * as css from "monaco-editor/esm/vs/basic-languages/css/css.js";
import * as html from "monaco-editor/esm/vs/basic-languages/html/html.js";
import * as javascript from "monaco-editor/esm/vs/basic-languages/javascript/javascript.js";
import * as less from "monaco-editor/esm/vs/basic-languages/less/less.js";
import * as markdown from "monaco-editor/esm/vs/basic-languages/markdown/markdown.js";
import * as python from "monaco-editor/esm/vs/basic-languages/python/python.js";
import * as scss from "monaco-editor/esm/vs/basic-languages/scss/scss.js";
import * as shell from "monaco-editor/esm/vs/basic-languages/shell/shell.js";
import * as typescript from "monaco-editor/esm/vs/basic-languages/typescript/typescript.js";
import * as xml from "monaco-editor/esm/vs/basic-languages/xml/xml.js";
import * as yaml from "monaco-editor/esm/vs/basic-languages/yaml/yaml.js";

/** Monaco's basic grammars have none for JSON (its full support needs a worker): strings, numbers, words, comments. */
const json = {
  conf: {
    brackets: [["{", "}"], ["[", "]"]],
    autoClosingPairs: [{ open: "{", close: "}" }, { open: "[", close: "]" }, { open: '"', close: '"', notIn: ["string"] }],
  },
  language: {
    tokenizer: {
      root: [
        [/"(?:[^"\\]|\\.)*"(?=\s*:)/, "type.identifier"],
        [/"(?:[^"\\]|\\.)*"/, "string"],
        [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, "number"],
        [/\b(?:true|false|null)\b/, "keyword"],
        [/\/\/.*$/, "comment"],
        [/\/\*/, "comment", "@comment"],
        [/[{}[\]]/, "@brackets"],
        [/[,:]/, "delimiter"],
      ],
      comment: [[/[^*]+/, "comment"], [/\*\//, "comment", "@pop"], [/\*/, "comment"]],
    },
  },
};

export const LANGUAGES: Record<string, { conf: object; language: object }> = {
  css, html, javascript, json, less, markdown, python, scss, shell, typescript, xml, yaml,
};

const BY_EXTENSION: Record<string, string> = {
  css: "css", pcss: "scss", scss: "scss", less: "less", html: "html", htm: "html", svelte: "html", vue: "html",
  js: "javascript", jsx: "javascript", mjs: "javascript", cjs: "javascript",
  ts: "typescript", tsx: "typescript", mts: "typescript", cts: "typescript",
  json: "json", jsonc: "json", md: "markdown", mdx: "markdown", py: "python", pyi: "python",
  sh: "shell", bash: "shell", svg: "xml", xml: "xml", yaml: "yaml", yml: "yaml",
};

export function languageOf(path: string): string {
  return BY_EXTENSION[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "plaintext";
}
