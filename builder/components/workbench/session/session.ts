import { Log } from "./log";
import { PreviewSession } from "./preview_session";
import { ProjectStore } from "../store/store";

/** Everything that lives as long as one project is open in this tab. */
export interface Session {
  store: ProjectStore;
  log: Log;
  preview: PreviewSession;
  close(): void;
}

export function openSession(project: string): Session {
  const store = new ProjectStore(project);
  const log = new Log();
  const preview = new PreviewSession(store, log);
  void store.open();
  return {
    store, log, preview,
    close() {
      preview.close();
      store.close();
    },
  };
}
