import type { TextKey } from "../../../client/workbench_texts";

/** Commands typed into the chat, such as `/undo`: done at once, without a model. */
export const COMMANDS = [
  "undo", "redo", "save", "plan", "discuss", "build", "walks", "versions", "share", "export", "docker", "page", "git", "database", "packages", "logs",
  "doctor", "help",
] as const;

export type CommandName = (typeof COMMANDS)[number];

/** What a command does, in words. */
export const whatOf = (name: CommandName): TextKey => `workbench.command.${name}`;

/** Those that begin with what is typed; none where it is no command. Enter does the first. */
export function commandsFor(text: string): readonly CommandName[] {
  const typed = text.trimEnd().toLowerCase();
  return /^\/[a-z]*$/.test(typed) ? COMMANDS.filter((name) => name.startsWith(typed.slice(1))) : [];
}
