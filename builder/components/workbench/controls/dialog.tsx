import { type ReactElement, type ReactNode, useContext, useId, useLayoutEffect, useRef } from "react";
import { Icon } from "./icons";
import { t } from "../../client/workbench_texts";
import { ToastsContext } from "./toasts";

interface Props {
  title: string;
  close: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A modal dialog: the browser's own element, which keeps the focus inside, closes on Esc and gives the focus back. */
export function Dialog({ title, close, children, wide = false }: Props): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { toasts, lend } = useContext(ToastsContext);

  // A layout effect: its cleanup runs while the dialog is still in the page, and only there does closing give the focus
  // back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  useLayoutEffect(lend, [lend]);

  return (
    <dialog
      ref={element} className={wide ? "wb-dialog wb-dialog-wide" : "wb-dialog"} aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === element.current) close();
      }}
    >
      <div className="wb-dialog-body">
        <div className="wb-dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" className="wb-icon-button" aria-label={t("workbench.close")} onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
      {/* What lies outside a modal dialog can neither be pressed nor read by a screen reader. */}
      {toasts}
    </dialog>
  );
}
