import "./history.css";
import { type ReactElement, useEffect, useMemo, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { Diff, DiffText } from "../controls/diff";
import { activeGeneration } from "../store/state";
import type { FileMap } from "../store/files";
import { when } from "../../client/times";
import { t } from "./texts";
import { t as tw } from "../../client/workbench_texts";
import { changedFiles, pieces, withPieceOf } from "./difference";

const INLINE_KEY = "sayso.diff.inline";
const NOW = "now";

interface Props {
  /** The older side at first; absent: the version before the present one. */
  before?: string | undefined;
  /** The file that is looked at first. */
  path?: string | undefined;
  close: () => void;
}

/** What differs between any two versions, or a version and the files as they are, with a way back for all, a file, or a place. */
export default function CompareDialog({ before: first, path: wanted, close }: Props): ReactElement {
  const { store, attempt, toast } = useWorkbench();
  const state = useProject();
  const versions = useMemo(() => [...state.versions].sort((a, b) => b.number - a.number), [state.versions]);
  const [before, setBefore] = useState(first ?? versions.find((one) => one.id !== state.project?.head)?.id ?? versions[0]?.id ?? NOW);
  const [after, setAfter] = useState(NOW);
  const [chosen, setChosen] = useState<string | null>(wanted ?? null);
  const [inline, setInline] = useState(() => localStorage.getItem(INLINE_KEY) === "yes");
  const [trees, setTrees] = useState<Record<string, FileMap>>({});

  useEffect(() => {
    for (const id of [before, after]) {
      if (id === NOW || trees[id]) continue;
      attempt(async () => {
        const tree = await store.api.versionFiles(id);
        setTrees((all) => ({ ...all, [id]: tree }));
      });
    }
  }, [before, after, trees, store, attempt]);

  const treeOf = (id: string): FileMap | undefined => (id === NOW ? state.files : trees[id]);
  const nameOf = (id: string): string => {
    const version = versions.find((one) => one.id === id);
    return version ? tw("workbench.version", { number: version.number }) : t("history.now");
  };
  const [old, young] = [treeOf(before), treeOf(after)];
  const changes = useMemo(() => (old && young ? changedFiles(old, young) : null), [old, young]);
  const path = changes?.some(([one]) => one === chosen) ? chosen : (changes?.[0]?.[0] ?? null);
  const busy = activeGeneration(state) !== null;
  const version = versions.find((one) => one.id === before);

  const takeFile = (): void => {
    if (path === null || !old) return;
    const [now, then] = [state.files[path], old[path]];
    store.write(then === undefined ? { put: {}, delete: [path] } : { put: { [path]: then }, delete: [] });
    toast({
      text: t("history.file_taken", { path, version: nameOf(before) }),
      action: { label: tw("workbench.code.undo"), run: () => store.write(now === undefined ? { put: {}, delete: [path] } : { put: { [path]: now }, delete: [] }) },
    });
  };
  const takeAll = (): void => attempt(async () => {
    if (!version) return;
    await store.flush();
    await store.api.restore(version.id);
    toast({ text: tw("workbench.versions.restored", { number: version.number }) });
    close();
  });
  const side = (label: string, value: string, set: (id: string) => void): ReactElement => (
    <label className="wb-compare-side">
      {label}
      <select value={value} onChange={(event) => set(event.target.value)}>
        <option value={NOW}>{t("history.now")}</option>
        {versions.map((one) => (
          <option key={one.id} value={one.id}>{`${tw("workbench.version", { number: one.number })} · ${when(one.created_at)}${one.name || one.label ? ` · ${(one.name || one.label).slice(0, 60)}` : ""}`}</option>
        ))}
      </select>
    </label>
  );
  return (
    <Dialog title={t("history.title")} close={close} wide>
      <div className="wb-compare-head">
        {side(t("history.before"), before, setBefore)}
        {side(t("history.after"), after, setAfter)}
        <button
          type="button" className="wb-button wb-small" aria-pressed={inline} onClick={() => {
            localStorage.setItem(INLINE_KEY, inline ? "no" : "yes");
            setInline(!inline);
          }}
        >
          {t("history.inline")}
        </button>
      </div>
      {changes === null && <p className="wb-quiet wb-late">{t("history.reading")}</p>}
      {changes?.length === 0 && <p className="wb-quiet">{t("history.same")}</p>}
      {changes !== null && changes.length > 0 && (
        <div className="wb-compare">
          <ul aria-label={t("history.files", { count: changes.length })}>
            {changes.map(([one, change]) => (
              <li key={one}>
                <button type="button" aria-current={one === path ? "true" : undefined} onClick={() => setChosen(one)}>
                  <span>{one}</span>
                  <small>{t(`history.${change}`)}</small>
                </button>
              </li>
            ))}
          </ul>
          {path !== null && old && young && (
            <FileDifference
              key={path} path={path} before={old[path]} after={young[path]} inline={inline} names={[nameOf(before), nameOf(after)]}
              take={after === NOW && !busy ? (text) => {
                const now = state.files[path];
                store.write({ put: { [path]: text }, delete: [] });
                toast({ text: t("history.place_taken", { path }), action: { label: tw("workbench.code.undo"), run: () => store.write({ put: { [path]: now ?? "" }, delete: [] }) } });
              } : null}
            />
          )}
        </div>
      )}
      <div className="wb-dialog-foot">
        {version && path !== null && <button type="button" className="wb-button" disabled={busy} onClick={takeFile}>{t("history.take_file", { version: nameOf(before) })}</button>}
        {version && version.id !== state.project?.head && <button type="button" className="wb-button" disabled={busy} onClick={takeAll}>{t("history.take_all", { version: nameOf(before) })}</button>}
      </div>
    </Dialog>
  );
}

interface Sides {
  path: string;
  before: string | Uint8Array | undefined;
  after: string | Uint8Array | undefined;
  inline: boolean;
  names: [string, string];
  /** Gives the file this text; null: nothing can be taken back here. */
  take: ((text: string) => void) | null;
}

function FileDifference({ path, before = "", after = "", inline, names, take }: Sides): ReactElement {
  const found = useMemo(() => (typeof before === "string" && typeof after === "string" ? pieces(before, after) : null), [before, after]);
  if (found === null) return <p className="wb-quiet">{t("history.binary")}</p>;
  const [was, is] = [String(before), String(after)];
  return (
    <div className="wb-compare-text">
      {found.map(({ hunk, lines }) => (
        <section key={`${hunk.start} ${hunk.from}`} aria-label={t("history.place", { line: hunk.from + 1 })}>
          <div className="wb-compare-place">
            <span>{t("history.place", { line: hunk.from + 1 })}</span>
            {take && <button type="button" className="wb-link" onClick={() => take(withPieceOf(was, is, hunk))}>{t("history.take_place")}</button>}
          </div>
          {inline ? <DiffText lines={lines} label={path} /> : <Diff lines={lines} label={path} before={names[0]} after={names[1]} />}
        </section>
      ))}
    </div>
  );
}
