import { InstantEngine, type InstantOptions, type PreviewEngine } from "$/runtime/index.ts";
import { t } from "./texts";

export type EngineKind = PreviewEngine["kind"];

export const ENGINES: readonly EngineKind[] = ["instant", "webcontainer", "pyodide", "docker"];

const CONSENT_KEY = "sayso.webcontainer.consent";
const CHOICE_KEY = "sayso.engine";

export interface EngineOptions extends InstantOptions {
  apiKey: string;
}

/** Why an engine cannot be chosen here; null when it can. */
export function unavailable(kind: EngineKind): string | null {
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

export function chosenEngine(project: string): EngineKind {
  const stored = localStorage.getItem(`${CHOICE_KEY}.${project}`);
  return stored === "webcontainer" && hasConsent() && unavailable(stored) === null ? stored : "instant";
}

export function rememberEngine(project: string, kind: EngineKind): void {
  localStorage.setItem(`${CHOICE_KEY}.${project}`, kind);
}

/** The engine of a kind. WebContainers come as a chunk of their own. */
export async function createEngine(kind: EngineKind, options: EngineOptions): Promise<PreviewEngine> {
  if (kind !== "webcontainer") return new InstantEngine(options);
  const { WebContainerEngine } = await import("$/runtime/webcontainer/engine.ts");
  return new WebContainerEngine({ frame: options.frame, apiKey: options.apiKey });
}
