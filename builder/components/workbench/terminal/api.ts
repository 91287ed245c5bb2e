import { BASE, json } from "../../client/http";
import type { Answer, Body, Schemas } from "../../client/types";

export type TerminalShape = Schemas["TerminalEntry"];

/** The server refuses more than this many bytes typed at once. */
export const MOST_TYPED = 256 * 1024;

/** The terminals of one project. Every call rejects with `ApiError`. */
export class TerminalApi {
  private readonly root: string;

  constructor(project: string) {
    this.root = `/projects/${encodeURIComponent(project)}/terminals`;
  }

  async list(): Promise<TerminalShape[]> {
    return (await json<Answer<"list_terminals">>(this.root)).terminals;
  }

  async open(columns: number, rows: number): Promise<TerminalShape> {
    const body: Body<"open_terminal"> = { columns, rows };
    return (await json<Answer<"open_terminal">>(this.root, { method: "POST", body })).terminal;
  }

  close = (id: string): Promise<unknown> => json(`${this.root}/${id}`, { method: "DELETE" });

  url = (id: string, after: number): string =>
    `${location.origin.replace(/^http/, "ws")}${BASE}${this.root}/${id}/ws?after=${after}`;
}
