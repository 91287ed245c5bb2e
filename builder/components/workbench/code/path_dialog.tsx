import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { Dialog } from "../controls/dialog";
import { pathProblem } from "../store/files";
import { t } from "../../client/workbench_texts";
import { nameOf } from "./files/tree";

interface Props {
  title: string;
  action: string;
  start: string;
  /** Why the path cannot be used in this project, as a sentence; "" when it can. */
  refusal: (path: string) => string;
  done: (path: string) => void;
  close: () => void;
}

/** Asks for a path: that of a new file, or the new path of a file. */
export function PathDialog({ title, action, start, refusal, done, close }: Props): ReactElement {
  const [path, setPath] = useState(start);
  const [tried, setTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const problem = pathProblem(path);
  const message = problem ? t(`workbench.code.path.${problem}`) : refusal(path);

  useEffect(() => {
    const name = nameOf(start);
    const dot = name.lastIndexOf(".");
    field.current?.focus();
    field.current?.setSelectionRange(start.length - name.length, dot > 0 ? start.length - name.length + dot : start.length);
  }, [start]);

  return (
    <Dialog title={title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (message) return;
          close();
          if (path !== start) done(path);
        }}
      >
        <label className="wb-field">
          {t("workbench.code.path")}
          <input
            ref={field} value={path} spellCheck={false} autoCapitalize="off" autoComplete="off" aria-describedby={id}
            aria-invalid={tried && message !== ""} onChange={(event) => setPath(event.target.value)}
          />
        </label>
        <p id={id} className={tried && message ? "wb-hint wb-bad" : "wb-hint"}>{(tried && message) || t("workbench.code.path.hint")}</p>
        <div className="wb-dialog-foot">
          <button type="button" className="wb-button" onClick={close}>{t("workbench.cancel")}</button>
          <button type="submit" className="wb-button wb-primary">{action}</button>
        </div>
      </form>
    </Dialog>
  );
}
