import type { TypeScript } from "monaco-editor/esm/vs/language/typescript/ts.worker.js";
import { libFileMap, ts } from "./compiler";
import { AMBIENT, JSX } from "./ambient";
import type { Found, Questions, Span, Symbol, TextChange } from "./found";
import { markupProblems } from "./markup";
import { optionsOf } from "./options";

const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const LIBRARY = "/~lib/";
const AMBIENT_FILE = "/~lib/ambient.d.ts";
const JSX_FILE = "/~lib/jsx.d.ts";
const JSX_TYPES = "@types/react/jsx-runtime.d.ts";
const MODULES = "/node_modules/";
const MOST_SYMBOLS = 100;
const MOST_COMPLETIONS = 400;
const FORMAT = { indentSize: 2, tabSize: 2, convertTabsToSpaces: true };

/** Said of names and modules whose types are only missing here: "cannot find module", "do you need to install types for node?" … */
const OF_MISSING_TYPES = new Set([2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2688, 2868, 2875, 7016, 7026]);
const NO_MODULE = new Set([2307, 2792]);
/** Names that are not there, or twice. */
const OF_NAMES = new Set([2300, 2304, 2307, 2451, 2552, 2792]);
/** Unused names: the app runs. */
const WARNINGS = new Set([6133, 6138, 6192, 6196, 6198, 6199]);
const WARNING = 0;
const ERROR = 1;

/** The texts of a project and TypeScript's view of them. Paths are the project's ("src/App.tsx"). */
export class LanguageProject {
  private readonly texts = new Map<string, { text: string; version: number }>();
  private types = new Map<string, string>();
  private folders = new Set<string>();
  private options: TypeScript.CompilerOptions | null = null;
  private untyped = false;
  private version = 0;
  private service = ts.createLanguageService(this.host());

  /** The files that have faults of their own to find. */
  get checked(): string[] {
    return [...this.texts.keys()].filter((path) => /\.(?:json|html?)$/.test(path) || CODE.test(path));
  }

  change(put: Record<string, string>, gone: readonly string[]): void {
    for (const path of gone) this.texts.delete(path);
    for (const [path, text] of Object.entries(put)) this.texts.set(path, { text, version: ++this.version });
    if ([...Object.keys(put), ...gone].some((path) => /(?:^|\/)[tj]sconfig[^/]*\.json$/.test(path))) this.options = null;
  }

  /** The types of the installed packages, by their path below `node_modules`. */
  setTypes(files: Record<string, string>): void {
    this.types = new Map(Object.entries(files));
    this.folders = new Set();
    for (const path of this.types.keys()) {
      for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) this.folders.add(path.slice(0, at));
    }
    // It keeps what it found, and did not find, for files that stay as they are.
    this.service = ts.createLanguageService(this.host());
    this.untyped = false;
  }

  has(path: string): boolean {
    return this.texts.has(path);
  }

  problems(path: string): Found[] {
    const text = this.texts.get(path)?.text ?? "";
    if (path.endsWith(".json")) return jsonProblems(path, text);
    if (!CODE.test(path)) return markupProblems(text);
    const name = `/${path}`;
    const syntax = this.service.getSyntacticDiagnostics(name);
    if (syntax.length) return syntax.map((one) => found(one, text));
    const meant = this.service.getSemanticDiagnostics(name);
    if (meant.some((one) => NO_MODULE.has(one.code) && isBare(one, text))) this.untyped = true;
    return meant.filter((one) => this.isMeant(one, text)).map((one) => found(one, text));
  }

  /** Whether the types of its packages are still to come. */
  private get waits(): boolean {
    return this.types.size === 0 && /"dependencies"/.test(this.texts.get("package.json")?.text ?? "");
  }

  /** Nothing is said that would not be said if the types of all packages were here. */
  private isMeant(one: TypeScript.Diagnostic, text: string): boolean {
    if (one.category !== ERROR && one.category !== WARNING) return false;
    if (OF_MISSING_TYPES.has(one.code) || (NO_MODULE.has(one.code) && isBare(one, text))) return false;
    const named = text.slice(one.start ?? 0, (one.start ?? 0) + (one.length ?? 0));
    if (this.waits) return OF_NAMES.has(one.code) && named !== "React" && !named.startsWith("$");
    return !this.untyped || !((one.code >= 7000 && one.code < 7100) || one.code === 2503 || (one.code === 2304 && named === "React"));
  }

  moved({ moves }: Questions["moved"]["ask"]): Questions["moved"]["answer"] {
    const all: Record<string, TextChange[]> = {};
    for (const [from, to] of Object.entries(moves)) {
      for (const { fileName, textChanges } of this.service.getEditsForFileRename(`/${from}`, `/${to}`, FORMAT, {})) {
        const path = fileName.slice(1);
        if (!this.texts.has(path)) continue;
        const known = (all[path] ??= []);
        for (const { span, newText } of textChanges) {
          if (!known.some((one) => one.from < span.start + span.length && span.start < one.to)) known.push({ from: span.start, to: span.start + span.length, text: newText });
        }
      }
    }
    return all;
  }

  symbols({ query }: Questions["symbols"]["ask"]): Symbol[] {
    return this.service.getNavigateToItems(query, MOST_SYMBOLS * 2)
      .filter(({ fileName }) => this.texts.has(fileName.slice(1)))
      .slice(0, MOST_SYMBOLS)
      .map(({ name, kind, fileName, textSpan }) => ({ name, kind, ...span(fileName, textSpan) }));
  }

  hover({ path, at }: Questions["hover"]["ask"]): Questions["hover"]["answer"] {
    const info = CODE.test(path) ? this.service.getQuickInfoAtPosition(`/${path}`, at) : undefined;
    if (!info) return null;
    const words = (parts: TypeScript.DisplayPart[] = []): string => parts.map((part) => part.text).join("");
    return { ...span(path, info.textSpan), code: words(info.displayParts), text: words(info.documentation) };
  }

  definition({ path, at }: Questions["definition"]["ask"]): Span[] {
    const all = CODE.test(path) ? (this.service.getDefinitionAtPosition(`/${path}`, at) ?? []) : [];
    return all.filter(({ fileName }) => this.texts.has(fileName.slice(1))).map(({ fileName, textSpan }) => span(fileName, textSpan));
  }

  complete({ path, at }: Questions["complete"]["ask"]): Questions["complete"]["answer"] {
    const all = CODE.test(path) ? this.service.getCompletionsAtPosition(`/${path}`, at, {})?.entries : undefined;
    return (all ?? []).slice(0, MOST_COMPLETIONS).map(({ name, kind, insertText, sortText }) => ({ name, kind, insert: insertText ?? name, sort: sortText }));
  }

  private textOf(name: string): string | undefined {
    if (name === AMBIENT_FILE) return AMBIENT;
    if (name === JSX_FILE) return JSX;
    if (name.startsWith(LIBRARY)) return libFileMap[name.slice(LIBRARY.length)];
    if (name.startsWith(MODULES)) return this.types.get(name.slice(MODULES.length));
    return this.texts.get(name.slice(1))?.text;
  }

  private host(): TypeScript.Host {
    return {
      getCompilationSettings: () => (this.options ??= optionsOf((path) => this.texts.get(path)?.text)),
      getScriptFileNames: () => [AMBIENT_FILE, ...(this.types.has(JSX_TYPES) ? [] : [JSX_FILE]), ...[...this.texts.keys()].filter((path) => CODE.test(path)).map((path) => `/${path}`)],
      getScriptVersion: (name) => String(this.texts.get(name.slice(1))?.version ?? 1),
      getScriptSnapshot: (name) => {
        const text = this.textOf(name);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => "/",
      getDefaultLibFileName: (options) => LIBRARY + ts.getDefaultLibFileName(options),
      fileExists: (name) => this.textOf(name) !== undefined,
      readFile: (name) => this.textOf(name),
      directoryExists: (name) => !name.startsWith(MODULES) || this.folders.has(name.slice(MODULES.length).replace(/\/$/, "")),
      getDirectories: () => [],
      useCaseSensitiveFileNames: () => true,
    };
  }
}

function span(name: string, { start, length }: TypeScript.TextSpan): Span {
  return { path: name.replace(/^\//, ""), from: start, to: start + length };
}

/** Whether it is said of a package's name, and not of a path in the project. */
function isBare({ start = 0, length = 0 }: TypeScript.Diagnostic, text: string): boolean {
  return !/^["'`]?\.{0,2}\//.test(text.slice(start, start + length));
}

function found(one: TypeScript.Diagnostic, text: string): Found {
  const from = Math.min(one.start ?? 0, text.length);
  const isWarning = one.category === WARNING || WARNINGS.has(one.code);
  return { from, to: from + (one.length ?? 0), severity: isWarning ? "warning" : "error", code: "said", text: ts.flattenDiagnosticMessageText(one.messageText, "\n") };
}

/** JSON by its own rules; the files that tools read with comments, by theirs. */
function jsonProblems(path: string, text: string): Found[] {
  const loose = (ts.parseJsonText(path, text).parseDiagnostics ?? []).map((one) => found(one, text));
  if (loose.length || /(?:^|\/)(?:[tj]sconfig[^/]*|\.?eslintrc|devcontainer|settings|launch)\.json$/.test(path) || !text.trim()) return loose;
  try {
    JSON.parse(text.replace(/^\ufeff/, ""));
    return [];
  } catch (error) {
    const said = (error as Error).message;
    const at = Math.min(Number(/at position (\d+)/.exec(said)?.[1] ?? text.length), Math.max(0, text.length - 1));
    return [{ from: at, to: at + 1, severity: "error", code: "said", text: said }];
  }
}
