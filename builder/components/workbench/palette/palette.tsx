import "./palette.css";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { t } from "./texts";
import { usePreview, useProject, useWorkbench } from "../session/context";
import { placeOf } from "../code/language/problem";
import type { Symbol } from "../code/language/found";
import { useCommands } from "./app_commands";
import { best } from "./ranking";

export type PaletteKind = "files" | "symbols" | "commands";

interface Entry {
  name: string;
  note: string;
  language?: string | undefined;
  run: () => void;
}

const SIGNS: Record<PaletteKind, string> = { files: "", symbols: "@", commands: ">" };
const MOST = 60;
const SYMBOLS_AFTER_MS = 100;

/** Goes to a file, to a symbol ("@"), or does what the app can do (">"). */
export default function Palette({ kind: first, close }: { kind: PaletteKind; close: () => void }): ReactElement {
  const { open } = useWorkbench();
  const { files } = useProject();
  usePreview();
  const [typed, setTyped] = useState(SIGNS[first]);
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const kind: PaletteKind = typed.startsWith(">") ? "commands" : typed.startsWith("@") ? "symbols" : "files";
  const wanted = typed.slice(SIGNS[kind].length);
  const symbols = useSymbols(kind === "symbols" ? wanted.trim() : null);
  const commands = useCommands();

  // A layout effect: its cleanup gives the focus back before what was chosen runs.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  useEffect(() => setAt(0), [typed]);

  const entries = useMemo<Entry[]>(() => {
    if (kind === "commands") return best(commands, wanted, (one) => one.label, MOST).map(({ label, keys = "", language, run }) => ({ name: label, note: keys, language, run }));
    if (kind === "symbols") {
      return (symbols ?? []).slice(0, MOST).map(({ name, path, from }) => {
        const text = files[path];
        return { name, note: path, run: () => open({ path, ...placeOf(typeof text === "string" ? text : "", from) }) };
      });
    }
    const [, path = "", line] = /^(.*?)(?::(\d+))?$/.exec(wanted) ?? [];
    return best(Object.keys(files).sort(), path, (one) => one, MOST).map((one) => (
      { name: one.slice(one.lastIndexOf("/") + 1), note: one, run: () => open({ path: one, line: line ? Number(line) : undefined }) }
    ));
  }, [kind, wanted, commands, symbols, files, open]);
  const chosen = Math.min(at, entries.length - 1);
  useEffect(() => {
    void list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const run = (entry: Entry | undefined): void => {
    if (!entry) return;
    close();
    // Once the focus is back where it was: what is done may move it on.
    setTimeout(entry.run, 0);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 10, PageUp: chosen - 10 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Enter") run(entries[chosen]);
    else if (to !== undefined) setAt(Math.abs(to - chosen) === 1 ? (to + entries.length) % Math.max(1, entries.length) : Math.max(0, Math.min(entries.length - 1, to)));
    else return;
    event.preventDefault();
  };
  const nothing = kind === "symbols" && symbols === null ? t("palette.reading") : t("palette.nothing");
  return (
    <dialog
      ref={dialog} className="wb-palette" aria-label={t("palette.title")}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div onKeyDown={press}>
        <input
          value={typed} autoFocus role="combobox" aria-expanded="true" aria-controls={id} aria-autocomplete="list" aria-label={t(`palette.${kind}`)} placeholder={t("palette.hint")}
          aria-activedescendant={entries.length ? `${id}-${chosen}` : undefined} spellCheck={false} autoComplete="off" autoCapitalize="off" onChange={(event) => setTyped(event.target.value)}
        />
        {entries.length === 0 && <p className="wb-quiet" role="status">{nothing}</p>}
        <ul ref={list} id={id} role="listbox" aria-label={t(`palette.${kind}`)}>
          {entries.map((entry, index) => (
            <li key={`${entry.name} ${entry.note} ${index}`} id={`${id}-${index}`} role="option" aria-selected={index === chosen} onMouseMove={() => setAt(index)} onClick={() => run(entry)}>
              <span lang={entry.language}>{entry.name}</span>
              <small>{entry.note}</small>
            </li>
          ))}
        </ul>
        <p className="wb-palette-foot">{t("palette.ways")}</p>
      </div>
    </dialog>
  );
}

/** The symbols that fit; null while they are looked for. */
function useSymbols(query: string | null): readonly Symbol[] | null {
  const { store } = useWorkbench();
  const [found, setFound] = useState<readonly Symbol[] | null>(null);
  useEffect(() => {
    if (query === null) return;
    let current = true;
    const timer = setTimeout(() => void (async () => {
      const { languageOfStore } = await import("../code/language/language");
      const answer = await languageOfStore(store).ask("symbols", { query }).catch(() => []);
      if (current) setFound(answer);
    })(), SYMBOLS_AFTER_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query, store]);
  return found;
}
