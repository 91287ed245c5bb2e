import { ApiError, json } from "../../../client/http";
import type { Answer } from "../../../client/types";
import { Remembered } from "./remembered";
import { monaco } from "./monaco";

/** After the last key. */
const WAIT_MS = 150;
const MOST_PREFIX = 8_000;
const MOST_SUFFIX = 4_000;
const ASKED = 1;
/** Nothing is suggested until these change; any other failure is over with the next key. */
const FOR_GOOD = new Set(["offline_model", "no_key", "bad_key", "no_credit", "budget_reached", "spending_paused", "price_unknown", "model_calls_off", "forbidden"]);

/**
 * Ghost text at the cursor, as a model would go on. Tab takes it, Ctrl+→ its next word, Alt+] asks for another, Escape and
 * every other key refuse it; each of them ends a call that is under way.
 */
export function completing(project: string, cannot: (why: string) => void): monaco.IDisposable {
  const remembered = new Remembered();
  let off = false;

  async function ask(body: { prefix: string; suffix: string; language: string; path: string }, signal: AbortSignal): Promise<string> {
    try {
      const found = await json<Answer<"complete">>("/ai/complete", { method: "POST", body: { ...body, project }, signal });
      remembered.keep(body.path, body.prefix, body.suffix, found.suggestion);
      return found.suggestion;
    } catch (error) {
      if (error instanceof ApiError && FOR_GOOD.has(error.code) && !off) {
        off = true;
        cannot(error.message);
      }
      return "";
    }
  }

  return monaco.languages.registerInlineCompletionsProvider("*", {
    async provideInlineCompletions(model, position, { triggerKind }, token) {
      const path = model.uri.path.slice(`/${project}/`.length);
      if (off || !model.uri.path.startsWith(`/${project}/`)) return { items: [] };
      const text = model.getValue();
      const at = model.getOffsetAt(position);
      const prefix = text.slice(Math.max(0, at - MOST_PREFIX), at);
      const suffix = text.slice(at, at + MOST_SUFFIX);
      const known = remembered.find(path, prefix, suffix);
      const all = known ? [known] : [];
      if (known === null || triggerKind === ASKED) {
        const leaving = new AbortController();
        const listening = token.onCancellationRequested(() => leaving.abort());
        if (triggerKind !== ASKED) await new Promise((over) => setTimeout(over, WAIT_MS));
        if (!token.isCancellationRequested && prefix.trim()) {
          all.push(await ask({ prefix, suffix, language: model.getLanguageId(), path }, leaving.signal));
        }
        listening.dispose();
      }
      if (token.isCancellationRequested) return { items: [] };
      const { lineNumber, column } = position;
      const range = { startLineNumber: lineNumber, startColumn: column, endLineNumber: lineNumber, endColumn: column };
      return { items: [...new Set(all)].filter(Boolean).map((insertText) => ({ insertText, range })) };
    },
    freeInlineCompletions() {},
  });
}
