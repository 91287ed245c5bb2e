import { createContext, type ReactElement, useCallback, useEffect, useRef, useState } from "react";
import type { Toast } from "../session/context";
import { Icon } from "./icons";
import { t } from "../../client/workbench_texts";

type Shown = Toast & { id: number };

const SHOWN_MS = 6_000;
const MOST = 3;

/** `lend` moves the toasts into the dialog that shows them; the function it returns gives them back. */
interface Toasts {
  toasts: ReactElement | null;
  lend: () => () => void;
}

export const ToastsContext = createContext<Toasts>({ toasts: null, lend: () => () => {} });

/**
 * The last few events, each with at most one action. `lent`: a dialog shows them. Our own code: the lightest library
 * weighs 9 kB, and its toasts lie under modal dialogs (docs/decisions/0018).
 */
export function useToasts(): Toasts & { toast: (toast: Toast) => void; lent: boolean } {
  const [shown, setShown] = useState<Shown[]>([]);
  const next = useRef(0);
  const toast = useCallback((toast: Toast) => {
    const id = ++next.current;
    setShown((all) => [...all.filter((other) => other.text !== toast.text), { ...toast, id }].slice(-MOST));
  }, []);
  const drop = useCallback((id: number) => setShown((all) => all.filter((other) => other.id !== id)), []);
  const [dialogs, setDialogs] = useState(0);
  const lend = useCallback(() => {
    setDialogs((count) => count + 1);
    return () => setDialogs((count) => count - 1);
  }, []);
  return { toast, toasts: <ToastBox shown={shown} drop={drop} />, lend, lent: dialogs > 0 };
}

function ToastBox({ shown, drop }: { shown: Shown[]; drop: (id: number) => void }): ReactElement {
  // In the top layer, and put on top again with each toast, so that nothing covers an error message.
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.hidePopover();
    if (shown.length) box.current?.showPopover();
  }, [shown]);
  return (
    // What is said aloud is listened to before it is there; a popover is not, until it is shown. Empty, it is no status.
    <div role={shown.length > 0 ? "status" : undefined} aria-live="polite">
      <div className="wb-toasts" popover="manual" ref={box}>
        {shown.map((one) => <ToastCard key={one.id} toast={one} drop={drop} />)}
      </div>
    </div>
  );
}

function ToastCard({ toast, drop }: { toast: Shown; drop: (id: number) => void }): ReactElement {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => drop(toast.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, toast.id, drop]);
  return (
    <div
      className={toast.bad ? "wb-toast wb-toast-bad" : "wb-toast"}
      onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}
    >
      <span>{toast.text}</span>
      {toast.action && (
        <button
          type="button" className="wb-link"
          onClick={() => {
            toast.action?.run();
            drop(toast.id);
          }}
        >
          {toast.action.label}
        </button>
      )}
      <button type="button" className="wb-icon-button" aria-label={t("workbench.close")} onClick={() => drop(toast.id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
