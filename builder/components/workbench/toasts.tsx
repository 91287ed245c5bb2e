import { type ReactElement, useCallback, useEffect, useRef, useState } from "react";
import type { Toast } from "./context";
import { Icon } from "./icons";
import { t } from "./texts";

type Shown = Toast & { id: number };

const SHOWN_MS = 6_000;
const MOST = 3;

/** The last few things that happened, each with at most one thing to do about it. */
export function useToasts(): { toast: (toast: Toast) => void; toasts: ReactElement } {
  const [shown, setShown] = useState<Shown[]>([]);
  const next = useRef(0);
  const toast = useCallback((toast: Toast) => {
    const id = ++next.current;
    setShown((all) => [...all.filter((other) => other.text !== toast.text), { ...toast, id }].slice(-MOST));
  }, []);
  // In the top layer, and raised anew with each toast, so that an open dialog does not cover what went wrong in it.
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.hidePopover();
    if (shown.length) box.current?.showPopover();
  }, [shown]);
  const drop = useCallback((id: number) => setShown((all) => all.filter((other) => other.id !== id)), []);
  return {
    toast,
    toasts: (
      <div className="wb-toasts" role="status" popover="manual" ref={box}>
        {shown.map((one) => <ToastCard key={one.id} toast={one} drop={drop} />)}
      </div>
    ),
  };
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
