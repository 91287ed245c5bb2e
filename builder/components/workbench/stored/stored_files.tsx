import { type ReactElement, useEffect, useState } from "react";
import "./stored.css";
import { ApiError, json } from "../../client/http";
import { number } from "../../client/numbers";
import { bytes } from "../../client/workbench_texts";
import type { Answer } from "../../client/types";
import { useWorkbench } from "../session/context";
import { t, whyNot } from "./texts";

type Files = Answer<"get_stored_files">["files"];

/** A table that is looked into. */
export interface Looked {
  file: string;
  table: string;
}

/** The SQLite files of the app with their tables, each of which can be looked into. `came`: the one a person comes from. */
export function StoredFiles({ open, came }: { open: (looked: Looked) => void; came: Looked | null }): ReactElement | null {
  const { store, preview } = useWorkbench();
  const here = preview.stored;
  const [files, setFiles] = useState<Files>([]);
  const [fault, setFault] = useState("");
  useEffect(() => {
    const read = here?.files() ?? json<Answer<"get_stored_files">>(`/projects/${store.api.id}/database/files`).then((found) => found.files);
    read.then(
      setFiles,
      // Whoever may not look is not asked to do anything about it.
      (reason: unknown) => setFault(reason instanceof ApiError && reason.status === 403 ? "" : whyNot(reason)),
    );
  }, [store, here]);
  if (fault) return <p className="wb-note wb-note-bad" role="alert">{fault}</p>;
  if (files.length === 0) return null;
  return (
    <section className="wb-stored" aria-label={t("stored.title")}>
      <h3>{t("stored.title")}</h3>
      {here && <p className="wb-quiet">{t("stored.here")}</p>}
      {files.map((file) => (
        <div key={file.path}>
          <p className="wb-database-line"><b>{file.path}</b><span>{bytes(file.size)}</span></p>
          {file.problem && <p className="wb-note wb-note-bad">{t(`stored.problem.${file.problem as "busy"}`)}</p>}
          {!file.problem && file.tables.length === 0 && <p className="wb-quiet">{t("stored.no_tables")}</p>}
          <ul>
            {file.tables.map((table) => (
              <li key={table.name}>
                <button
                  type="button" className="wb-button wb-small" onClick={() => open({ file: file.path, table: table.name })}
                  autoFocus={came?.file === file.path && came.table === table.name} aria-label={t("stored.open", { table: table.name, file: file.path })}
                >
                  {table.name}
                </button>
                <small className="wb-quiet">
                  {table.view ? t("stored.view") : table.rows === null ? "" : t("stored.rows", { count: table.rows, rows: number(table.rows) })}
                </small>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
