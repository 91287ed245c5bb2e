import type { ProjectStore } from "../store/store";
import { BASE } from "../../client/http";
import type { t } from "./texts";

/** How one part of this browser's way to Sayso is; `says` is a text of the catalogue with its values. */
export interface Finding {
  part: "isolation" | "storage" | "preview" | "websocket" | "clock" | "address";
  well: boolean;
  says: Parameters<typeof t>[0];
  values?: Record<string, string | number>;
}

const WAIT_MS = 6_000;
/** Tickets and sign-ins hold for minutes: a clock that is off by less harms nothing. */
const MOST_CLOCK_S = 60;

/** Looks at each part by itself; none of them throws. */
export function examine(store: ProjectStore): Promise<Finding>[] {
  const url = store.getState().project?.preview_url ?? "";
  return [isolation(), storage(), previewHost(url), websocket(store.api.id), clock(), Promise.resolve(address(url, location.href))];
}

async function isolation(): Promise<Finding> {
  return { part: "isolation", well: crossOriginIsolated, says: crossOriginIsolated ? "doctor.isolation.well" : "doctor.isolation.not" };
}

async function storage(): Promise<Finding> {
  try {
    localStorage.setItem("sayso.doctor", "1");
    localStorage.removeItem("sayso.doctor");
    await new Promise<void>((done, failed) => {
      const opening = indexedDB.open("sayso.doctor");
      opening.onerror = () => failed(opening.error);
      opening.onsuccess = () => {
        opening.result.close();
        indexedDB.deleteDatabase("sayso.doctor");
        done();
      };
    });
    return { part: "storage", well: true, says: "doctor.storage.well" };
  } catch {
    return { part: "storage", well: false, says: "doctor.storage.not" };
  }
}

async function previewHost(url: string): Promise<Finding> {
  const host = url ? new URL(url).host : "";
  try {
    // Another host, whose answer no page here may read: that there is one is enough.
    await fetch(url, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(WAIT_MS) });
    return { part: "preview", well: true, says: "doctor.preview.well", values: { host } };
  } catch {
    return { part: "preview", well: false, says: "doctor.preview.not", values: { host, parent: host.replace(/^[^.]+\./, "") } };
  }
}

function websocket(project: string): Promise<Finding> {
  return new Promise((done) => {
    const address = new URL(`${BASE}/projects/${project}/events/ws?after=0`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    let over = false;
    const tell = (well: boolean): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.close();
      done({ part: "websocket", well, says: well ? "doctor.websocket.well" : "doctor.websocket.not" });
    };
    const socket = new WebSocket(address);
    const timer = setTimeout(() => tell(false), WAIT_MS);
    socket.onopen = () => tell(true);
    socket.onerror = () => tell(false);
    socket.onclose = () => tell(false);
  });
}

async function clock(): Promise<Finding> {
  try {
    const before = Date.now();
    const answer = await fetch(`${BASE}/health`, { cache: "no-store", signal: AbortSignal.timeout(WAIT_MS) });
    return clockBy(answer.headers.get("Date") ?? "", (before + Date.now()) / 2);
  } catch {
    return { part: "clock", well: false, says: "doctor.clock.silent" };
  }
}

/** `date`: the server's, as HTTP writes it. */
export function clockBy(date: string, now: number): Finding {
  const off = Math.round((now - Date.parse(date)) / 1_000);
  if (Number.isNaN(off)) return { part: "clock", well: true, says: "doctor.clock.unknown" };
  const well = Math.abs(off) <= MOST_CLOCK_S;
  return { part: "clock", well, says: well ? "doctor.clock.well" : "doctor.clock.not", values: { seconds: Math.abs(off) } };
}

/** Whether what the server believes of its own address is what the browser shows: a proxy has to tell it. */
export function address(preview: string, page: string): Finding {
  if (!preview) return { part: "address", well: true, says: "doctor.address.well" };
  const [theirs, mine] = [new URL(preview), new URL(page)];
  const values = { theirs: theirs.protocol.replace(":", ""), mine: mine.protocol.replace(":", "") };
  if (theirs.protocol !== mine.protocol) return { part: "address", well: false, says: "doctor.address.scheme", values };
  if (theirs.port !== mine.port) return { part: "address", well: false, says: "doctor.address.port", values: { theirs: theirs.port || "—", mine: mine.port || "—" } };
  return { part: "address", well: true, says: "doctor.address.well" };
}
