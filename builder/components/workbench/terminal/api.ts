import { BASE, json } from "../../client/http";

export interface TerminalShape {
  id: string;
  number: number;
}

/** More than this many bytes typed at once the server does not take. */
export const MOST_TYPED = 256 * 1024;

/** The terminals of one project. Every call rejects with `ApiError`. */
export class TerminalApi {
  private readonly root: string;

  constructor(project: string) {
    this.root = `/projects/${encodeURIComponent(project)}/terminals`;
  }

  async list(): Promise<TerminalShape[]> {
    return (await json<{ terminals: TerminalShape[] }>(this.root)).terminals;
  }

  async open(columns: number, rows: number): Promise<TerminalShape> {
    const body = { columns, rows };
    return (await json<{ terminal: TerminalShape }>(this.root, { method: "POST", body })).terminal;
  }

  close = (id: string): Promise<unknown> => json(`${this.root}/${id}`, { method: "DELETE" });

  url = (id: string, after: number): string =>
    `${location.origin.replace(/^http/, "ws")}${BASE}${this.root}/${id}/ws?after=${after}`;
}
