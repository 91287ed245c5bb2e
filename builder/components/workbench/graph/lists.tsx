import { type ReactElement, useMemo } from "react";
import { number } from "../../client/numbers";
import { when } from "../../client/times";
import { bytes } from "../../client/workbench_texts";
import type { Answer } from "../../client/types";
import { author, type GraphNode, type Meaning } from "./colours";
import { t } from "./texts";

type Graph = Answer<"project_graph">;

interface Props {
  graph: Graph;
  nodes: readonly GraphNode[];
  edges: Graph["edges"];
  colours: ReadonlyMap<string, Meaning>;
  chosen: ReadonlySet<string>;
  choose: (id: string) => void;
  open: (node: GraphNode) => void;
  show: (path: string) => void;
}

const MOST_LISTED = 200;

/** The drawing in words: circles and unused files, then what each is, what it needs and what needs it. */
export function Lists({ graph, nodes, edges, colours, chosen, choose, open, show }: Props): ReactElement {
  const joined = useMemo(() => {
    const found = new Map<string, { needs: number; needed: number }>();
    const of = (id: string) => found.get(id) ?? found.set(id, { needs: 0, needed: 0 }).get(id);
    for (const { source, target } of edges) {
      const [from, to] = [of(source), of(target)];
      if (from) from.needs++;
      if (to) to.needed++;
    }
    return found;
  }, [edges]);
  const facts = (node: GraphNode): string => {
    const { needs = 0, needed = 0 } = joined.get(node.id) ?? {};
    const by = author(node, graph.people);
    return [
      node.kind === "folder" ? t("graph.files", { count: node.files }) : "",
      node.kind === "table" ? t("graph.table") : "",
      node.lines > 0 ? t("graph.lines", { count: node.lines, lines: number(node.lines) }) : node.size > 0 ? bytes(node.size) : "",
      needs > 0 ? t("graph.needs", { count: needs }) : "",
      needed > 0 ? t("graph.needed", { count: needed }) : "",
      node.changed_at ? `${when(node.changed_at)}${by ? `, ${by}` : ""}` : "",
      node.faults > 0 ? t("graph.faults", { count: node.faults }) : "",
    ].filter(Boolean).join(" · ");
  };
  return (
    <div className="wb-graph-lists" role="region" aria-label={t("graph.list")} tabIndex={0}>
      {graph.cycles.length > 0 && (
        <section aria-label={t("graph.cycles", { count: graph.cycles.length })}>
          <h3>{t("graph.cycles", { count: graph.cycles.length })}</h3>
          <ul>{graph.cycles.map((cycle) => <li key={cycle.join(" ")}><button type="button" onClick={() => show(cycle[0] ?? "")}>{[...cycle, cycle[0] ?? ""].join(" → ")}</button></li>)}</ul>
        </section>
      )}
      {graph.unused.length > 0 && (
        <section aria-label={t("graph.unused", { count: graph.unused.length })}>
          <h3>{t("graph.unused", { count: graph.unused.length })}</h3>
          <ul>{graph.unused.map((path) => <li key={path}><button type="button" onClick={() => show(path)}>{path}</button></li>)}</ul>
        </section>
      )}
      {nodes.length === 0 && <p className="wb-quiet">{t("graph.none_match")}</p>}
      <ul aria-label={t("graph.list")}>
        {nodes.slice(0, MOST_LISTED).map((node) => (
          <li key={node.id}>
            <input type="checkbox" checked={chosen.has(node.id)} onChange={() => choose(node.id)} aria-label={t("graph.choose", { name: node.kind === "symbol" ? node.name : node.path })} />
            <button type="button" onClick={() => open(node)}>
              <span>
                <svg aria-hidden="true" width="8" height="8"><circle cx="4" cy="4" r="4" className={`wb-graph-c${colours.get(node.id)?.at ?? 8}`} /></svg>
                {node.kind === "symbol" || node.kind === "table" ? node.name : node.path}
              </span>
              <small>{facts(node)}</small>
            </button>
          </li>
        ))}
      </ul>
      {nodes.length > MOST_LISTED && <p className="wb-quiet">{t("graph.more", { count: nodes.length - MOST_LISTED })}</p>}
    </div>
  );
}
