import { type ReactElement, useEffect, useState } from "react";
import { useProject } from "../session/context";
import type { Aside } from "../store/asides";
import { number } from "../../client/numbers";
import { t } from "../../client/workbench_texts";
import type { Generation } from "../../client/types";

/** What the model thinks, folded; nothing where it does not say. */
export function Thinking({ id }: { id: string }): ReactElement | null {
  const { asides } = useProject();
  const text = asides[id]?.thinking;
  if (!text) return null;
  return (
    <details className="wb-thinking">
      <summary>{t("workbench.thinking")}</summary>
      <p>{text}</p>
    </details>
  );
}

/** Why the model is asked again, and how soon; `id` is that of an answer, or of a step that is in words. */
export function Wait({ id }: { id: string }): ReactElement | null {
  const { asides } = useProject();
  const wait = asides[id]?.wait ?? null;
  const left = useSecondsLeft(wait);
  if (!wait) return null;
  return <p className="wb-note" role="status">{sentence(wait.reason, wait.provider, left)}</p>;
}

/** Which model took over from which, and why. */
export function Changed({ of }: { of: Pick<Generation, "changed" | "model_label"> }): ReactElement | null {
  if (!of.changed) return null;
  const { instead_of, because } = of.changed;
  const values = { before: instead_of, model: of.model_label };
  switch (because) {
    case "overloaded":
      return <p className="wb-note">{t("workbench.changed.overloaded", values)}</p>;
    case "rate_limited":
      return <p className="wb-note">{t("workbench.changed.limited", values)}</p>;
    case "unreachable":
    case "timed_out":
      return <p className="wb-note">{t("workbench.changed.silent", values)}</p>;
    default:
      return <p className="wb-note">{t("workbench.changed.failed", values)}</p>;
  }
}

function sentence(reason: string, provider: string, left: number): string {
  const values = { provider, seconds: number(left) };
  switch (reason) {
    case "overloaded":
      return t("workbench.waits.overloaded", values);
    case "rate_limited":
      return t("workbench.waits.limited", values);
    case "unreachable":
      return t("workbench.waits.unreachable", values);
    default:
      return t("workbench.waits.failed", values);
  }
}

function useSecondsLeft(wait: Aside["wait"]): number {
  const [now, setNow] = useState(Date.now);
  const [until, setUntil] = useState(0);
  useEffect(() => {
    if (!wait) return;
    setNow(Date.now());
    setUntil(Date.now() + wait.seconds * 1_000);
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [wait]);
  return Math.max(1, Math.ceil((until - now) / 1_000));
}
