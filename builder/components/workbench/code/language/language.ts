import { reasonOf } from "../../../client/http";
import { listeners } from "../../store/listeners";
import type { FilesChange } from "../../store/files";
import type { ProjectStore } from "../../store/store";
import type { Found, FromReader, Questions, ToReader } from "./found";

const READ = /\.(?:[cm]?[jt]s|[jt]sx|json|html?)$/;
const TYPES_AFTER_MS = 400;
/** Larger texts are written by machines. */
const MOST_TEXT = 2_000_000;

/** What a project's code means: faults, symbols, and what a move changes. A worker reads the files; this is its desk. */
export class Language {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly waiting = new Map<number, { take: (answer: never) => void; fail: (error: Error) => void }>();
  private readonly ends: (() => void)[];
  private readonly told = listeners<void>();
  private found: ReadonlyMap<string, readonly Found[]> = new Map();
  private looked = false;
  private asked = 0;
  private wanted = "";
  private soon: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly store: ProjectStore) {
    this.worker.onmessage = ({ data }: MessageEvent<FromReader>) => this.hear(data);
    const { files } = store.getState();
    this.send({ put: files, delete: [] });
    this.ends = [store.onFiles((change) => this.send(change))];
    this.askForTypes();
  }

  readonly subscribe = (listener: () => void): (() => void) => this.told.add(listener);
  /** Faults by path; a file without any is not in it. */
  readonly getFound = (): ReadonlyMap<string, readonly Found[]> => this.found;

  /** Whether every file has been looked at since the last change. */
  readonly hasLooked = (): boolean => this.looked;

  close(): void {
    clearTimeout(this.soon);
    for (const end of this.ends) end();
    for (const { fail } of this.waiting.values()) fail(new Error("closed"));
    this.worker.terminate();
  }

  /** The file in front is looked at first. */
  show(path: string | null): void {
    this.post({ tell: "shown", path });
  }

  ask<Name extends keyof Questions>(name: Name, of: Questions[Name]["ask"]): Promise<Questions[Name]["answer"]> {
    const id = ++this.asked;
    return new Promise((take, fail) => {
      this.waiting.set(id, { take: take as (answer: never) => void, fail });
      this.post({ ask: name, id, with: of } as ToReader);
    });
  }

  private post(message: ToReader): void {
    this.worker.postMessage(message);
  }

  private send(change: Pick<FilesChange, "put" | "delete">): void {
    const put: Record<string, string> = {};
    for (const [path, file] of Object.entries(change.put)) {
      if (READ.test(path) && typeof file === "string" && file.length < MOST_TEXT) put[path] = file;
    }
    const gone = change.delete.filter((path) => READ.test(path) && !(path in change.put));
    if (Object.keys(put).length || gone.length) this.post({ tell: "files", put, delete: gone });
    if ("package.json" in put || gone.includes("package.json")) this.askForTypes();
  }

  /** The types of the packages that package.json names; asked again when it names others. */
  private askForTypes(): void {
    const packages = packagesOf(this.store.getState().files["package.json"]);
    const wanted = JSON.stringify(packages);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      this.store.api.types(packages).then(
        ({ files }) => {
          if (wanted === this.wanted) this.post({ tell: "types", files });
        },
        // Without them nothing is said of packages: no reason to disturb anybody who types.
        (error: unknown) => console.debug(reasonOf(error)),
      );
    }, TYPES_AFTER_MS);
  }

  private hear(message: FromReader): void {
    if ("looked" in message) {
      this.looked = message.looked;
      this.told.tell();
      return;
    }
    if ("problems" in message) {
      const found = new Map(this.found);
      if (message.found.length) found.set(message.problems, message.found);
      else found.delete(message.problems);
      this.found = found;
      this.told.tell();
      return;
    }
    const id = "answer" in message ? message.answer : message.failed;
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if ("answer" in message) asked?.take(message.is as never);
    else asked?.fail(new Error(message.why));
  }
}

const known = new WeakMap<ProjectStore, Language>();

/** The one that reads this project; made when it is first asked for. */
export function languageOfStore(store: ProjectStore): Language {
  let language = known.get(store);
  if (!language) known.set(store, (language = new Language(store)));
  return language;
}

/** What package.json names, without what only its build uses; {} where it cannot be read. */
function packagesOf(file: string | Uint8Array | undefined): Record<string, string> {
  try {
    const { dependencies, devDependencies } = JSON.parse(typeof file === "string" ? file : "{}") as Record<string, Record<string, unknown> | undefined>;
    const typed = Object.entries(devDependencies ?? {}).filter(([name]) => name.startsWith("@types/"));
    const all = [...Object.entries(dependencies ?? {}), ...typed].filter((one): one is [string, string] => typeof one[1] === "string");
    return Object.fromEntries(all);
  } catch {
    return {};
  }
}
