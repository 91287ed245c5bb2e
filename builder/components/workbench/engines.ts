import { InstantEngine, type InstantOptions, type PreviewEngine } from "$/runtime/index.ts";
import { t } from "./texts";
import type { Engines } from "./types";

type Preferred = Engines["preferred"];
export type EngineKind = PreviewEngine["kind"];

export const ENGINES: readonly EngineKind[] = ["instant", "webcontainer", "pyodide", "docker"];

const CONSENT_KEY = "sayso.webcontainer.consent";
const CHOICE_KEY = "sayso.engine";

export interface EngineOptions extends InstantOptions {
  apiKey: string;
}

/** Why an engine cannot be chosen here; null when it can. */
export function unavailable(kind: EngineKind, preferred: Preferred): string | null {
  if (preferred !== "auto" && preferred !== kind && kind !== "instant") return t("workbench.engine.fixed");
  switch (kind) {
    case "instant":
      return null;
    case "webcontainer":
      return crossOriginIsolated ? null : t("workbench.engine.not_isolated");
    case "pyodide":
      return t("workbench.engine.no_pyodide");
    case "docker":
      return t("workbench.engine.no_docker");
  }
}

/** WebContainers contact a third party: they run only after the person agreed once. */
export const hasConsent = (): boolean => localStorage.getItem(CONSENT_KEY) === "yes";
export const giveConsent = (): void => localStorage.setItem(CONSENT_KEY, "yes");

/** What the person chose for this project, else what the server is set to; the instant engine where that cannot run. */
export function chosenEngine(project: string, preferred: Preferred): EngineKind {
  const wished = localStorage.getItem(`${CHOICE_KEY}.${project}`) ?? preferred;
  return wished === "webcontainer" && hasConsent() && unavailable(wished, preferred) === null ? wished : "instant";
}

/** The server is set to WebContainers and the person was not asked yet. */
export function consentIsDue(project: string, preferred: Preferred): boolean {
  const asked = hasConsent() || localStorage.getItem(`${CHOICE_KEY}.${project}`) !== null;
  return preferred === "webcontainer" && !asked && unavailable("webcontainer", preferred) === null;
}

export function rememberEngine(project: string, kind: EngineKind): void {
  localStorage.setItem(`${CHOICE_KEY}.${project}`, kind);
}

/** The engine of a kind. WebContainers come as a chunk of their own. */
export async function createEngine(kind: EngineKind, options: EngineOptions): Promise<PreviewEngine> {
  if (kind !== "webcontainer") return new InstantEngine(options);
  const { WebContainerEngine } = await import("$/runtime/webcontainer/webcontainer-engine.ts");
  return new WebContainerEngine({ frame: options.frame, apiKey: options.apiKey });
}
