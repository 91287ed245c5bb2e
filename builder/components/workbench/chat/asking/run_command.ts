import { redo, save, undo } from "../../controls/shortcuts";
import type { Workbench } from "../../session/context";
import { download } from "../../sharing/download";
import type { CommandName } from "./commands";

/** What the field itself does. */
export interface OfField {
  setMode: (mode: "build" | "plan" | "discuss") => void;
}

export function runCommand(name: CommandName, workbench: Workbench, field: OfField): void {
  const { store, setPanel, show, attempt } = workbench;
  const { project } = store.getState();
  if (name === "undo") project?.can_undo && undo(workbench);
  else if (name === "redo") project?.can_redo && redo(workbench);
  else if (name === "save") save(workbench);
  else if (name === "logs") show("logs");
  else if (name === "build" || name === "plan" || name === "discuss") field.setMode(name);
  else if (name === "export" || name === "docker" || name === "page") attempt(() => download(workbench, name === "export" ? "zip" : name));
  else setPanel(name === "help" ? "shortcuts" : name);
}
