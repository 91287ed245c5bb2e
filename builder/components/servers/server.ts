/** The state of a project's server in words. */

import { verbatim } from "$/runtime/engine/phrase.ts";
import type { Fault } from "$/runtime/index.ts";
import { t } from "../client/servers_texts";
import type { Schemas, ServerView, Usage } from "../client/types";

type Shown = "running" | "pending" | "paused" | "asleep" | "removed" | "stopped" | "failed";

/** The server's fault in the form in which a preview reports faults. */
export function toFault({ kind, code, message, file, line, frame }: Schemas["FaultView"]): Fault {
  return { kind, code, says: verbatim(message), ...(file && { file }), ...(line && { line }), ...(frame && { frame }) };
}

/** The one word for its state. */
export function shown({ status, stage }: ServerView): Shown {
  if (status === "asleep") return stage === "paused" || stage === "removed" ? stage : "asleep";
  return status === "absent" ? "stopped" : status;
}

export function isUp(server: ServerView): boolean {
  return server.status === "running" || server.status === "pending";
}

/** What it waits for, in a sentence; "" where it does not wait. */
export function waiting({ waits_for, ahead, copying }: ServerView): string {
  if (copying !== null) {
    const { done, total } = copying;
    return total < 1_048_576 ? t("servers.copying.begins") : t("servers.copying", { done: megabytes(done), total: megabytes(total) });
  }
  if (waits_for === null) return "";
  if (waits_for !== "turn") return t(`servers.waits.${waits_for}`);
  return t("servers.waits.turn", { count: ahead });
}

const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576);

/** CPU, memory, requests and connections as short texts, the most telling first. */
export function figures({ cpu, memory, memory_limit, requests, connections }: Usage): string[] {
  return [
    cpu === null ? t("servers.cpu.wait") : t("servers.cpu", { percent: cpu > 0 && cpu < 10 ? cpu.toFixed(1) : Math.round(cpu) }),
    t("servers.memory", { used: megabytes(memory), limit: megabytes(memory_limit) }),
    t("servers.requests", { count: requests > 0 && requests < 10 ? requests.toFixed(1) : Math.round(requests) }),
    t("servers.connections", { count: connections }),
  ];
}

/** "12 min": how long it has been in this state. */
export function since(moment: string | null, now: number = Date.now()): string {
  const minutes = moment === null ? 0 : Math.floor((now - Date.parse(moment)) / 60_000);
  if (minutes < 1) return t("servers.since.now");
  if (minutes < 60) return t("servers.since.minutes", { count: minutes });
  if (minutes < 48 * 60) return t("servers.since.hours", { count: Math.floor(minutes / 60) });
  return t("servers.since.days", { count: Math.floor(minutes / (24 * 60)) });
}
