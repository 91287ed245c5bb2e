import type { ReactElement } from "react";
import { COMMANDS, whatOf } from "./commands";
import { Dialog } from "../../controls/dialog";
import { useWorkbench } from "../../session/context";
import { t } from "../../../client/workbench_texts";

const KEYS = ["enter", "up", "mention", "save", "undo", "file", "commands_of_page", "search", "point", "parts", "help"] as const;

/** All keys and commands of the workbench. */
export function ShortcutsDialog(): ReactElement {
  const { setPanel } = useWorkbench();
  return (
    <Dialog title={t("workbench.shortcuts")} close={() => setPanel(null)} wide>
      <h3>{t("workbench.shortcuts.keys")}</h3>
      <ul className="wb-hosts">{KEYS.map((key) => <li key={key}>{t(`workbench.shortcuts.${key}`)}</li>)}</ul>
      <h3>{t("workbench.shortcuts.commands")}</h3>
      <ul className="wb-hosts">
        {COMMANDS.map((name) => <li key={name}><span><span className="wb-mono">/{name}</span><small>{t(whatOf(name))}</small></span></li>)}
      </ul>
    </Dialog>
  );
}
