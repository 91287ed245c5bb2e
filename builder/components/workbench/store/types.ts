/** The JSON shapes of `/api/v1` and of a project's events, as docs/architecture.md defines them. */

export interface Project {
  id: string;
  title: string;
  created_at: string;
  updated_at: string;
  head: string | null;
  can_undo: boolean;
  can_redo: boolean;
  stack: string[];
  preview_url: string;
  thumbnail: string | null;
  deleted_at: string | null;
}

export interface Version {
  id: string;
  number: number;
  kind: "generation" | "save" | "import" | "restore" | "starter";
  label: string;
  created_at: string;
  parent: string | null;
  generation: string | null;
  files: number;
}

export interface Message {
  id: string;
  role: "person" | "builder";
  text: string;
  created_at: string;
  generation: string | null;
}

export type Remedy = "retry" | "continue" | "key" | "credit" | "wait" | "shorten" | "model" | "none";
export type GenerationStatus = "queued" | "running" | "done" | "stopped" | "interrupted" | "failed";

export interface Generation {
  id: string;
  project: string;
  status: GenerationStatus;
  model: string;
  model_label: string;
  offline: boolean;
  prompt: string;
  title: string;
  summary: string;
  files: { path: string; closed: boolean }[];
  tokens: { input: number; output: number; cache_read: number; cache_write: number };
  /** null: the price of the model is not known. */
  cost_usd: number | null;
  error: { code: string; message: string; remedy: Remedy } | null;
  started_at: string | null;
  finished_at: string | null;
  version: string | null;
  characters: number;
}

export interface KeyState {
  set: boolean;
  /** When it was set; for a key of the server's environment, when the server started. */
  since: string | null;
}

export interface GenerationText extends Generation {
  text_files: Record<string, { text: string; closed: boolean }>;
  offset: number;
}

export interface Share {
  id: string;
  url: string;
  version: string;
  version_number: number;
  access: "public" | "password" | "signed_in";
  /** It shows the latest version. */
  follows: boolean;
  /** Visitors get the sources as they were written, not a build. */
  source: boolean;
  /** A server of its own runs for it. */
  server: boolean;
  /** What its data began with. */
  data: "copy" | "empty";
  /** The data are not all there yet. */
  copying: boolean;
  /** Why they could not be copied. */
  data_problem: string | null;
  expires_at: string | null;
  created_at: string;
  revoked_at: string | null;
}

/** What a new link is to be; `hours` until it ends, null for never. */
export interface ShareTerms {
  access: Share["access"];
  password: string;
  hours: number | null;
  follows: boolean;
  source: boolean;
  data: Share["data"];
}

/** What is not given stays. `version`: of a link that does not follow. */
export type ShareChange = Partial<Omit<ShareTerms, "data"> & { version: string }>;

export interface ModelChoice {
  name: string;
  label: string;
  note: string;
  offline: boolean;
}

/** Where the runtime lies, and which engine the server is set to. */
export interface Engines {
  runtime_url: string;
  preferred: "auto" | "instant" | "webcontainer" | "pyodide" | "docker";
  /** What suits the project, as the server sees it; null where nothing can run it. */
  kind: "instant" | "webcontainer" | "pyodide" | "docker" | null;
  reason: string;
  /** False where only its front end can be shown. */
  complete: boolean;
  /** Nothing here can run it, but another computer could. */
  missing: boolean;
  /** The instant engine shows a part of it: its front end. */
  front_end: boolean;
  /** Why no server can run here; null where one can. */
  no_server: string | null;
  /** Files that cannot be read from the disk. */
  damaged: string[];
  webcontainer_api_key: string;
}

/** How the server is installed and started: what was said, and what the files say (null where nothing starts). */
export interface RunSettings {
  given: { install: string; start: string; port: number | null; dockerfile: boolean | null };
  detected: { install: string; start: string; port: number } | null;
  reason: string;
  /** There is one beside a language that runs here; null where there is no choice. */
  dockerfile: { path: string; used: boolean; otherwise: string } | null;
}

export type DatabaseMode = "auto" | "on" | "off";

export interface DatabaseCopy {
  id: string;
  made_at: string;
  size: number;
  reason: "restore" | "reset";
}

/** Sizes in bytes. */
export interface DatabaseView {
  mode: DatabaseMode;
  wanted: boolean;
  /** Why the project has one, or has none by choice; null where nothing asks for one. */
  reason: string | null;
  why_not: string | null;
  problem: string | null;
  status: "absent" | "asleep" | "running";
  limit: number;
  content: {
    size: number;
    full: boolean;
    count: number;
    tables: { schema: string; name: string; rows: number; exact: boolean; size: number }[];
  } | null;
  copies: DatabaseCopy[];
}

/** The hosts a server may reach, and those it asked for in vain, the last one first. */
export interface HostsView {
  hosts: string[];
  refused: { host: string; port: number; at: string; private: boolean }[];
  /** After a change: the server has to start again for it. */
  restarts?: boolean;
}

export type WireFile = string | { base64: string };

export interface Snapshot {
  project: Project;
  files: { path: string; size: number; sha256: string; binary: boolean }[];
  working: { revision: number; dirty: string[] };
  messages: Message[];
  generations: Generation[];
  shares: Share[];
  event: number;
  engines: Engines;
}

export interface WorkingFiles {
  version: string | null;
  revision: number;
  files: Record<string, WireFile>;
  /** SHA-256 of each file, those among them that cannot be read. */
  digests: Record<string, string>;
}

export interface HeadChange {
  changed: string[];
  deleted: string[];
  head: string;
  can_undo: boolean;
  can_redo: boolean;
}

export interface FieldSet {
  generation: string;
  name: "title" | "summary" | "stack" | "run";
  value: unknown;
}

export interface ClosedEdit {
  generation: string;
  path: string;
  find: string;
  replace: string;
  applied: boolean;
}

export type ProjectEvent =
  | { kind: "project_changed"; data: { project: Project } }
  | { kind: "message_added"; data: { message: Message } }
  | { kind: "generation_started"; data: { generation: Generation } }
  | { kind: "field_set"; data: FieldSet }
  | { kind: "file_opened"; data: { generation: string; path: string; at: number } }
  | { kind: "file_closed"; data: { generation: string; path: string; end: number } }
  | { kind: "file_deleted"; data: { generation: string; path: string } }
  | { kind: "edit_closed"; data: ClosedEdit }
  | { kind: "generation_finished"; data: { generation: Generation } }
  | { kind: "version_committed"; data: HeadChange & { version: Version } }
  | { kind: "head_moved"; data: HeadChange & { version: Version; reason: "undo" | "redo" | "restore" } }
  | { kind: "working_changed"; data: { revision: number; client: string; put: string[]; deleted: string[] } }
  | { kind: "shares_changed"; data: { shares: Share[] } };

/** A piece of the text a generation is writing; `offset` counts code points. */
export interface TextFrame {
  generation: string;
  offset: number;
  text: string;
}
