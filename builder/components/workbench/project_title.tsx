import { createContext, type ReactElement, useContext, useEffect, useRef, useState } from "react";
import { useProject, useWorkbench } from "./session/context";
import { Icon } from "./controls/icons";
import { Menu } from "./controls/menu";
import { download } from "./sharing/download";
import { t } from "../client/workbench_texts";

/** Whether there is anything to sign out of. */
export const SignsOut = createContext(false);

/** The project's name with its menu: rename in place, duplicate, download, delete with undo. */
export function ProjectTitle(): ReactElement {
  const workbench = useWorkbench();
  const { store, attempt, setPanel } = workbench;
  const { project, engines } = useProject();
  const signsOut = useContext(SignsOut);
  const [renaming, setRenaming] = useState(false);
  const title = project?.title ?? "";
  const renamed = useRef(false);
  // The field that had the focus disappears: the focus goes back to the menu from which the renaming began.
  useEffect(() => {
    if (renaming || !renamed.current) return;
    renamed.current = false;
    if (document.activeElement === document.body) document.querySelector<HTMLElement>(".wb-bar .wb-title")?.focus();
  }, [renaming]);

  const stop = (): void => {
    renamed.current = true;
    setRenaming(false);
  };
  const rename = (next: string): void => {
    stop();
    const trimmed = next.trim();
    if (trimmed && trimmed !== title) attempt(() => store.api.rename(trimmed));
  };
  const remove = async (): Promise<void> => {
    await store.flush();
    await store.api.remove();
    store.gone(true);
  };
  const duplicate = async (): Promise<void> => {
    await store.flush();
    const copy = await store.api.duplicate();
    location.assign(`/p/${copy.project.id}`);
  };
  const leave = async (): Promise<void> => {
    await store.flush();
    await fetch("/sign-out", { method: "POST" });
    location.assign("/sign-in");
  };

  if (renaming) {
    return (
      <input
        className="wb-title-input" aria-label={t("workbench.project.name")} defaultValue={title} maxLength={200} autoFocus
        onFocus={(event) => event.currentTarget.select()} onBlur={(event) => rename(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "Escape") return;
          // Otherwise the same key press would also press the button that gets the focus.
          event.preventDefault();
          if (event.key === "Enter") rename(event.currentTarget.value);
          else stop();
        }}
      />
    );
  }
  return (
    <>
      <h1 className="wb-sr">{title}</h1>
      <Menu
        label={t("workbench.project.menu", { title })} className="wb-title"
        items={[
          { label: t("workbench.project.rename"), run: () => setRenaming(true) },
          { label: t("workbench.project.duplicate"), run: () => attempt(duplicate) },
          { label: t("workbench.project.download"), run: () => attempt(() => download(workbench, "zip")) },
          // A server has no place in one.
          ...(engines?.kind === "instant" && engines.complete ? [{ label: t("workbench.project.page"), run: () => attempt(() => download(workbench, "page")) }] : []),
          { label: t("workbench.project.git"), run: () => setPanel("git") },
          { label: t("workbench.project.graph"), run: () => setPanel("graph") },
          // Without a server there is no start to configure.
          ...(engines?.no_server === null ? [{ label: t("workbench.project.run"), run: () => setPanel("run") }] : []),
          { label: t("workbench.project.database"), run: () => setPanel("database") },
          { label: t("workbench.project.hosts"), run: () => setPanel("hosts") },
          { label: t("workbench.project.secrets"), run: () => setPanel("secrets") },
          { label: t("workbench.project.packages"), run: () => setPanel("packages") },
          { label: t("workbench.project.steps"), run: () => setPanel("steps") },
          { label: t("workbench.budget"), run: () => setPanel("budget") },
          ...(signsOut ? [{ label: t("workbench.sign_out"), run: () => attempt(leave) }] : []),
          {
            label: t("workbench.project.delete"), bad: true,
            run: () => attempt(remove),
          },
        ]}
      >
        <span>{title || " "}</span>
        <Icon name="down" />
      </Menu>
    </>
  );
}
