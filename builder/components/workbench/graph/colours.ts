import type { Answer } from "../../client/types";
import { t } from "./texts";

type Graph = Answer<"project_graph">;
export type GraphNode = Graph["nodes"][number];

export const COLOURINGS = ["language", "age", "author", "size", "fault"] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** What a colour stands for: at most nine, so that they can be told apart. `at`: which of the style sheet's colours. */
export interface Meaning {
  label: string;
  at: number;
}

const DAY_MS = 86_400_000;
const AGES = [1, 7, 30] as const;
const LINES = [50, 200, 500] as const;
const MOST = 8;

/** What the colour of each node says, for all of them at once: the commonest languages and people have one of their own. */
export function meanings(nodes: readonly GraphNode[], by: Colouring, people: Graph["people"], now = Date.now()): Map<string, Meaning> {
  const said = new Map(nodes.map((node) => [node.id, sayingOf(node, by, people, now)]));
  if (by !== "language" && by !== "author") return said;
  const counted = new Map<string, number>();
  for (const { label } of said.values()) counted.set(label, (counted.get(label) ?? 0) + 1);
  const common = [...counted].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([label]) => label);
  return new Map([...said].map(([id, { label }]) => {
    const at = common.indexOf(label);
    return [id, at < MOST ? { label, at } : { label: t("graph.other"), at: MOST }];
  }));
}

function sayingOf(node: GraphNode, by: Colouring, people: Graph["people"], now: number): Meaning {
  if (by === "language") return { label: node.kind === "table" ? t("graph.table") : node.language || t("graph.other"), at: 0 };
  if (by === "author") return { label: author(node, people) || t("graph.unknown"), at: 0 };
  if (by === "fault") return node.faults > 0 ? { label: t("graph.faulty"), at: 5 } : { label: t("graph.whole"), at: 2 };
  if (by === "size") return step(LINES, node.lines, "graph.lines_below", "graph.lines_more");
  if (!node.changed_at) return { label: t("graph.unknown"), at: MOST };
  return step(AGES, (now - Date.parse(node.changed_at)) / DAY_MS, "graph.days_below", "graph.days_more");
}

function step(steps: readonly number[], value: number, below: "graph.lines_below" | "graph.days_below", more: "graph.lines_more" | "graph.days_more"): Meaning {
  const at = steps.findIndex((one) => value < one);
  if (at >= 0) return { label: t(below, { count: steps[at] ?? 0 }), at: 9 + at };
  return { label: t(more, { count: steps.at(-1) ?? 0 }), at: 9 + steps.length };
}

/** Who changed it last: a model, where one wrote it. "" where nobody knows. */
export function author(node: GraphNode, people: Graph["people"]): string {
  if (node.changed_how === "generation" || node.changed_how === "mend") return t("graph.by_model");
  if (node.changed_how === "typed") return t("graph.by_typing");
  if (node.changed_how === "starter") return t("graph.by_starter");
  if (!node.changed_by) return "";
  return people[node.changed_by] ?? t("graph.by_you");
}
