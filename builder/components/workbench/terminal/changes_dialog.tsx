import "./changes.css";
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { json } from "../../client/http";
import { number, tenth } from "../../client/numbers";
import { useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { DiffText, type DiffLine } from "../controls/diff";
import { Icon } from "../controls/icons";
import type { Answer, Schemas } from "../../client/types";
import { startApp } from "./start";
import { t } from "../../client/terminal_texts";

type Changed = Schemas["ChangedFile"];

type Found = { is: "looking"; why?: string } | { is: "found"; files: Changed[]; leftOut: number } | { is: "failed"; code: string; message: string };

const weight = (bytes: number): string => bytes < 1_000
  ? t("changes.bytes", { size: bytes }) : t("changes.size", { size: (bytes < 10_240 ? tenth : number)(bytes / 1024) });

/** The files that changed in the running app: the person picks what the project keeps, as one version. */
export default function ChangesDialog(): ReactElement {
  const { store, setPanel, attempt, toast } = useWorkbench();
  const root = `/projects/${encodeURIComponent(store.api.id)}/server/changes`;
  const [found, setFound] = useState<Found>({ is: "looking" });
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const look = useCallback(async (): Promise<void> => {
    setFound({ is: "looking" });
    setOpened(null);
    try {
      await store.flush();
      const { files, left_out } = await json<Answer<"list_changes">>(root);
      setPicked(new Set(files.filter((file) => !file.yours).map((file) => file.path)));
      setFound({ is: "found", files, leftOut: left_out });
    } catch (error) {
      const { message, code = "" } = error as Error & { code?: string };
      setFound({ is: "failed", code, message });
    }
  }, [root, store]);
  useEffect(() => void look(), [look]);

  const files = found.is === "found" ? found.files : [];
  const toggle = (path: string): void => setPicked((all) => {
    const next = new Set(all);
    if (!next.delete(path)) next.add(path);
    return next;
  });
  const keep = (): void => attempt(async () => {
    setBusy(true);
    try {
      const chosen = Object.fromEntries(files.filter((file) => picked.has(file.path)).map((file) => [file.path, file.digest]));
      const { version } = await json<Answer<"take_changes">>(root, { method: "POST", body: { files: chosen } });
      toast({ text: t("changes.kept", { number: version.number }) });
      setPanel(null);
    } finally {
      setBusy(false);
    }
  });
  const mend = async (code: string): Promise<void> => {
    if (code === "not_running") {
      setFound({ is: "looking" });
      try {
        await startApp(store, t("terminal.start.failed"), (why) => setFound({ is: "looking", why }));
      } catch (error) {
        setFound({ is: "failed", code, message: (error as Error).message });
        return;
      }
    }
    await look();
  };
  return (
    <Dialog title={t("changes.title")} close={() => setPanel(null)} wide>
      <p>{t("changes.text")}</p>
      <div className="wb-changes-box" aria-live="polite" aria-busy={found.is === "looking"}>
        {found.is === "looking" && <p className="wb-quiet wb-late">{found.why ?? t("changes.looking")}</p>}
        {found.is === "failed" && <p className="wb-note wb-note-bad">{found.message}</p>}
        {found.is === "found" && files.length === 0 && <p className="wb-quiet">{t("changes.none")}</p>}
        {files.length > 1 && (
          <label className="wb-changes-all">
            <input
              type="checkbox" checked={picked.size === files.length}
              ref={(box) => {
                if (box) box.indeterminate = picked.size > 0 && picked.size < files.length;
              }}
              onChange={({ currentTarget: { checked } }) => setPicked(new Set(checked ? files.map((file) => file.path) : []))}
            />
            {t("changes.all")}
          </label>
        )}
        {files.length > 0 && (
          <ul className="wb-changes">
            {files.map((file) => (
              <li key={file.path}>
                <input type="checkbox" checked={picked.has(file.path)} aria-label={t("changes.pick", { path: file.path })} onChange={() => toggle(file.path)} />
                <button
                  type="button" className="wb-changes-path" aria-expanded={opened === file.path} title={t("changes.show", { path: file.path })}
                  onClick={() => setOpened(opened === file.path ? null : file.path)}
                >
                  <Icon name="right" />
                  <span>{file.path}</span>
                </button>
                <span className={`wb-tag wb-change-${file.change}`}>{t(`changes.${file.change}`)}</span>
                <small>{weight(file.change === "deleted" ? file.before : file.size)}</small>
                {file.yours && <p className="wb-note">{t("changes.yours")}</p>}
                {opened === file.path && <Diff root={root} path={file.path} />}
              </li>
            ))}
          </ul>
        )}
        {found.is === "found" && found.leftOut > 0 && <p className="wb-quiet">{t("changes.left_out", { count: found.leftOut })}</p>}
      </div>
      <div className="wb-dialog-foot">
        {found.is === "failed" ? (
          <button type="button" className="wb-button wb-primary" onClick={() => void mend(found.code)}>
            {t(found.code === "not_running" ? "terminal.start" : "changes.again")}
          </button>
        ) : (
          <>
            <button type="button" className="wb-button" disabled={busy || found.is === "looking"} onClick={() => void look()}>{t("changes.again")}</button>
            <button type="button" className="wb-button wb-primary" disabled={busy || picked.size === 0 || files.length === 0} onClick={keep}>
              {t("changes.keep", { count: picked.size })}
            </button>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** One file, line by line: in the project and in the running app. */
function Diff({ root, path }: { root: string; path: string }): ReactElement {
  const [lines, setLines] = useState<DiffLine[] | string | null>(null);
  useEffect(() => {
    let gone = false;
    json<Answer<"compare_change">>(`${root}/diff?path=${encodeURIComponent(path)}`).then(
      ({ lines: told }) => !gone && setLines(told ?? t("changes.no_diff")),
      (error: unknown) => !gone && setLines((error as Error).message),
    );
    return () => {
      gone = true;
    };
  }, [root, path]);
  if (lines === null) return <p className="wb-diff wb-quiet wb-late">…</p>;
  if (typeof lines === "string") return <p className="wb-diff wb-quiet">{lines}</p>;
  return <DiffText lines={lines} label={t("changes.show", { path })} />;
}
