import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A new folder with these files, beside the installed packages. */
export async function folder(files) {
  const made = await mkdtemp(path.resolve("check-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(made, name)), { recursive: true });
    await writeFile(path.join(made, name), text);
  }
  return made;
}

/** What the compiler of types says of a component, with the starters' own options and these; "" for nothing. */
export async function faults(text, options = {}) {
  const config = JSON.parse(await readFile("tsconfig.json", "utf8"));
  Object.assign(config.compilerOptions, { noUnusedLocals: false }, options);
  const made = await folder({ "src/a.tsx": text, "tsconfig.json": JSON.stringify({ ...config, include: ["src"] }) });
  try {
    await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", made]);
    return "";
  } catch (fault) {
    return fault.stdout;
  }
}

/** How a program ends that Node runs as a module: what it wrote, or its error. */
export async function outcome(text, more = {}) {
  const made = await folder({ "a.ts": text, "package.json": '{"type":"module"}', ...more });
  return run(process.execPath, [path.join(made, "a.ts")]).then(({ stdout }) => stdout.trim(), ({ stderr }) => stderr);
}
