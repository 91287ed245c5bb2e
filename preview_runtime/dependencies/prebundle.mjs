// Bundles installed npm packages to ES modules with shared chunks; never runs a package's code.
// stdin: one JSON {root, tools, outdir, base, specifiers, mode, limits: {output, input, files}};
// stdout: one JSON {modules, styles, imports, errors, bytes}, or {fatal: {code, message}} with exit code 2.
import fs from "node:fs";
import { createRequire, builtinModules } from "node:module";
import path from "node:path";

const input = JSON.parse(fs.readFileSync(0, "utf8"));
const { specifiers, outdir, base, mode, limits } = input;
const tools = createRequire(path.join(input.tools, "package.json"));
const esbuild = tools("esbuild");
const esm = await import(tools.resolve("es-module-lexer"));
const cjs = await import(tools.resolve("cjs-module-lexer"));
await esm.init;
await cjs.init?.();

const root = fs.realpathSync(input.root);
const modules = path.join(root, "node_modules");
const production = mode === "production";

class Fatal extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

// Every file read must lie below the installed packages, after following links.
const inside = (file) => {
  let real;
  try {
    real = fs.realpathSync(file);
  } catch {
    return false;
  }
  return real.startsWith(modules + path.sep);
};
const packageOf = (file) => {
  const parts = file.slice(file.lastIndexOf("node_modules") + "node_modules/".length).split(path.sep);
  return parts[0].startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
};

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const RESERVED = new Set(
  ("arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof var void while with yield").split(" "),
);
// One copy per page, whatever the packages nest: two Reacts (or Vues) break hooks and context.
const SINGLETONS = /^(?:react|react-dom|react-is|scheduler|vue|@vue\/[\w-]+|svelte|preact|@emotion\/react|three)(?:\/|$)/;
// Where an app has Preact and no React, libraries written for React get what Preact has for them.
const own = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).dependencies ?? {};
const COMPAT = new Map(
  "preact" in own && !("react" in own)
    ? [
        ["react", "preact/compat"],
        ["react-dom", "preact/compat"],
        ["react-dom/client", "preact/compat/client"],
        ["react-dom/test-utils", "preact/test-utils"],
        ["react/jsx-runtime", "preact/jsx-runtime"],
        ["react/jsx-dev-runtime", "preact/jsx-runtime"],
      ]
    : [],
);
const BUILTINS = new Set(builtinModules.filter((name) => !name.startsWith("_")));
const BUILTIN = new RegExp(`^(?:node:.+|(?:${[...BUILTINS].join("|")})(?:/.*)?)$`);
const FILES = ["woff2", "woff", "ttf", "otf", "eot", "svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "mp3", "mp4", "webm", "ogg", "wasm", "glb"];

/** Files that cannot be used, each with its fault; an import of one throws that fault when it runs. */
const unusable = new Map();
/** Imports that no installed package satisfies, such as optional peers; found while building. */
const missing = new Map();
const errors = {};
let read = 0;

function cjsNames(file, resolve, seen = new Set()) {
  if (seen.has(file) || seen.size > 200 || !/\.(?:js|cjs)$/.test(file) || !inside(file)) return [];
  seen.add(file);
  const source = fs.readFileSync(file, "utf8");
  const names = new Set();
  try {
    const parsed = cjs.parse(source);
    for (const name of parsed.exports) names.add(name);
    for (const request of parsed.reexports) {
      const next = resolve(file, request);
      for (const name of next ? cjsNames(next, resolve, seen) : []) names.add(name);
    }
  } catch {
    // The lexer cannot read it as CommonJS: the assignments below are the best source left.
  }
  names.delete("__esModule");
  if (!names.size)
    // UMD libraries such as lodash name their exports as `x.name = …` only. Too many names do no harm: undefined.
    for (const match of source.matchAll(/\b[A-Za-z_$][\w$]*\.([A-Za-z_$][\w$]*)\s*=(?!=)/g)) {
      names.add(match[1]);
      if (names.size > 2000) break;
    }
  return [...names].filter((name) => IDENTIFIER.test(name) && !RESERVED.has(name));
}

function requireFrom(file, request) {
  try {
    return createRequire(file).resolve(request);
  } catch {
    return null; // the bundler resolves by other rules and will report the problem
  }
}

/** The module that is one entry: re-exports a package under the names it has for `import`. */
function entrySource(specifier, file) {
  const quoted = JSON.stringify(specifier);
  if (!/\.(?:[cm]?[jt]sx?|svelte)$/.test(file)) return `export { default } from ${quoted};`;
  const source = fs.readFileSync(file, "utf8");
  if (file.endsWith(".svelte")) return `export { default } from ${quoted};`;
  let isModule = /\.(?:mjs|mts)$/.test(file);
  let hasDefault = false;
  if (!/\.(?:cjs|cts)$/.test(file)) {
    try {
      const [, exported, , hasSyntax] = esm.parse(source);
      isModule ||= hasSyntax;
      hasDefault = exported.some((entry) => entry.name === "default" && !entry.typeOnly);
    } catch {
      // TypeScript or JSX in a package: such files are written as modules.
      isModule = true;
      hasDefault = /\bexport\s+default\b|\bas\s+default\b/.test(source);
    }
  }
  if (isModule) return `export * from ${quoted};${hasDefault ? ` export { default } from ${quoted};` : ""}`;
  const names = cjsNames(file, requireFrom).filter((name) => name !== "default");
  return `export { default${names.length ? `, ${names.join(", ")}` : ""} } from ${quoted};`;
}

const thrower = (message) => ({ contents: `throw new Error(${JSON.stringify(message)});`, loader: "js" });

async function svelteModule(file, source) {
  const name = packageOf(file);
  try {
    const { compile, compileModule } = tools("svelte/compiler");
    const options = { filename: file, generate: "client", dev: false };
    if (file.endsWith(".svelte")) return compile(source, { ...options, css: "injected" }).js.code;
    const plain = file.endsWith(".ts") ? (await esbuild.transform(source, { loader: "ts", target: "esnext" })).code : source;
    return compileModule(plain, options).js.code;
  } catch (error) {
    unusable.set(file, `The package “${name}” has a Svelte component that cannot be compiled here: ${error.message}`);
    return null;
  }
}

const plugin = {
  name: "packages",
  setup(build) {
    const again = { pluginData: { resolved: true } };
    build.onResolve({ filter: /^entry:/ }, (args) => ({ path: args.path.slice(6), namespace: "entry" }));
    build.onResolve({ filter: SINGLETONS }, (args) =>
      args.pluginData?.resolved || args.namespace === "entry" || args.resolveDir === root
        ? undefined
        : build.resolve(COMPAT.get(args.path) ?? args.path, { ...again, kind: args.kind, resolveDir: root }).then((found) =>
            found.errors.length ? undefined : found,
          ),
    );
    build.onResolve({ filter: BUILTIN }, async (args) => {
      if (args.pluginData?.resolved) return undefined;
      // npm has browser versions of some (events, buffer, util): an installed one wins.
      if (!args.path.startsWith("node:")) {
        const found = await build.resolve(args.path, { ...again, kind: args.kind, resolveDir: args.resolveDir });
        if (!found.errors.length && path.isAbsolute(found.path)) return found;
      }
      return { path: args.path, namespace: "node-builtin" };
    });
    build.onLoad({ filter: /.*/, namespace: "node-builtin" }, () => ({ contents: "module.exports = {};", loader: "js" }));
    if (missing.size) {
      build.onResolve({ filter: /^[^./]/ }, (args) =>
        !args.pluginData?.resolved && missing.has(args.path) && args.namespace !== "entry"
          ? { path: args.path, namespace: "missing" }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "missing" }, (args) => thrower(missing.get(args.path)));
    }
    build.onLoad({ filter: /.*/, namespace: "entry" }, async (args) => {
      const found = await build.resolve(args.path, { kind: "import-statement", resolveDir: root });
      if (found.errors.length || !path.isAbsolute(found.path)) {
        errors[args.path] = unresolved(args.path);
        return thrower(errors[args.path]);
      }
      if (!inside(found.path)) {
        errors[args.path] = `“${args.path}” points outside the installed packages.`;
        return thrower(errors[args.path]);
      }
      if (found.path.endsWith(".css")) return { contents: `import ${JSON.stringify(args.path)};`, loader: "js", resolveDir: root };
      return { contents: entrySource(args.path, found.path), loader: "js", resolveDir: root };
    });
    // The final check of every file of every package, however it was referred to (field, link, ../, url()).
    build.onLoad({ filter: /.*/, namespace: "file" }, async (args) => {
      if (!inside(args.path)) {
        const message = "A package names a file outside the installed packages.";
        unusable.set(args.path, message);
        return thrower(message);
      }
      read += fs.statSync(args.path).size;
      if (read > limits.input) throw new Fatal("too_large", "The packages hold more code than a preview may load.");
      if (/\.svelte(?:\.[jt]s)?$/.test(args.path)) {
        const contents = await svelteModule(args.path, fs.readFileSync(args.path, "utf8"));
        return contents === null ? thrower(unusable.get(args.path)) : { contents, loader: "js", resolveDir: path.dirname(args.path) };
      }
      if (/\.(?:vue|astro|scss|sass|less|styl|mdx|node)$/.test(args.path)) {
        const message = `The package “${packageOf(args.path)}” ships ${path.extname(args.path)} files, which a preview cannot load as they are.`;
        unusable.set(args.path, message);
        return thrower(message);
      }
      return undefined;
    });
  },
};

function unresolved(specifier) {
  const parts = specifier.split("/");
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
  if (!fs.existsSync(path.join(modules, name))) return `“${name}” is imported, but package.json does not list it.`;
  return `The package “${name}” has nothing at “${specifier}”.`;
}

const names = new Map();
{
  const taken = new Set();
  for (const specifier of specifiers) {
    const flat = specifier.replace(/[^\w.-]/g, (c) => (c === "/" ? "__" : c === "@" ? "at-" : "_")).slice(0, 120);
    let name = flat;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${flat}-${n}`;
    taken.add(name.toLowerCase());
    names.set(specifier, name);
  }
}

const environment = JSON.stringify({ MODE: mode, DEV: !production, PROD: production, SSR: false, BASE_URL: "/" });
const build = (wanted, options = {}) =>
  esbuild.build({
    absWorkingDir: root,
    entryPoints: wanted.map((specifier) => ({ in: `entry:${specifier}`, out: names.get(specifier) })),
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["svelte", "module", "browser", production ? "production" : "development"],
    mainFields: ["svelte", "browser", "module", "jsnext:main", "main"],
    resolveExtensions: [".mjs", ".js", ".mts", ".ts", ".jsx", ".tsx", ".json", ".css"],
    tsconfigRaw: {},
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "silent",
    logLimit: 0,
    chunkNames: "chunk-[hash]",
    assetNames: "asset-[hash]",
    publicPath: base,
    plugins: [plugin],
    define: {
      "process.env.NODE_ENV": JSON.stringify(mode),
      "process.env": "{}",
      global: "globalThis",
      "import.meta.env": environment,
      "import.meta.hot": "undefined",
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
      __VUE_I18N_FULL_INSTALL__: "true",
      __VUE_I18N_LEGACY_API__: "true",
      __INTLIFY_PROD_DEVTOOLS__: "false",
      __INTLIFY_DROP_MESSAGE_COMPILER__: "false",
    },
    loader: { ".js": "jsx", ...Object.fromEntries(FILES.map((extension) => [`.${extension}`, "file"])) },
    ...options,
  });

const fatal = (failure) => failure.errors?.map((error) => error.detail).find((detail) => detail instanceof Fatal);

/**
 * Build everything that can be built: missing optional imports become modules that throw, a broken entry is left out
 * with its error.
 */
async function buildAll() {
  let wanted = specifiers;
  for (let round = 0; round < 8; round++) {
    read = 0;
    try {
      return await build(wanted);
    } catch (failure) {
      if (!failure.errors) throw failure;
      const stop = fatal(failure);
      if (stop) throw stop;
      const before = missing.size;
      for (const error of failure.errors) {
        const request = /^Could not resolve "([^"]+)"/.exec(error.text)?.[1];
        if (request && /^[^./]/.test(request) && !missing.has(request))
          missing.set(request, `“${request}” is needed by ${error.location ? packageOf(path.resolve(root, error.location.file)) : "a package"}, but is not installed.`);
      }
      if (missing.size > before) continue;
      const kept = [];
      for (const specifier of wanted) {
        try {
          await build([specifier], { splitting: false });
          kept.push(specifier);
        } catch (alone) {
          if (!alone.errors) throw alone;
          errors[specifier] = `“${specifier}” cannot be loaded: ${alone.errors[0]?.text ?? "unknown"}`;
        }
      }
      if (kept.length === wanted.length) throw new Fatal("bundle_failed", failure.errors[0]?.text ?? "unknown");
      wanted = kept;
    }
  }
  throw new Fatal("bundle_failed", "The packages need too many others that are not installed.");
}

function report(result) {
  const outputs = result.metafile.outputs;
  const found = { modules: {}, styles: {}, imports: {}, errors, bytes: 0 };
  for (const [file, output] of Object.entries(outputs)) {
    found.bytes += output.bytes;
    found.imports[path.basename(file)] = output.imports
      .filter((entry) => entry.kind === "import-statement" && !entry.external)
      .map((entry) => path.basename(entry.path));
  }
  const bySpecifier = new Map([...names].map(([specifier, name]) => [`${name}.js`, specifier]));
  for (const [file, output] of Object.entries(outputs)) {
    const specifier = bySpecifier.get(path.basename(file));
    if (!specifier || output.entryPoint === undefined) continue;
    const style = output.cssBundle ? path.basename(output.cssBundle) : null;
    if (style) found.styles[specifier] = style;
    if (!specifier.endsWith(".css") || !style) found.modules[specifier] = path.basename(file);
    const reason = reachable(output, result.metafile.inputs);
    if (reason && !errors[specifier]) errors[specifier] = reason;
  }
  for (const specifier of Object.keys(errors)) delete found.modules[specifier];
  return found;
}

/** Why an entry cannot be used: the first unusable file it imports, however indirectly. */
function reachable(output, inputs) {
  if (!unusable.size) return null;
  const seen = new Set();
  const pending = [output.entryPoint];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const reason = unusable.get(path.resolve(root, file));
    if (reason) return reason;
    for (const next of inputs[file]?.imports ?? []) if (next.kind !== "dynamic-import") pending.push(next.path);
  }
  return null;
}

async function main() {
  const result = specifiers.length ? await buildAll() : { outputFiles: [], metafile: { outputs: {}, inputs: {} } };
  const size = result.outputFiles.reduce((sum, file) => sum + file.contents.length, 0);
  if (size > limits.output || result.outputFiles.length > limits.files)
    throw new Fatal("too_large", "The packages are larger than a preview may load.");
  fs.mkdirSync(outdir, { recursive: true });
  for (const file of result.outputFiles) fs.writeFileSync(path.join(outdir, path.basename(file.path)), file.contents);
  return report(result);
}

try {
  process.stdout.write(JSON.stringify(await main()));
} catch (error) {
  if (!(error instanceof Fatal)) throw error;
  process.stdout.write(JSON.stringify({ fatal: { code: error.code, message: error.message } }));
  process.exitCode = 2;
}
