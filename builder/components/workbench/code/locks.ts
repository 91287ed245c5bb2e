import { useEffect, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { t } from "../../client/workbench_texts";

interface Locks {
  /** Whether a lock covers it: its own, or that of a folder around it. */
  covers: (path: string, folder: boolean) => boolean;
  /** The menu's entry that locks or unlocks it; none where a folder around it is locked. */
  entries: (path: string, folder: boolean) => { label: string; run: () => void }[];
}

/** What no model may change. The lock is not against the person. */
export function useLocks(): Locks {
  const { store, attempt, toast } = useWorkbench();
  const [found, setFound] = useState<readonly string[]>([]);
  // What is locked in another tab, or by somebody else, comes with the project's events.
  const locks = useProject().locks ?? found;
  useEffect(() => attempt(async () => setFound((await store.api.locks()).locks)), [store, attempt]);
  const own = (path: string, folder: boolean): string => (folder ? `${path}/` : path);
  const around = (path: string): boolean => locks.some((lock) => lock.endsWith("/") && path.startsWith(lock) && path !== lock);
  const set = (path: string, locked: boolean): void => attempt(async () => {
    await store.api.setLock(path, locked);
    if (locked) toast({ text: t("workbench.code.locked_now", { path }) });
  });
  return {
    covers: (path, folder) => locks.includes(own(path, folder)) || around(own(path, folder)),
    entries: (path, folder) => {
      const mine = own(path, folder);
      if (around(mine)) return [];
      const locked = locks.includes(mine);
      return [{ label: t(locked ? "workbench.code.unlock" : "workbench.code.lock"), run: () => set(mine, !locked) }];
    },
  };
}
