import type { ReactElement } from "react";
import type { Workbench } from "../../session/context";
import { redo, save, undo } from "../../controls/shortcuts";
import { t, type TextKey } from "../../../client/workbench_texts";

/** A command typed into the chat, such as `/undo`: it is done at once, without a model. */
export interface Command {
  name: string;
  what: TextKey;
  run: (workbench: Workbench) => void;
}

export const COMMANDS: readonly Command[] = [
  { name: "/undo", what: "workbench.command.undo", run: (workbench) => workbench.store.getState().project?.can_undo && undo(workbench) },
  { name: "/redo", what: "workbench.command.redo", run: (workbench) => workbench.store.getState().project?.can_redo && redo(workbench) },
  { name: "/save", what: "workbench.command.save", run: save },
  { name: "/versions", what: "workbench.command.versions", run: ({ setPanel }) => setPanel("versions") },
  { name: "/share", what: "workbench.command.share", run: ({ setPanel }) => setPanel("share") },
  { name: "/logs", what: "workbench.command.logs", run: ({ show }) => show("logs") },
  { name: "/doctor", what: "workbench.command.doctor", run: ({ setPanel }) => setPanel("doctor") },
  { name: "/help", what: "workbench.command.help", run: ({ setPanel }) => setPanel("shortcuts") },
];

/** Those that begin with what is typed; none where it is no command. Enter does the first. */
export function commandsFor(text: string): readonly Command[] {
  const typed = text.trimEnd().toLowerCase();
  return /^\/[a-z]*$/.test(typed) ? COMMANDS.filter(({ name }) => name.startsWith(typed)) : [];
}

export function CommandList({ commands, run }: { commands: readonly Command[]; run: (command: Command) => void }): ReactElement | null {
  if (commands.length === 0) return null;
  return (
    <ul className="wb-commands" aria-label={t("workbench.command.list")}>
      {commands.map((command) => (
        <li key={command.name}>
          <button type="button" onClick={() => run(command)}><span className="wb-mono">{command.name}</span><small>{t(command.what)}</small></button>
        </li>
      ))}
    </ul>
  );
}
