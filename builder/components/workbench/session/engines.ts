import { InstantEngine, type InstantOptions, type Phrase, type PreviewEngine, ServerEngine, type ServerOptions } from "$/runtime/index.ts";
import { persistently } from "../../client/http";
import { t } from "../../client/workbench_texts";
import type { Engines } from "../../client/types";

export type EngineKind = PreviewEngine["kind"];

/** Those that a person can choose. */
export const ENGINES = ["instant", "pyodide", "webcontainer", "docker"] as const;
type Choice = (typeof ENGINES)[number];

const CONSENT_KEY = "sayso.webcontainer.consent";
const CHOICE_KEY = "sayso.engine";

export interface EngineOptions extends InstantOptions {
  apiKey: string;
  /** Why the project's packages may not be installed; null when they may. */
  refuses: () => Promise<Phrase | null>;
  server: Omit<ServerOptions, "previewUrl" | "frame">;
}

/** Why an engine cannot be chosen here; null when it can. */
export function unavailable(kind: Choice, engines: Engines): string | null {
  if (kind === "instant" && (needsContainer(engines) || engines.kind === "pyodide") && !engines.front_end) return t("workbench.engine.no_page");
  if (kind === "docker" && needsContainer(engines) && engines.front_end) return t("workbench.engine.front_end");
  return impossible(kind, engines);
}

function impossible(kind: Choice, { preferred, kind: suited, no_server, browser_python }: Engines): string | null {
  if (preferred !== "auto" && preferred !== kind && kind !== "instant") return t("workbench.engine.fixed");
  switch (kind) {
    case "instant":
      return null;
    case "pyodide":
      return browser_python ? null : t("workbench.engine.no_python");
    case "webcontainer":
      return crossOriginIsolated ? null : t("workbench.engine.not_isolated");
    case "docker":
      if (no_server !== null) return t("workbench.engine.no_docker", { why: no_server });
      return suited === "docker" || preferred === "docker" ? null : t("workbench.engine.no_server_part");
  }
}

/** WebContainers contact a third party: they run only after the person agreed once. */
export const hasConsent = (): boolean => localStorage.getItem(CONSENT_KEY) === "yes";
export const giveConsent = (): void => localStorage.setItem(CONSENT_KEY, "yes");

/**
 * The engine that the person chose for this project, else the server's setting; the instant engine when that one cannot
 * run.
 */
export function chosenEngine(project: string, engines: Engines): EngineKind {
  const wished = localStorage.getItem(`${CHOICE_KEY}.${project}`) ?? engines.preferred;
  if (wished === "webcontainer" && hasConsent() && unavailable(wished, engines) === null) return wished;
  const server = serverKind(project, engines);
  return server !== null && !engines.front_end ? server : "instant";
}

/** What runs this project's server: alone, or behind the front end that the instant engine shows; null for none. */
export function serverKind(project: string, engines: Engines): "docker" | "pyodide" | null {
  const wished = localStorage.getItem(`${CHOICE_KEY}.${project}`) ?? engines.preferred;
  if (wished === "webcontainer") return null;
  const inBrowser = impossible("pyodide", engines) === null;
  if (inBrowser && (wished === "pyodide" || !needsContainer(engines))) return "pyodide";
  return needsContainer(engines) ? "docker" : null;
}

/** Whether this project has a server in a container. */
export const needsServer = (project: string, engines: Engines): boolean => serverKind(project, engines) === "docker";

/** Whether browsers get compiled files: not when a server answers everything. */
export function hasBuild(engines: Engines | null): boolean {
  return engines === null || (engines.kind !== "docker" && engines.kind !== "pyodide") || engines.front_end;
}

function needsContainer(engines: Engines): boolean {
  return engines.kind === "docker" && impossible("docker", engines) === null;
}

/** The server is set to WebContainers and the person was not asked yet. */
export function consentIsDue(project: string, engines: Engines): boolean {
  const { preferred } = engines;
  const asked = hasConsent() || localStorage.getItem(`${CHOICE_KEY}.${project}`) !== null;
  return preferred === "webcontainer" && !asked && unavailable("webcontainer", engines) === null;
}

export function rememberEngine(project: string, kind: EngineKind): void {
  localStorage.setItem(`${CHOICE_KEY}.${project}`, kind);
}

/** Makes an engine of a kind. WebContainers are a chunk of their own. */
export async function createEngine(kind: EngineKind, options: EngineOptions): Promise<PreviewEngine> {
  if (kind === "docker" || kind === "pyodide") return new ServerEngine({ ...options.server, previewUrl: options.previewUrl, frame: options.frame });
  if (kind !== "webcontainer") return new InstantEngine(options);
  const { WebContainerEngine } = await persistently(() => import("$/runtime/webcontainer/webcontainer-engine.ts"));
  return new WebContainerEngine({ frame: options.frame, apiKey: options.apiKey, refuses: options.refuses });
}
