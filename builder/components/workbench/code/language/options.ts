import type { TypeScript } from "monaco-editor/esm/vs/language/typescript/ts.worker.js";
import { ts } from "./compiler";

/** TypeScript's own numbers (its `ModuleKind`, `ScriptTarget`, `ModuleResolutionKind` and `JsxEmit`). */
const ESNEXT = 99;
const BUNDLER = 100;
const REACT_JSX = 4;
const MOST_PARENTS = 5;

type Config = { compilerOptions?: Record<string, unknown>; extends?: unknown; references?: { path?: unknown }[] };

function joined(base: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${base}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function read(path: string, textOf: (path: string) => string | undefined, left = MOST_PARENTS): Record<string, unknown> {
  const text = textOf(path);
  if (text === undefined || left === 0) return {};
  const config = (ts.parseConfigFileTextToJson(path, text).config ?? {}) as Config;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const parents = (Array.isArray(config.extends) ? config.extends : [config.extends]).filter((one): one is string => typeof one === "string" && one.startsWith("."));
  const taken = parents.map((one) => read(joined(folder, one.endsWith(".json") ? one : `${one}.json`), textOf, left - 1));
  return Object.assign({}, ...taken, config.compilerOptions ?? {}) as Record<string, unknown>;
}

/** The file with the options of the page's code: Vite's own starters keep them in `tsconfig.app.json`. */
const NAMES = ["tsconfig.app.json", "tsconfig.json", "jsconfig.json"];

/** The compiler's options as the project states them, made to fit a check in which nothing is written. */
export function optionsOf(textOf: (path: string) => string | undefined): TypeScript.CompilerOptions {
  const name = NAMES.find((one) => textOf(one) !== undefined);
  const stated = name === undefined ? {} : read(name, textOf);
  const { options } = ts.convertCompilerOptionsFromJson(stated, "/");
  for (const gone of ["outDir", "outFile", "rootDir", "declaration", "composite", "incremental", "tsBuildInfoFile", "types", "typeRoots", "plugins"]) delete options[gone];
  return {
    jsx: REACT_JSX, target: ESNEXT, ...options,
    module: ESNEXT, moduleResolution: BUNDLER, allowImportingTsExtensions: true, resolveJsonModule: true, esModuleInterop: true,
    allowJs: true, noEmit: true, skipLibCheck: true, allowArbitraryExtensions: true, types: [],
    ...(stated["paths"] !== undefined && options["baseUrl"] === undefined && { pathsBasePath: "/" }),
  };
}
