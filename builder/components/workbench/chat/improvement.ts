import { useState } from "react";
import { ApiError } from "../../client/http";
import { useWorkbench } from "../session/context";
import { t } from "../../client/workbench_texts";

interface Improvement {
  busy: boolean;
  note: string;
  /** Brings back what was typed; null where nothing was improved, or it was edited since. */
  undo: (() => void) | null;
  begin: () => void;
}

/** The typed request as a model would say it, in its place. */
export function useImprovement(
  text: string, setText: (text: string) => void, model: string, setProblem: (problem: ApiError | null) => void,
): Improvement {
  const { store } = useWorkbench();
  const [busy, setBusy] = useState(false);
  const [change, setChange] = useState<{ before: string; after: string } | null>(null);
  const improved = change !== null && change.after === text;
  const improve = async (): Promise<void> => {
    if (busy || !text.trim()) return;
    setBusy(true);
    setProblem(null);
    try {
      const { prompt: after } = await store.api.improve(text, model);
      setChange({ before: text, after });
      setText(after);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const undo = (): void => {
    if (change) setText(change.before);
    setChange(null);
  };
  return {
    busy, note: busy ? t("workbench.improve.busy") : improved ? t("workbench.improve.done") : "",
    undo: improved ? undo : null, begin: () => void improve(),
  };
}
