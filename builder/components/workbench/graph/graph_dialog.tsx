import "./graph.css";
import { type ReactElement, useEffect, useMemo, useState } from "react";
import { json, reasonOf } from "../../client/http";
import type { Answer } from "../../client/types";
import { Dialog } from "../controls/dialog";
import { usePreview, useProject, useWorkbench } from "../session/context";
import { type Colouring, COLOURINGS, type GraphNode, meanings } from "./colours";
import { Drawing } from "./drawing";
import { Lists } from "./lists";
import { t } from "./texts";
import { t as tw } from "../../client/workbench_texts";

type Graph = Answer<"project_graph">;
type Level = Graph["level"];

const LEVELS = ["folder", "file", "symbol"] as const;
const MOST_FILES_AT_FIRST = 150;
const MOST_NAMED = 12;

/** The files of the project and what leads from one to the other: to look at, to open, and to ask about. */
export default function GraphDialog(): ReactElement {
  const { store, open: openFile, setPanel, setWish } = useWorkbench();
  const { files } = useProject();
  const fault = usePreview().fault?.file ?? null;
  const [level, setLevel] = useState<Level>(() => (Object.keys(files).length > MOST_FILES_AT_FIRST ? "folder" : "file"));
  const [focus, setFocus] = useState("");
  const [graph, setGraph] = useState<Graph | null>(null);
  const [problem, setProblem] = useState("");
  const [tries, setTries] = useState(0);
  const [colouring, setColouring] = useState<Colouring>("language");
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());

  useEffect(() => {
    let over = false;
    setProblem("");
    const read = async (): Promise<void> => {
      await store.flush();
      const found = await json<Graph>(`/projects/${store.api.id}/graph?${new URLSearchParams({ level, focus }).toString()}`);
      if (!over) setGraph(found);
    };
    read().catch((reason: unknown) => !over && setProblem(reasonOf(reason)));
    return () => { over = true; };
  }, [store, level, focus, tries]);

  const all = useMemo(
    () => (graph?.nodes ?? []).map((node) => (fault !== null && node.kind === "file" && node.path === fault ? { ...node, faults: node.faults + 1 } : node)),
    [graph, fault],
  );
  const nodes = useMemo(() => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    return all.filter((node) => wanted.every((word) => `${node.path} ${node.name} ${node.language}`.toLowerCase().includes(word)));
  }, [all, words]);
  const edges = useMemo(() => {
    const shown = new Set(nodes.map((node) => node.id));
    return (graph?.edges ?? []).filter(({ source, target }) => shown.has(source) && shown.has(target));
  }, [graph, nodes]);
  const colours = useMemo(() => meanings(nodes, colouring, graph?.people ?? {}), [nodes, colouring, graph]);
  const legend = [...new Map([...colours.values()].map((one) => [one.label, one])).values()].sort((a, b) => a.at - b.at);

  const close = (): void => setPanel(null);
  const choose = (id: string): void => setChosen((was) => {
    const now = new Set(was);
    if (!now.delete(id)) now.add(id);
    return now;
  });
  const show = (path: string, line?: number): void => {
    close();
    openFile({ path, line });
  };
  const open = (node: GraphNode): void => {
    if (node.kind !== "folder") return show(node.path, node.line || undefined);
    setFocus(node.path);
    setLevel("file");
    setChosen(new Set());
  };
  const ask = (): void => {
    const named = all.filter((node) => chosen.has(node.id)).flatMap((node) => (node.kind === "folder" ? inFolder(Object.keys(files), node.path) : [node.path]));
    close();
    setWish({ text: `${[...new Set(named)].slice(0, MOST_NAMED).map((path) => `@${path}`).join(" ")} ` });
  };
  const choice = <Name extends string>(label: string, value: Name, names: readonly Name[], said: (name: Name) => string, set: (name: Name) => void): ReactElement => (
    <label>
      {label}
      <select value={value} onChange={(event) => set(event.currentTarget.value as Name)}>
        {names.map((name) => <option key={name} value={name}>{said(name)}</option>)}
      </select>
    </label>
  );

  return (
    <Dialog title={t("graph.title")} close={close} wide>
      <div className="wb-graph-head">
        {choice(t("graph.level"), level, LEVELS, (name) => t(`graph.level.${name}`), (name) => {
          setLevel(name);
          setChosen(new Set());
        })}
        {choice(t("graph.colour"), colouring, COLOURINGS, (name) => t(`graph.colour.${name}`), setColouring)}
        <input type="search" value={words} onChange={(event) => setWords(event.currentTarget.value)} aria-label={t("graph.search")} placeholder={t("graph.search")} maxLength={200} />
        {focus && <button type="button" className="wb-button wb-small" onClick={() => setFocus("")}>{t("graph.everything", { focus })}</button>}
      </div>
      {problem && (
        <p className="wb-note wb-note-bad" role="alert">
          {problem} <button type="button" className="wb-link" onClick={() => setTries(tries + 1)}>{tw("workbench.try_again")}</button>
        </p>
      )}
      {!graph && !problem && <p className="wb-quiet wb-late" role="status">{t("graph.reading")}</p>}
      {graph && all.length === 0 && <p className="wb-quiet">{t(level === "symbol" ? "graph.no_symbols" : "graph.no_files")}</p>}
      {graph && all.length > 0 && (
        <>
          <div className="wb-graph">
            <Drawing nodes={nodes} edges={edges} colours={colours} chosen={chosen} choose={choose} open={open} />
            <Lists graph={graph} nodes={nodes} edges={edges} colours={colours} chosen={chosen} choose={choose} open={open} show={show} />
          </div>
          <ul className="wb-graph-legend" aria-label={t("graph.legend")}>
            {legend.map(({ label, at }) => (
              <li key={label}><svg aria-hidden="true" width="10" height="10"><circle cx="5" cy="5" r="5" className={`wb-graph-c${at}`} /></svg>{label}</li>
            ))}
          </ul>
          {graph.left_out > 0 && <p className="wb-quiet">{t("graph.left_out", { count: graph.left_out })}</p>}
          <div className="wb-dialog-foot">
            <span className="wb-quiet" role="status">{t(chosen.size === 0 ? "graph.hint" : "graph.chosen", { count: chosen.size })}</span>
            {chosen.size === 1 && level !== "folder" && (
              <button type="button" className="wb-button" onClick={() => setFocus([...chosen][0] ?? "")}>{t("graph.beside")}</button>
            )}
            <button type="button" className="wb-button wb-primary" disabled={chosen.size === 0} onClick={ask}>{t("graph.ask")}</button>
          </div>
        </>
      )}
    </Dialog>
  );
}

const inFolder = (paths: readonly string[], folder: string): string[] =>
  paths.filter((path) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".") === folder).sort();
