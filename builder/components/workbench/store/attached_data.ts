import type { ProjectApi } from "./api";
import { activeGeneration, type State } from "./state";

/**
 * The data that was attached to the request which is being answered, by path. What cannot be read is left out: the
 * answer's version brings it.
 */
export async function attachedData(api: ProjectApi, state: State): Promise<Record<string, string>> {
  const running = activeGeneration(state);
  const message = state.messages.find(({ generation }) => running !== null && generation === running.id);
  const files: Record<string, string> = {};
  for (const { id, path } of message?.attachments ?? []) {
    const text = path === null ? null : await api.attachedData(id).catch(() => null);
    if (path !== null && text !== null) files[path] = text;
  }
  return files;
}
