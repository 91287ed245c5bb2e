import type { ReactElement } from "react";
import type { Workbench } from "../../session/context";
import { redo, save, undo } from "../../controls/shortcuts";
import { type CommandName, whatOf } from "./commands";
import { t } from "../../../client/workbench_texts";

export function runCommand(name: CommandName, workbench: Workbench): void {
  const { store, setPanel, show } = workbench;
  const { project } = store.getState();
  if (name === "undo") project?.can_undo && undo(workbench);
  else if (name === "redo") project?.can_redo && redo(workbench);
  else if (name === "save") save(workbench);
  else if (name === "logs") show("logs");
  else setPanel(name === "help" ? "shortcuts" : name);
}

export function CommandList({ commands, run }: { commands: readonly CommandName[]; run: (name: CommandName) => void }): ReactElement | null {
  if (commands.length === 0) return null;
  return (
    <ul className="wb-commands" aria-label={t("workbench.command.list")}>
      {commands.map((name) => (
        <li key={name}>
          <button type="button" onClick={() => run(name)}><span className="wb-mono">/{name}</span><small>{t(whatOf(name))}</small></button>
        </li>
      ))}
    </ul>
  );
}
