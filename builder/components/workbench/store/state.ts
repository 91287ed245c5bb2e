import { aside, type Asides, recalled } from "./asides";
import type { Connection } from "./event_stream";
import type { File, FileMap, Known } from "./files";
import type {
  ClosedEdit, Engines, FieldSet, Generation, GenerationText, HeadChange, Message, PageAsk, Project, ProjectEvent, Role, Share, ToolUse, Turn, Version,
} from "../../client/types";

/** Two texts of one file, and their common base. `mine` is shown and kept here, and is not sent. */
export interface FileConflict {
  base: Known | undefined;
  mine: string | Uint8Array;
  /** null: it was deleted elsewhere. */
  theirs: File;
}

/** Everything the workbench knows of its project. Immutable: every event makes a new state. */
export interface State {
  load: "loading" | "ready" | "missing" | "failed" | "deleted";
  problem: string;
  connection: Connection;
  project: Project | null;
  /** What the person is in this project; null before it is here. */
  role: Role | null;
  /** Files whose last text the server did not take, because the person may not change them: it is kept here. */
  unsent: readonly string[];
  engines: Engines | null;
  messages: readonly Message[];
  generations: Readonly<Record<string, Generation>>;
  asides: Asides;
  /** Oldest first. */
  turns: Readonly<Record<string, Turn>>;
  versions: readonly Version[];
  shares: readonly Share[];
  /** Whether people sign in here; where nobody does, everybody counts as signed in. */
  signsIn: boolean;
  /** What no model may change, once that has been changed; null until then. Folders end with a slash. */
  locks: readonly string[] | null;
  /** The tree as shown: the working copy, with the files that the running generation has finished on top. */
  files: FileMap;
  /** The working copy without the files of the running generation; null when none runs. */
  before: FileMap | null;
  /** The file that is being written. */
  writing: string | null;
  /** The last thing that the model looked at before it writes. */
  looked: ToolUse | null;
  /** What a model last asked a page to look at. */
  asked: PageAsk | null;
  /**
   * Files that this tab and somebody else changed in the same lines, until the person decides between the two texts.
   */
  conflicts: Readonly<Record<string, FileConflict>>;
  revision: number;
  dirty: ReadonlySet<string>;
  cursor: number;
}

export const EMPTY: State = {
  load: "loading",
  problem: "",
  connection: "connecting",
  project: null,
  role: null,
  unsent: [],
  engines: null,
  messages: [],
  generations: {},
  asides: {},
  turns: {},
  versions: [],
  shares: [],
  signsIn: true,
  locks: null,
  files: {},
  before: null,
  writing: null,
  looked: null,
  asked: null,
  conflicts: {},
  revision: 0,
  dirty: new Set(),
  cursor: 0,
};

/** Whether the person may change the project. */
export const mayEdit = ({ role, project }: State): boolean =>
  project?.archived_at == null && (role === null || role === "owner" || role === "admin" || role === "editor");

/** Whether the person decides who has access, and who gets a link. */
export const mayShare = ({ role }: State): boolean => role === null || role === "owner" || role === "admin";

export function isRunning(generation: Generation): boolean {
  return generation.status === "queued" || generation.status === "running";
}

export function activeGeneration(state: State): Generation | null {
  return Object.values(state.generations).find(isRunning) ?? null;
}

/** The first answer was cut off: there are files but no app yet, and no generation is running. */
export function isUnfinished(state: State): boolean {
  return state.load === "ready" && state.project?.head === null && activeGeneration(state) === null && Object.keys(state.files).length > 0;
}

/** What was typed since the last version can be undone before any event tells of it. */
export function canUndo({ project, dirty }: State): boolean {
  return project !== null && (project.can_undo || (project.head !== null && dirty.size > 0));
}

export function headVersion(state: State): Version | null {
  return state.versions.find((version) => version.id === state.project?.head) ?? null;
}

function withGeneration(state: State, id: string, change: (generation: Generation) => Generation): State {
  const generation = state.generations[id];
  return generation ? { ...state, generations: { ...state.generations, [id]: change(generation) } } : state;
}

function setField(generation: Generation, { name, value }: FieldSet): Generation {
  if ((name === "title" || name === "summary") && typeof value === "string") return { ...generation, [name]: value };
  return generation;
}

function markFile(generation: Generation, path: string, closed: boolean): Generation {
  const known = generation.files.some((file) => file.path === path);
  const files = known
    ? generation.files.map((file) => (file.path === path ? { path, closed } : file))
    : [...generation.files, { path, closed }];
  return { ...generation, files };
}

/** Files that were only edited appear in their events alone. */
function finished(state: State, generation: Generation): Generation {
  const listed = new Set(generation.files.map((file) => file.path));
  const edited = state.generations[generation.id]?.files.filter((file) => !listed.has(file.path)) ?? [];
  return { ...generation, files: [...generation.files, ...edited] };
}

/**
 * The text of a file after an edit that the server says it applied; undefined when the edit does not match the text
 * here.
 */
export function applyEdit(files: FileMap, { path, find, replace }: ClosedEdit): string | undefined {
  const text = files[path];
  if (typeof text !== "string") return undefined;
  const at = text.indexOf(find);
  return at < 0 ? undefined : text.slice(0, at) + replace + text.slice(at + find.length);
}

function moveHead(state: State, change: HeadChange & { version: Version }): State {
  const project = state.project && {
    ...state.project, head: change.head, can_undo: change.can_undo, can_redo: change.can_redo,
  };
  const versions = state.versions.some((version) => version.id === change.version.id)
    ? state.versions
    : [...state.versions, change.version];
  return { ...state, project, versions, dirty: new Set() };
}

/** The effect of an event on everything but the files: those belong to the store, which may have to fetch them. */
export function reduce(before: State, event: ProjectEvent): State {
  const asides = aside(before.asides, event);
  const state = asides === before.asides ? before : { ...before, asides };
  switch (event.kind) {
    case "project_changed":
      return { ...state, project: event.data.project };
    case "message_added":
      return state.messages.some((message) => message.id === event.data.message.id)
        ? state
        : { ...state, messages: [...state.messages, event.data.message] };
    case "page_asked":
      return { ...state, asked: event.data.ask };
    case "turn_changed":
      return { ...state, turns: { ...state.turns, [event.data.turn.id]: event.data.turn } };
    case "generation_started":
      return {
        ...state,
        generations: { ...state.generations, [event.data.generation.id]: event.data.generation },
        before: state.before ?? state.files,
        writing: null,
        looked: null,
      };
    case "field_set":
      return withGeneration(state, event.data.generation, (generation) => setField(generation, event.data));
    case "file_opened": {
      const { generation, path } = event.data;
      return { ...withGeneration(state, generation, (g) => markFile(g, path, false)), writing: path };
    }
    case "file_closed": {
      const { generation, path } = event.data;
      return { ...withGeneration(state, generation, (g) => markFile(g, path, true)), writing: null };
    }
    case "edit_closed": {
      const { generation, path, applied } = event.data;
      return withGeneration(state, generation, (g) => markFile(g, path, applied));
    }
    case "file_deleted":
    case "model_waits":
    case "thought_added":
      return state;
    case "model_changed": {
      const { generation, model, label, because, instead_of } = event.data;
      return withGeneration(state, generation, (g) => ({ ...g, model, model_label: label, changed: { because, instead_of } }));
    }
    case "generation_continued":
      return { ...withGeneration(state, event.data.generation, (generation) => ({ ...generation, calls: event.data.call })), writing: null };
    case "tool_used":
      return event.data.ok ? { ...state, looked: event.data } : state;
    case "generation_finished":
      return {
        ...state,
        generations: { ...state.generations, [event.data.generation.id]: finished(state, event.data.generation) },
        writing: null,
      };
    case "version_committed":
    case "head_moved":
      return moveHead(state, event.data);
    case "version_described": {
      const { version } = event.data;
      return { ...state, versions: state.versions.map((one) => (one.id === version.id ? version : one)) };
    }
    case "working_changed": {
      const { revision, put, deleted } = event.data;
      return { ...state, revision, dirty: new Set([...state.dirty, ...put, ...deleted]) };
    }
    case "shares_changed":
      return { ...state, shares: event.data.shares };
    case "locks_changed":
      return { ...state, locks: event.data.locks };
  }
}

/** With what a generation has written so far. `writing`: the file that it writes at the moment; undefined: it has ended. */
export function withArrived(state: State, generation: GenerationText, writing: string | null | undefined): State {
  const shown = state.generations[generation.id];
  const arrived = Object.entries(generation.text_files).map(([path, file]) => ({ path, closed: file.closed }));
  if (shown) {
    // The snapshot's row is completed only at the end: until then the model's title and summary are only here.
    const said = { title: generation.title || shown.title, summary: generation.summary || shown.summary };
    const files = arrived.length >= shown.files.length ? arrived : shown.files;
    const asides = recalled(state.asides, generation.id, generation.calls ?? 1, generation.thinking);
    state = { ...state, asides, generations: { ...state.generations, [generation.id]: { ...shown, ...said, files } } };
  }
  const running = writing !== undefined;
  if (!running && Object.keys(state.files).length > 0) return state;
  const closed: FileMap = {};
  for (const [path, file] of Object.entries(generation.text_files)) if (file.closed) closed[path] = file.text;
  return { ...state, files: { ...state.files, ...closed }, before: running ? state.files : null, writing: writing ?? null };
}
