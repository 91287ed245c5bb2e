import "./diff.css";
import { type ReactElement, useMemo, useSyncExternalStore } from "react";
import { t } from "../../client/planning_texts";
import type { Schemas } from "../../client/types";

export type DiffLine = Schemas["DiffLine"];
/** A line of either side; null where the other side has one more. */
type Row = readonly [DiffLine | null, DiffLine | null];

const wide = matchMedia("(min-width: 900px)");
const followWidth = (changed: () => void): (() => void) => {
  wide.addEventListener("change", changed);
  return () => wide.removeEventListener("change", changed);
};

/** Two texts, side by side where there is room, else one below the other. */
export function Diff({ lines, label, before, after }: { lines: DiffLine[]; label: string; before: string; after: string }): ReactElement {
  const isWide = useSyncExternalStore(followWidth, () => wide.matches);
  return isWide ? <Sides lines={lines} label={label} before={before} after={after} /> : <DiffText lines={lines} label={label} />;
}

/** Line by line, what goes before what comes. */
export function DiffText({ lines, label }: { lines: DiffLine[]; label: string }): ReactElement {
  return (
    <pre className="wb-diff" tabIndex={0} aria-label={label}>
      {lines.map((line, at) => (
        <span key={at} className={`wb-diff-${line.kind}`}>
          <Said line={line} />
          {line.kind === "gap" ? "⋯" : line.text || " "}
        </span>
      ))}
    </pre>
  );
}

function Sides({ lines, label, before, after }: { lines: DiffLine[]; label: string; before: string; after: string }): ReactElement {
  const rows = useMemo(() => paired(lines), [lines]);
  return (
    <div className="wb-sides" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead><tr><th scope="col">{before}</th><th scope="col">{after}</th></tr></thead>
        <tbody>
          {rows.map(([mine, theirs], at) => (
            <tr key={at}>
              <Cell line={mine} />
              <Cell line={theirs} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ line }: { line: DiffLine | null }): ReactElement {
  if (!line) return <td />;
  return <td className={`wb-diff-${line.kind}`}><Said line={line} />{line.kind === "gap" ? "⋯" : line.text}</td>;
}

/** What the colour says. */
function Said({ line: { kind } }: { line: DiffLine }): ReactElement | null {
  return kind === "add" || kind === "remove" ? <span className="wb-sr">{t(`deciding.line.${kind}`)} </span> : null;
}

/** What goes beside what comes instead. */
export function paired(lines: readonly DiffLine[]): Row[] {
  const rows: Row[] = [];
  let gone: DiffLine[] = [];
  let come: DiffLine[] = [];
  const end = (): void => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) rows.push([gone[at] ?? null, come[at] ?? null]);
    gone = [];
    come = [];
  };
  for (const line of lines) {
    if (line.kind === "remove") gone.push(line);
    else if (line.kind === "add") come.push(line);
    else {
      end();
      rows.push([line, line]);
    }
  }
  end();
  return rows;
}
