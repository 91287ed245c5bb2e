import { CheckWatch } from "./check_watch";
import { Log } from "./log";
import { LookWatch } from "./look_watch";
import { PictureWatch } from "./picture_watch";
import { PreviewSession } from "./preview_session";
import { ProjectStore } from "../store/store";
import { WalkWatch } from "./walk_watch";

/** Everything that lives as long as one project is open in this tab. */
export interface Session {
  store: ProjectStore;
  log: Log;
  preview: PreviewSession;
  walks: WalkWatch;
  close(): void;
}

export function openSession(project: string): Session {
  const store = new ProjectStore(project);
  const log = new Log();
  const preview = new PreviewSession(store, log);
  const walks = new WalkWatch(store, preview);
  const checks = new CheckWatch(store, preview, walks, log);
  const looks = new LookWatch(store, walks);
  const pictures = new PictureWatch(store, preview, walks);
  void store.open();
  return {
    store, log, preview, walks,
    close() {
      pictures.close();
      looks.close();
      checks.close();
      walks.close();
      preview.close();
      store.close();
    },
  };
}
