import { answer, ApiError, BASE, held, json } from "../../client/http";
import { fromWire, type Known, NOTHING } from "./files";
import { activeGeneration, type State } from "./state";
import type {
  Answer, Body, BudgetView, Caps, CheckReport, DatabaseMode, HostsView, Invited, NamedPackage, PackagesView, PageAnswer, People, RunSettings, Scan, ServerView, ShareChange, StepChoices, TurnPlan,
} from "../../client/types";

/** With the digest of every path that it writes, null when there was no file. */
export type WorkingPatch = Body<"write_working"> & { client: string; base: Record<string, string | null> };

/** All files; those with Dockerfiles; one HTML file that opens without a server. */
export type ExportForm = "zip" | "docker" | "page";
const EXPORTS: Record<ExportForm, string> = { zip: "export.zip", docker: "export.zip?form=docker", page: "export.html" };

export const models = (): Promise<Answer<"models">> => json("/models");
export const keys = (): Promise<Answer<"key_states">> => json("/keys");
const ofTeam = (team: string): string => `/budget?team=${encodeURIComponent(team)}`;
/** Of all projects of a team, or of a person. */
export const budget = (team: string): Promise<BudgetView> => json(ofTeam(team));
export const setBudget = (team: string, caps: Caps): Promise<BudgetView> => json(ofTeam(team), { method: "PUT", body: caps });
export const undelete = (id: string): Promise<unknown> => json(`/projects/${id}/undelete`, { method: "POST" });

/** The calls of one project. Every call rejects with `ApiError`. */
export class ProjectApi {
  private readonly root: string;

  constructor(readonly id: string) {
    this.root = `/projects/${encodeURIComponent(id)}`;
  }

  snapshot = (): Promise<Answer<"get_project">> => json(this.root);
  role = (): Promise<Answer<"get_role">> => json(`${this.root}/role`);
  people = (): Promise<People> => json(`${this.root}/collaborators`);
  invite = (whom: Body<"invite_collaborator">): Promise<Invited> => json(`${this.root}/collaborators`, { method: "POST", body: whom });
  withdraw = (invitation: string): Promise<void> => json(`${this.root}/invitations/${invitation}`, { method: "DELETE" });
  setRole = (account: string, role: Body<"change_collaborator">["role"]): Promise<void> =>
    json(`${this.root}/collaborators/${account}`, { method: "PATCH", body: { role } });
  removePerson = (account: string): Promise<void> => json(`${this.root}/collaborators/${account}`, { method: "DELETE" });
  change = (change: Body<"change_project">): Promise<Answer<"change_project">> => json(this.root, { method: "PATCH", body: change });
  rename = (title: string): Promise<unknown> => json(this.root, { method: "PATCH", body: { title } });
  remove = (): Promise<unknown> => json(this.root, { method: "DELETE" });
  duplicate = (): Promise<Answer<"duplicate_project">> => json(`${this.root}/duplicate`, { method: "POST" });

  /** The project to take along, and how it is called. */
  async archive(form: ExportForm): Promise<{ name: string; body: Blob }> {
    const response = await answer(`${this.root}/${EXPORTS[form]}`);
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "app.zip";
    return { name, body: await held(response.blob()) };
  }

  scan = (): Promise<Scan> => json(`${this.root}/scan`);
  probe = (): Promise<Scan> => json(`${this.root}/scan`, { method: "POST" });
  stopProbe = (): Promise<Scan> => json(`${this.root}/scan`, { method: "DELETE" });
  decideScan = (kind: Body<"decide_scan">["kind"], keys: string[]): Promise<Scan> =>
    json(`${this.root}/scan/decisions`, { method: "POST", body: { kind, keys } });

  files = (): Promise<Answer<"read_files">> => json(`${this.root}/files`);

  /** One file, as text where it is text, and its digest. */
  async file(path: string): Promise<Known> {
    try {
      const response = await answer(`${this.root}/files/${path.split("/").map(encodeURIComponent).join("/")}`);
      const isText = response.headers.get("Content-Type")?.startsWith("text/plain") ?? false;
      const bytes = new Uint8Array(await held(response.arrayBuffer()));
      // Keeps the byte order mark, which belongs to the file; `text()` would drop it.
      const file = isText ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) : bytes;
      // A proxy that compresses marks the tag as weak (`W/`).
      return { file, digest: /"(\w+)"/.exec(response.headers.get("ETag") ?? "")?.[1] ?? null };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return NOTHING;
      throw error;
    }
  }

  /** Several files: a few each by itself, many out of the whole tree. */
  async these(paths: string[]): Promise<[string, Known][]> {
    if (paths.length <= 4) return Promise.all(paths.map(async (path) => [path, await this.file(path)] as [string, Known]));
    const { files, digests } = await this.files();
    return paths.map((path) => {
      const digest = digests[path];
      if (digest === undefined) return [path, NOTHING];
      return [path, { file: files[path] === undefined ? undefined : fromWire(files[path]), digest }];
    });
  }

  patch = (patch: WorkingPatch, keepalive = false): Promise<Answer<"write_working">> =>
    json(`${this.root}/working`, { method: "PATCH", body: patch, keepalive });
  save = (label = ""): Promise<Answer<"save">> => json(`${this.root}/save`, { method: "POST", body: { label } });

  setPicture = (picture: Blob): Promise<unknown> => answer(`${this.root}/thumbnail`, { method: "PUT", body: picture });

  locks = (): Promise<Answer<"get_locks">> => json(`${this.root}/locks`);
  /** A folder's path ends with a slash. */
  setLock = (path: string, locked: boolean): Promise<Answer<"get_locks">> =>
    json(`${this.root}/locks/${path.split("/").map(encodeURIComponent).join("/")}`, { method: locked ? "PUT" : "DELETE" });

  walks = (): Promise<Answer<"project_walks">> => json(`${this.root}/walks`);
  walkedBefore = (version: string): Promise<Answer<"walked_before">> => json(`${this.root}/versions/${version}/walked/before`);
  keepWalked = (version: string, shown: Answer<"walked_before">["shown"]): Promise<void> =>
    json(`${this.root}/versions/${version}/walked`, { method: "PUT", body: { shown } });

  /** `lease`: of the one that is to be kept, else "". */
  openWalkServer = (version: string, lease: string): Promise<Answer<"open_walk_server">> =>
    json(`${this.root}/walks/server`, { method: "PUT", body: { version, lease } });
  beginWalk = (lease: string): Promise<Answer<"begin_walk">> => json(`${this.root}/walks/server/begin`, { method: "POST", body: { lease } });
  endWalkServer = (lease: string): Promise<unknown> => json(`${this.root}/walks/server?lease=${encodeURIComponent(lease)}`, { method: "DELETE" });

  versions = (): Promise<Answer<"list_versions">> => json(`${this.root}/versions`);
  describe = (version: string, change: Body<"describe_version">): Promise<Answer<"describe_version">> =>
    json(`${this.root}/versions/${version}`, { method: "PATCH", body: change });
  restore = (version: string, path?: string): Promise<unknown> =>
    json(`${this.root}/versions/${version}/restore`, { method: "POST", body: path === undefined ? {} : { path } });
  undo = (): Promise<unknown> => json(`${this.root}/undo`, { method: "POST" });
  redo = (): Promise<unknown> => json(`${this.root}/redo`, { method: "POST" });

  async versionFiles(version: string): Promise<Record<string, string | Uint8Array>> {
    const { files } = await json<Answer<"version_files">>(`${this.root}/versions/${version}/files`);
    return Object.fromEntries(Object.entries(files).map(([path, file]) => [path, fromWire(file)]));
  }

  say = (message: Body<"send_message">): Promise<Answer<"send_message">> => json(`${this.root}/messages`, { method: "POST", body: message });
  improve = (prompt: string, model: string): Promise<Answer<"improve_prompt">> =>
    json("/ai/improve", { method: "POST", body: { prompt, model, project: this.id } });
  answer = (turn: string, answers: string[]): Promise<unknown> => json(`${this.root}/turns/${turn}/answers`, { method: "POST", body: { answers } });
  build = (turn: string, plan: TurnPlan): Promise<unknown> => json(`${this.root}/turns/${turn}/plan`, { method: "POST", body: { plan } });
  decision = (turn: string): Promise<Answer<"get_decision">> => json(`${this.root}/turns/${turn}/decision`);
  chooseFiles = (turn: string, choices: Body<"choose_files">["choices"]): Promise<unknown> =>
    json(`${this.root}/turns/${turn}/decision`, { method: "PUT", body: { choices } });
  decide = (turn: string, head: string | null): Promise<unknown> =>
    json(`${this.root}/turns/${turn}/decision`, { method: "POST", body: { head } });
  turn = (id: string, action: "start" | "stop" | "continue" | "take-back"): Promise<unknown> =>
    json(`${this.root}/turns/${id}/${action}`, { method: "POST" });
  check = (report: CheckReport): Promise<Answer<"report_check">> => json(`${this.root}/check`, { method: "POST", body: report });
  answerLook = (look: string, answer: PageAnswer): Promise<unknown> => json(`${this.root}/looks/${look}`, { method: "POST", body: answer });
  steps = (): Promise<StepChoices> => json(`${this.root}/steps`);
  setSteps = (choices: StepChoices): Promise<StepChoices> => json(`${this.root}/steps`, { method: "PUT", body: choices });
  attachmentsPath = (): string => `${this.root}/attachments`;

  /** The data of an attachment as the project gets it. */
  async attachedData(id: string): Promise<string> {
    const response = await answer(`${this.root}/attachments/${id}/file`);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await held(response.arrayBuffer()));
  }

  generation = (id: string): Promise<Answer<"get_generation">> => json(`${this.root}/generations/${id}`);
  sent = (id: string): Promise<Answer<"get_sent">> => json(`${this.root}/generations/${id}/sent`);
  act = (id: string, action: "stop" | "continue" | "retry"): Promise<unknown> =>
    json(`${this.root}/generations/${id}/${action}`, { method: "POST" });

  budget = (): Promise<BudgetView> => json(`${this.root}/budget`);
  setBudget = (caps: Caps): Promise<BudgetView> => json(`${this.root}/budget`, { method: "PUT", body: caps });
  estimate = (model: string, characters: number): Promise<Answer<"estimate">> =>
    json(`${this.root}/estimate?${new URLSearchParams({ model, characters: String(characters) }).toString()}`);

  share = (terms: Body<"create_share">): Promise<Answer<"create_share">> => json(`${this.root}/shares`, { method: "POST", body: terms });
  shares = (): Promise<Answer<"list_shares">> => json(`${this.root}/shares`);
  /** The address of a picture with the link's QR code. */
  codeOf = (share: string): string => `/api/v1${this.root}/shares/${share}/qr.svg`;
  changeShare = (share: string, change: ShareChange): Promise<unknown> => json(`${this.root}/shares/${share}`, { method: "PATCH", body: change });
  beginShareAnew = (share: string, begin: Body<"renew_share_data">["begin"]): Promise<unknown> =>
    json(`${this.root}/shares/${share}/data`, { method: "POST", body: { begin } });
  revoke = (share: string): Promise<unknown> => json(`${this.root}/shares/${share}`, { method: "DELETE" });

  database = (): Promise<Answer<"get_database">> => json(`${this.root}/database`);
  switchDatabase = (mode: DatabaseMode): Promise<Answer<"get_database">> => json(`${this.root}/database`, { method: "PATCH", body: { mode } });
  emptyDatabase = (): Promise<Answer<"get_database">> => json(`${this.root}/database`, { method: "DELETE" });
  restoreDatabase = (dump: Blob): Promise<Answer<"get_database">> => json(`${this.root}/database/restore`, { method: "POST", body: dump });
  restoreDatabaseCopy = (copy_id: string): Promise<Answer<"get_database">> =>
    json(`${this.root}/database/copies/restore`, { method: "POST", body: { copy_id } });
  dumpUrl = (copy?: string): string => `${BASE}${this.root}/database/${copy === undefined ? "dump" : `copies/${copy}`}`;

  secrets = (): Promise<Answer<"get_secrets">> => json(`${this.root}/secrets`);
  setSecret = (name: string, value: string, live: boolean): Promise<Answer<"get_secrets">> =>
    json(`${this.root}/secrets/${encodeURIComponent(name)}`, { method: "PUT", body: { value, live } });
  removeSecret = (name: string): Promise<Answer<"get_secrets">> => json(`${this.root}/secrets/${encodeURIComponent(name)}`, { method: "DELETE" });
  hosts = (): Promise<HostsView> => json(`${this.root}/hosts`);
  allowHosts = (hosts: string[]): Promise<HostsView> => json(`${this.root}/hosts`, { method: "PUT", body: { hosts } });

  publishUrl = (): string => `${BASE}${this.root}/preview`;
  run = (): Promise<RunSettings> => json(`${this.root}/run`);
  setRun = (run: RunSettings["given"]): Promise<RunSettings> => json(`${this.root}/run`, { method: "PUT", body: run });
  engines = (): Promise<Answer<"get_engine">> => json(`${this.root}/engine`);
  bringUp = (): Promise<ServerView> => json(`${this.root}/server`, { method: "PUT" });
  /** A one-time address that gives this browser access to the project's server; null when no access is needed. */
  previewTicket = (): Promise<Answer<"make_ticket">> => json(`${this.root}/preview/ticket`, { method: "POST" });
  /** How the project's Python app runs in this browser; its packages are prepared first. */
  browserServer = (): Promise<Answer<"plan_browser_server">> => json(`${this.root}/browser-server`, { method: "POST" });
  browserServerPath = (): string => `${this.root}/browser-server/ws`;
  serverState = (): Promise<ServerView> => json(`${this.root}/server`);
  removeData = (): Promise<void> => json(`${this.root}/server/data`, { method: "DELETE" });
  /** False for whoever sees a public project only. */
  mayReadLogs = (): Promise<boolean> =>
    json(`${this.root}/server/logs?tail=1`).then(() => true, (error: unknown) => {
      if (error instanceof ApiError && error.status === 403) return false;
      throw error;
    });
  serverLogsPath = (): string => `${this.root}/server/logs/ws`;
  dependencies = (request: Body<"resolve_dependencies">): Promise<Answer<"resolve_dependencies">> =>
    json(`${this.root}/dependencies`, { method: "POST", body: request });
  /** The declarations of these packages (name → range), by their path below `node_modules`. */
  types = (dependencies: Record<string, string>): Promise<Answer<"types_of_packages">> => json(`${this.root}/types`, { method: "POST", body: { dependencies } });
  packages = (): Promise<PackagesView> => json(`${this.root}/packages`);
  /** What one person decides about one package: to use it all the same, to leave it to the rules, to take another. */
  usePackage = (one: NamedPackage): Promise<PackagesView> => json(this.packagePath(one), { method: "PUT" });
  holdPackage = (one: NamedPackage): Promise<PackagesView> => json(this.packagePath(one), { method: "DELETE" });
  usePackageInstead = (one: NamedPackage): Promise<unknown> => json(this.packagePath(one), { method: "POST", body: {} });
  pinPackages = (files: boolean): Promise<PackagesView> => json(`${this.root}/packages/pins`, { method: "POST", body: { files } });
  private packagePath = ({ ecosystem, name }: NamedPackage): string => `${this.root}/packages/${ecosystem}/${encodeURIComponent(name)}`;

  streamPath(after: number, generation: string, offset: number): string {
    const query = new URLSearchParams({ after: String(after) });
    if (generation) {
      query.set("generation", generation);
      query.set("offset", String(offset));
    }
    return `${this.root}/events/ws?${query.toString()}`;
  }
}

/**
 * The data that was attached to the request which is being answered, by path. What cannot be read is left out: the
 * answer's version brings it.
 */
export async function attachedData(api: ProjectApi, state: State): Promise<Record<string, string>> {
  const running = activeGeneration(state);
  const message = state.messages.find(({ generation }) => running !== null && generation === running.id);
  const files: Record<string, string> = {};
  for (const { id, path } of message?.attachments ?? []) {
    const text = path === null ? null : await api.attachedData(id).catch(() => null);
    if (path !== null && text !== null) files[path] = text;
  }
  return files;
}
