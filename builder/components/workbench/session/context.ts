import { createContext, useContext, useSyncExternalStore } from "react";
import type { About, ServerView } from "../../client/types";
import { needsServer } from "./engines";
import type { Log } from "./log";
import type { PreviewSession, PreviewState } from "./preview_session";
import type { State } from "../store/state";
import type { ProjectStore } from "../store/store";
import type { WalksOfVersion, WalkWatch } from "./walk_watch";

export type Tab = "preview" | "code" | "logs" | "terminal";
const ALL_TABS: readonly Tab[] = ["preview", "code", "logs", "terminal"];
export type Panel = "versions" | "share" | "consent" | "stored" | "python" | "changes" | "servers" | "run" | "database" | "hosts" | "secrets" | "doctor" | "shortcuts" | "packages" | "budget" | "steps" | "walks" | "scan" | "git" | "graph" | "files" | "symbols" | "commands" | null;

/** A place in a file; a fresh object each time, so that a second request for the same place works too. */
export interface EditorPlace {
  path: string;
  line?: number | undefined;
  column?: number | undefined;
}

/** `about`: the part of the app that the request is about. */
export interface Wish {
  text: string;
  about?: About;
}

export interface Toast {
  text: string;
  action?: { label: string; run: () => void } | undefined;
  bad?: boolean | undefined;
}

export interface Workbench {
  store: ProjectStore;
  preview: PreviewSession;
  walks: WalkWatch;
  log: Log;
  tab: Tab;
  show(tab: Tab): void;
  open(place: EditorPlace): void;
  place: EditorPlace | null;
  panel: Panel;
  setPanel(panel: Panel): void;
  /** Whether the person records a walk, in the place of the preview. */
  recording: boolean;
  setRecording(recording: boolean): void;
  /** What is put into the field for the next request, beside what is there; a fresh object each time. */
  wish: Wish | null;
  setWish(wish: Wish | null): void;
  toast(toast: Toast): void;
  /** Runs an action; its refusal becomes a toast with the plain sentence. */
  attempt(work: () => Promise<unknown>): void;
}

export const WorkbenchContext = createContext<Workbench | null>(null);

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext);
  if (!workbench) throw new Error("outside of the workbench");
  return workbench;
}

export function useProject(): State {
  const { store } = useWorkbench();
  return useSyncExternalStore(store.subscribe, store.getState);
}

/** The project's server; null while none runs for it or nothing is known yet. */
export function useServer(): ServerView | null {
  const { preview } = useWorkbench();
  return useSyncExternalStore(preview.server.subscribe, preview.server.getView);
}

/** What is known of how a version's walks went. */
export function useWalks(version: string | null): WalksOfVersion | null {
  const { walks } = useWorkbench();
  return useSyncExternalStore(walks.subscribe, () => walks.of(version));
}

/** As `useWalks`, and of a version without any walk as well. */
export function useKnownWalks(version: string | null): WalksOfVersion | null {
  const { walks } = useWorkbench();
  return useSyncExternalStore(walks.subscribe, () => (version === null ? null : walks.known(version)));
}

/** The views this project has: a terminal only where a server runs. */
export function useTabs(): readonly Tab[] {
  const { project, engines } = useProject();
  return project && engines && needsServer(project.id, engines) ? ALL_TABS : ALL_TABS.slice(0, -1);
}

export function usePreview(): PreviewState {
  const { preview } = useWorkbench();
  return useSyncExternalStore(preview.subscribe, preview.getState);
}
