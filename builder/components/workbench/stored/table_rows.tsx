import { type ReactElement, useEffect, useRef, useState } from "react";
import { json } from "../../client/http";
import { number } from "../../client/numbers";
import { bytes } from "../../client/workbench_texts";
import type { Answer } from "../../client/types";
import { Icon } from "../controls/icons";
import { useWorkbench } from "../session/context";
import type { Looked } from "./stored_files";
import { t, whyNot } from "./texts";

type Page = Answer<"get_stored_rows">;
type Cell = Page["rows"][number][number];

const ROWS = 50;
const TYPING_MS = 300;

interface Asked {
  sort: string;
  descending: boolean;
  filter: string;
  offset: number;
}

/** One table, a page at a time: sorted by a press on a column's name, filtered by words. Nothing is written. */
export function TableRows({ looked, back }: { looked: Looked; back: () => void }): ReactElement {
  const { store, preview } = useWorkbench();
  const here = preview.stored;
  const [asked, setAsked] = useState<Asked>({ sort: "", descending: false, filter: "", offset: 0 });
  const [typed, setTyped] = useState("");
  const [page, setPage] = useState<Page | null>(null);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(true);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => setAsked((was) => was.filter === typed ? was : { ...was, filter: typed, offset: 0 }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    let over = false;
    const query = new URLSearchParams({
      ...looked, sort: asked.sort, descending: String(asked.descending), filter: asked.filter, offset: String(asked.offset), limit: String(ROWS),
    });
    setBusy(true);
    const read: Promise<Page> = here?.rows({ ...looked, ...asked, limit: ROWS })
      ?? json<Page>(`/projects/${store.api.id}/database/files/rows?${query.toString()}`);
    read
      .then((found) => {
        if (over) return;
        setPage(found);
        setFault("");
      }, (reason: unknown) => !over && setFault(whyNot(reason)))
      .finally(() => !over && setBusy(false));
    return () => { over = true; };
  }, [store, here, looked, asked]);

  const sort = (column: string): void => setAsked((was) => ({
    ...was, offset: 0, sort: column, descending: was.sort === column && !was.descending,
  }));
  const turn = (by: number): void => setAsked((was) => ({ ...was, offset: Math.max(0, was.offset + by) }));
  const last = page !== null && (page.count === null ? page.rows.length < ROWS : asked.offset + page.rows.length >= page.count);
  return (
    <section className="wb-stored" aria-busy={busy}>
      <div className="wb-stored-head">
        <button type="button" className="wb-button wb-small" onClick={back}>{t("stored.back")}</button>
        <h3 tabIndex={-1} ref={heading}>{looked.table} <small className="wb-quiet">{looked.file}</small></h3>
        <input
          type="search" value={typed} onChange={(event) => setTyped(event.currentTarget.value)}
          aria-label={t("stored.filter")} placeholder={t("stored.filter")} maxLength={200}
        />
      </div>
      {fault && <p className="wb-note wb-note-bad" role="alert">{fault}</p>}
      {page && (
        <div className="wb-database-tables wb-stored-table" role="region" aria-label={looked.table} tabIndex={0}>
          <table>
            <thead>
              <tr>{page.columns.map((column) => <Column key={column} name={column} asked={asked} sort={sort} />)}</tr>
            </thead>
            <tbody>
              {page.rows.map((row, at) => (
                <tr key={asked.offset + at}>{row.map((cell, column) => <Value key={column} cell={cell} />)}</tr>
              ))}
            </tbody>
          </table>
          {page.rows.length === 0 && <p>{t(asked.filter ? "stored.none_match" : "stored.empty")}</p>}
        </div>
      )}
      <div className="wb-stored-foot">
        <p role="status">{page ? said(page, asked.offset) : t("stored.loading")}</p>
        <button type="button" className="wb-button wb-small" aria-disabled={busy || asked.offset === 0} onClick={() => !busy && asked.offset > 0 && turn(-ROWS)}>
          {t("stored.earlier")}
        </button>
        <button type="button" className="wb-button wb-small" aria-disabled={busy || last} onClick={() => !busy && !last && turn(ROWS)}>
          {t("stored.further")}
        </button>
      </div>
    </section>
  );
}

function Column({ name, asked, sort }: { name: string; asked: Asked; sort: (column: string) => void }): ReactElement {
  const by = asked.sort === name;
  return (
    <th scope="col" aria-sort={by ? (asked.descending ? "descending" : "ascending") : "none"}>
      <button type="button" onClick={() => sort(name)}>
        {name}
        {by && <Icon name={asked.descending ? "down" : "up"} />}
      </button>
    </th>
  );
}

function Value({ cell }: { cell: Cell }): ReactElement {
  if (cell === null) return <td className="wb-quiet">{t("stored.nothing")}</td>;
  if (typeof cell === "object") return <td className="wb-quiet">{t("stored.bytes", { size: bytes(cell.bytes ?? 0) })}</td>;
  return <td className={typeof cell === "number" ? "wb-stored-number" : undefined}>{String(cell)}</td>;
}

function said(page: Page, offset: number): string {
  if (page.rows.length === 0) return "";
  const shown = { from: number(offset + 1), to: number(offset + page.rows.length) };
  return page.count === null ? t("stored.shown", shown) : t("stored.shown_of", { ...shown, all: number(page.count) });
}
