import type { ProjectEvent } from "../../client/types";

/** What happens beside an answer while it is written. */
export interface Aside {
  /** What the model has thought in its last call, as far as it was kept. */
  thinking: string;
  /** The call, from 1, that `thinking` is of. */
  call: number;
  /** The provider did not take the request; a fresh object each time. */
  wait: { reason: string; provider: string; seconds: number } | null;
}

export type Asides = Readonly<Record<string, Aside>>;

const NOTHING: Aside = { thinking: "", call: 0, wait: null };

/** The asides after an event; the same object where it says nothing of them. */
export function aside(asides: Asides, event: ProjectEvent): Asides {
  switch (event.kind) {
    case "generation_started":
      return { ...asides, [event.data.generation.id]: NOTHING };
    case "thought_added": {
      const { generation, call, text } = event.data;
      const { thinking, call: before } = asides[generation] ?? NOTHING;
      return { ...asides, [generation]: { thinking: call === before ? thinking + text : text, call, wait: null } };
    }
    case "model_waits": {
      const { generation, reason, provider, seconds } = event.data;
      return { ...asides, [generation]: { ...(asides[generation] ?? NOTHING), wait: { reason, provider, seconds } } };
    }
    case "model_changed":
    case "field_set":
    case "file_opened":
    case "generation_continued":
      return over(asides, event.data.generation);
    case "turn_changed":
      // A step in words is told of when it begins to come after a wait, and when it ends.
      return event.data.turn.steps.reduce((known, { id }) => over(known, id), asides);
    case "generation_finished":
      return over(asides, event.data.generation.id);
    default:
      return asides;
  }
}

/** What was thought before this page was opened. */
export function recalled(asides: Asides, generation: string, calls: number, thinking: string): Asides {
  return thinking ? { ...asides, [generation]: { thinking, call: calls, wait: null } } : asides;
}

function over(asides: Asides, generation: string): Asides {
  const known = asides[generation];
  return known?.wait ? { ...asides, [generation]: { ...known, wait: null } } : asides;
}
