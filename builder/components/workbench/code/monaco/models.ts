import { smallestEdits } from "../../store/text/smallest_edit";
import type { ProjectStore } from "../../store/store";
import type { Problem } from "../language/problem";
import { languageOf } from "./languages";
import { monaco } from "./monaco";

type Model = monaco.editor.ITextModel;

/** Monaco's `MarkerSeverity`. */
const SEVERITIES = { error: 8, warning: 4 };

/**
 * One text model per open file, each with its own undo stack, synchronised with the store in both directions: typed
 * text goes to the store, and changes from elsewhere are applied as the smallest edit.
 */
export class Models {
  private readonly models = new Map<string, Model>();
  private readonly ends: (() => void)[];
  private applying = false;
  private writing: string | null = null;

  constructor(private readonly store: ProjectStore) {
    this.writing = store.getState().writing;
    this.ends = [
      store.onFiles((change) => {
        for (const [path, file] of Object.entries(change.put)) if (typeof file === "string") this.receive(path, file);
        for (const path of change.delete) if (!(path in change.put)) this.forget(path);
      }),
      store.onText(({ path, text }) => this.append(path, text)),
      store.subscribe(() => this.follow()),
    ];
  }

  dispose(): void {
    for (const end of this.ends) end();
    for (const path of [...this.models.keys()]) this.forget(path);
  }

  /** The model of a text file; null when the path is not a text file or does not exist. */
  get(path: string): Model | null {
    const known = this.models.get(path);
    if (known) return known;
    const text = this.textOf(path);
    if (text === null) return null;
    // The project's id in the URI keeps models of two projects apart that are opened one after the other.
    const uri = monaco.Uri.from({ scheme: "sayso", path: `/${this.store.api.id}/${path}` });
    const model = monaco.editor.createModel(text, languageOf(path), uri);
    model.onDidChangeContent(() => {
      if (!this.applying) this.store.typed(path, model.getValue());
    });
    this.models.set(path, model);
    return model;
  }

  /** Marks in the texts what is wrong with them; `problems` are those of all files. */
  mark(problems: readonly Problem[]): void {
    for (const [path, model] of this.models) {
      const mine = problems.filter((one) => one.path === path && one.source !== "style" && one.source !== "walk");
      monaco.editor.setModelMarkers(model, "sayso", mine.map((one) => ({
        severity: SEVERITIES[one.severity], message: one.text,
        startLineNumber: one.line, startColumn: one.column, endLineNumber: one.endLine, endColumn: one.endColumn,
      })));
    }
  }

  forget(path: string): void {
    this.models.get(path)?.dispose();
    this.models.delete(path);
  }

  private textOf(path: string): string | null {
    const { files, writing } = this.store.getState();
    if (writing === path) return this.store.live?.text(path) ?? "";
    const file = files[path];
    return typeof file === "string" ? file : null;
  }

  private receive(path: string, text: string): void {
    const model = this.models.get(path);
    if (!model) return;
    const old = model.getValue();
    if (old === text) return;
    const edits = smallestEdits(old, text).map(({ start, end, insert }) => {
      const from = model.getPositionAt(start);
      const to = model.getPositionAt(end);
      const range = {
        startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column,
      };
      return { range, text: insert };
    });
    this.quietly(() => {
      model.pushStackElement();
      model.pushEditOperations(null, edits, () => null);
      model.pushStackElement();
    });
  }

  private append(path: string, text: string): void {
    const model = this.models.get(path);
    if (!model) return;
    const line = model.getLineCount();
    const column = model.getLineMaxColumn(line);
    const range = { startLineNumber: line, startColumn: column, endLineNumber: line, endColumn: column };
    this.quietly(() => model.applyEdits([{ range, text }]));
  }

  /** A generation starts to write a file anew: its model begins with the text that has arrived. */
  private follow(): void {
    const { writing } = this.store.getState();
    if (writing === this.writing) return;
    this.writing = writing;
    const model = writing === null ? undefined : this.models.get(writing);
    if (model && writing !== null) this.quietly(() => model.setValue(this.store.live?.text(writing) ?? ""));
  }

  private quietly(work: () => void): void {
    this.applying = true;
    try {
      work();
    } finally {
      this.applying = false;
    }
  }
}
