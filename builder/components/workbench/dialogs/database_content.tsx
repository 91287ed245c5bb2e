import type { ReactElement } from "react";
import { bytes, number, t } from "../../client/workbench_texts";
import type { DatabaseView } from "../../client/types";

/** The database's state and content: one line, one sentence with the reason, and its tables. */
export function DatabaseContent({ view }: { view: DatabaseView }): ReactElement {
  const { content } = view;
  if (view.why_not && (view.wanted || view.status !== "absent")) return <p className="wb-note">{view.why_not}</p>;
  if (!view.wanted && view.status === "absent") {
    return <p>{t(view.mode === "off" ? "workbench.database.off" : "workbench.database.files")}</p>;
  }
  return (
    <>
      <p className="wb-database-line">
        <b>{t(`workbench.database.${view.status}`)}</b>
        {content && <span>{t("workbench.database.size", { size: bytes(content.size), limit: bytes(view.limit) })}</span>}
        {view.reason && <small className="wb-quiet">{view.reason}</small>}
      </p>
      {view.problem && <p className="wb-note wb-note-bad">{view.problem}</p>}
      {content?.full && <p className="wb-note wb-note-bad">{t("workbench.database.full")}</p>}
      {view.status === "absent" && !view.problem && <p>{t("workbench.database.waiting")}</p>}
      {content && (content.tables.length === 0 ? <p>{t("workbench.database.no_tables")}</p> : <Tables content={content} />)}
    </>
  );
}

function Tables({ content }: { content: NonNullable<DatabaseView["content"]> }): ReactElement {
  const more = content.count - content.tables.length;
  return (
    <div className="wb-database-tables" role="region" aria-label={t("workbench.database.tables")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("workbench.database.table")}</th>
            <th scope="col">{t("workbench.database.rows")}</th>
            <th scope="col">{t("workbench.database.space")}</th>
          </tr>
        </thead>
        <tbody>
          {content.tables.map((table) => (
            <tr key={`${table.schema}.${table.name}`}>
              <th scope="row">{table.schema === "public" ? table.name : `${table.schema}.${table.name}`}</th>
              <td>{table.exact ? number(table.rows) : t("workbench.database.about", { rows: number(table.rows) })}</td>
              <td>{bytes(table.size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className="wb-quiet">{t("workbench.database.more", { count: number(more) })}</p>}
    </div>
  );
}
