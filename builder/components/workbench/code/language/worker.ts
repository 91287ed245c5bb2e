import type { FromReader, Questions, ToReader } from "./found";
import { LanguageProject } from "./service";

/** After the last change: the shown file is looked at first, all others when nobody types. */
const SHOWN_AFTER_MS = 150;
const REST_AFTER_MS = 700;
/** In a larger project only files that were shown, or have faults, are looked at again. */
const MOST_CHECKED = 600;

const project = new LanguageProject();
const faulty = new Set<string>();
const seen = new Set<string>();
let shown: string | null = null;
let soon: ReturnType<typeof setTimeout> | undefined;
let round = 0;

const post = (message: FromReader): void => self.postMessage(message);

function check(path: string): void {
  const found = project.has(path) ? project.problems(path) : [];
  if (found.length === 0 && !faulty.delete(path)) return;
  if (found.length) faulty.add(path);
  post({ problems: path, found });
}

function later(): void {
  const mine = ++round;
  post({ looked: false });
  clearTimeout(soon);
  soon = setTimeout(() => {
    if (shown !== null) check(shown);
    soon = setTimeout(() => void rest(mine), REST_AFTER_MS);
  }, SHOWN_AFTER_MS);
}

/** One file at a time: what is asked meanwhile is answered between two of them. */
async function rest(mine: number): Promise<void> {
  const all = project.checked;
  const chosen = all.length <= MOST_CHECKED ? all : all.filter((path) => faulty.has(path) || seen.has(path));
  for (const path of [...chosen, ...[...faulty].filter((one) => !project.has(one))]) {
    check(path);
    await new Promise((next) => setTimeout(next, 0));
    if (mine !== round) return;
  }
  post({ looked: true });
}

function answer(message: Extract<ToReader, { ask: keyof Questions }>): unknown {
  switch (message.ask) {
    case "moved": return project.moved(message.with);
    case "symbols": return project.symbols(message.with);
    case "hover": return project.hover(message.with);
    case "definition": return project.definition(message.with);
    case "complete": return project.complete(message.with);
  }
}

self.onmessage = ({ data }: MessageEvent<ToReader>) => {
  if ("ask" in data) {
    try {
      post({ answer: data.id, is: answer(data) });
    } catch (error) {
      post({ failed: data.id, why: String(error) });
    }
    return;
  }
  if (data.tell === "files") project.change(data.put, data.delete);
  else if (data.tell === "types") project.setTypes(data.files);
  else {
    shown = data.path;
    if (shown !== null) seen.add(shown);
  }
  later();
};
