import { useCallback, useEffect, useState } from "react";
import { useWorkbench } from "../session/context";
import type { Scan } from "../../client/types";

const LOOK_MS = 1_000;

export interface ScanWatch {
  /** Null until it is known. */
  scan: Scan | null;
  problem: string;
  /** What is done becomes what is shown; a refusal becomes `problem`. */
  run(work: () => Promise<Scan>): Promise<void>;
}

/** What was found in the project as it is at this moment; while its server is asked, how far that is. */
export function useScan(): ScanWatch {
  const { store } = useWorkbench();
  const [scan, setScan] = useState<Scan | null>(null);
  const [problem, setProblem] = useState("");
  const run = useCallback(async (work: () => Promise<Scan>): Promise<void> => {
    setProblem("");
    try {
      setScan(await work());
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }, []);
  useEffect(() => {
    void run(async () => {
      await store.flush();
      return store.api.scan();
    });
  }, [run, store]);
  const running = scan?.probe.state === "running";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => void run(() => store.api.scan()), LOOK_MS);
    return () => clearInterval(timer);
  }, [running, run, store]);
  return { scan, problem, run };
}
