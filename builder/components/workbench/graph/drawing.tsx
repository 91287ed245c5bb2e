import { type PointerEvent, type ReactElement, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Answer } from "../../client/types";
import { Icon } from "../controls/icons";
import type { GraphNode, Meaning } from "./colours";
import { arranged, BOX } from "./layout";
import { t } from "./texts";

type Edge = Answer<"project_graph">["edges"][number];

interface Props {
  nodes: readonly GraphNode[];
  edges: readonly Edge[];
  colours: ReadonlyMap<string, Meaning>;
  chosen: ReadonlySet<string>;
  choose: (id: string) => void;
  open: (node: GraphNode) => void;
}

/** What is seen: the drawing's scale, and where its corner is in the box, in pixels. */
interface View {
  scale: number;
  x: number;
  y: number;
}

const [SMALLEST, LARGEST] = [0.05, 3];
const MARGIN = 16;
const LETTERS = 22;
const DRAG_PX = 4;

/** The graph as boxes and lines: a drag moves it, the wheel makes it larger, a press opens, a press with Shift or Ctrl picks. The list beside it says and does the same. */
export function Drawing({ nodes, edges, colours, chosen, choose, open }: Props): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ scale: 1, x: MARGIN, y: MARGIN });
  const [pointed, setPointed] = useState<string | null>(null);
  const drag = useRef<{ x: number; y: number; from: View; moved: boolean } | null>(null);
  const layout = useMemo(() => arranged(nodes.map((node) => node.id), edges), [nodes, edges]);
  const beside = useMemo(() => {
    if (pointed === null) return null;
    return new Set([pointed, ...edges.flatMap(({ source, target }) => (source === pointed ? [target] : target === pointed ? [source] : []))]);
  }, [pointed, edges]);

  /** All of it. */
  const fit = (): void => {
    const size = box.current?.getBoundingClientRect();
    if (!size) return;
    const whole = Math.min((size.width - 2 * MARGIN) / layout.width, (size.height - 2 * MARGIN) / layout.height);
    const scale = Math.min(1.2, Math.max(SMALLEST, whole));
    const middle = (room: number, taken: number): number => Math.max(MARGIN, (room - taken * scale) / 2);
    setView({ scale, x: middle(size.width, layout.width), y: middle(size.height, layout.height) });
  };
  useLayoutEffect(fit, [layout]);
  const zoom = (by: number, x?: number, y?: number): void => setView((was) => {
    const size = box.current?.getBoundingClientRect();
    const [atX, atY] = [x ?? (size?.width ?? 0) / 2, y ?? (size?.height ?? 0) / 2];
    const scale = Math.min(LARGEST, Math.max(SMALLEST, was.scale * by));
    const change = scale / was.scale;
    return { scale, x: atX - (atX - was.x) * change, y: atY - (atY - was.y) * change };
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const size = element.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 400), event.clientX - size.left, event.clientY - size.top);
    };
    // React's own listener may not keep the page from scrolling.
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, []);

  const begin = (event: PointerEvent): void => {
    if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, from: view, moved: false };
  };
  const move = (event: PointerEvent): void => {
    const { current } = drag;
    if (!current) return;
    const [x, y] = [event.clientX - current.x, event.clientY - current.y];
    if (!current.moved && Math.hypot(x, y) < DRAG_PX) return;
    if (!current.moved) box.current?.setPointerCapture(event.pointerId);
    current.moved = true;
    setView({ ...current.from, x: current.from.x + x, y: current.from.y + y });
  };
  const end = (): void => { drag.current = null; };

  return (
    <div className="wb-graph-box" ref={box} onPointerDown={begin} onPointerMove={move} onPointerUp={end} onPointerCancel={end}>
      <svg aria-hidden="true" width="100%" height="100%">
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {edges.map((edge) => {
            const [from, to] = [layout.places.get(edge.source), layout.places.get(edge.target)];
            if (!from || !to) return null;
            const seen = pointed === null ? "" : edge.source === pointed || edge.target === pointed ? " wb-graph-near" : " wb-graph-far";
            return <path key={`${edge.source} ${edge.kind} ${edge.target}`} className={`wb-graph-edge wb-graph-${edge.kind}${seen}`} d={line(from, to)} />;
          })}
          {nodes.map((node) => {
            const place = layout.places.get(node.id);
            if (!place) return null;
            return (
              <g
                key={node.id} data-node={node.id} transform={`translate(${place.x} ${place.y})`}
                className={`wb-graph-node${chosen.has(node.id) ? " wb-graph-chosen" : ""}${beside && !beside.has(node.id) ? " wb-graph-far" : ""}`}
                onPointerEnter={() => setPointed(node.id)} onPointerLeave={() => setPointed(null)}
                onClick={(event) => {
                  if (event.shiftKey || event.ctrlKey || event.metaKey) choose(node.id);
                  else open(node);
                }}
              >
                <title>{node.kind === "table" ? t("graph.table_named", { name: node.name }) : node.kind === "symbol" ? `${node.name}, ${node.path}` : node.path}</title>
                <rect width={BOX.width} height={BOX.height} rx={node.kind === "table" ? 0 : 8} />
                <circle cx={13} cy={BOX.height / 2} r={5} className={`wb-graph-c${colours.get(node.id)?.at ?? 8}`} />
                <text x={25} y={BOX.height / 2}>{short(node.name || node.path)}</text>
                {node.faults > 0 && <circle cx={BOX.width - 10} cy={BOX.height / 2} r={3.5} className="wb-graph-fault" />}
              </g>
            );
          })}
        </g>
      </svg>
      <div className="wb-graph-zoom" onPointerDown={(event) => event.stopPropagation()}>
        <button type="button" className="wb-icon-button" aria-label={t("graph.larger")} title={t("graph.larger")} onClick={() => zoom(1.3)}>+</button>
        <button type="button" className="wb-icon-button" aria-label={t("graph.smaller")} title={t("graph.smaller")} onClick={() => zoom(1 / 1.3)}>−</button>
        <button type="button" className="wb-icon-button" aria-label={t("graph.fit")} title={t("graph.fit")} onClick={fit}><Icon name="expand" /></button>
      </div>
    </div>
  );
}

const short = (name: string): string => (name.length > LETTERS ? `${name.slice(0, LETTERS - 9)}…${name.slice(-8)}` : name);

function line(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const ahead = to.x > from.x;
  const [x1, x2] = [ahead ? from.x + BOX.width : from.x, ahead ? to.x : to.x + BOX.width];
  const [y1, y2] = [from.y + BOX.height / 2, to.y + BOX.height / 2];
  // Below one another, the line leaves and comes back on the same side.
  if (from.x === to.x) return `M${x1} ${y1}C${x1 - 40} ${y1} ${x1 - 40} ${y2} ${x1} ${y2}`;
  const bend = Math.max(24, Math.abs(x2 - x1) / 2) * (ahead ? 1 : -1);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
