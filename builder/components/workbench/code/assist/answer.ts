import { useCallback, useEffect, useState } from "react";
import { words } from "./words";
import { useWorkbench } from "../../session/context";
import type { CodePiece } from "./actions";

interface AssistAnswer {
  text: string;
  whole: boolean;
  /** Why there is no answer; null while there may be one. */
  problem: unknown;
  again: () => void;
}

/** A model's answer about a piece, as it comes. `instruction`: null before there is one. Whoever leaves ends the call. */
export function useAnswer(piece: CodePiece, instruction: string | null): AssistAnswer {
  const { store } = useWorkbench();
  const [text, setText] = useState("");
  const [whole, setWhole] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (instruction === null) return;
    const { action, code, language, path } = piece;
    const leaving = new AbortController();
    setText("");
    setWhole(false);
    setProblem(null);
    const model = localStorage.getItem("sayso.model") ?? "";
    const body = { action, code, language, path, instruction, model, project: store.api.id };
    words("/ai/action", body, (piece) => setText((all) => all + piece), leaving.signal)
      .then(() => setWhole(true), (reason: unknown) => {
        if (!leaving.signal.aborted) setProblem(reason);
      });
    return () => leaving.abort();
  }, [piece, instruction, store, turn]);
  return { text, whole, problem, again: useCallback(() => setTurn((count) => count + 1), []) };
}
