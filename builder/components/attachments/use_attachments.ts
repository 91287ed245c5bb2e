import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, call, json, reasonOf } from "../client/http";
import type { Answer, Attachment } from "../client/types";
import { t } from "./texts";
import { upload } from "./upload";

/** A file that goes with the next request. `progress` from 0 to 1 while it is sent, null afterwards. */
export interface AttachedFile {
  key: string;
  name: string;
  size: number;
  /** The address of its picture; "" for none. */
  picture: string;
  progress: number | null;
  /** Why it cannot be attached, in a sentence. */
  problem: string;
  view: Attachment | null;
}

/** The files of the next request, and what can be done with them. */
export interface Attaching {
  files: readonly AttachedFile[];
  /** Their ids, once all are uploaded. Rejects with `ApiError` when one cannot be attached. */
  ready: () => Promise<string[]>;
  /** About what a model reads of them. */
  characters: number;
  /** What happened last, for those who hear the page. */
  said: string;
  /** `folders`: names of what is none, which is said. */
  add: (files: Iterable<File>, folders?: Iterable<string>) => void;
  remove: (key: string) => void;
  /** Files of an earlier request go with the next one. */
  again: (views: readonly Attachment[]) => void;
  clear: () => void;
}

const PICTURES = /^image\/(png|jpeg|gif|webp)$/;
const MEGABYTE = 1024 * 1024;
let count = 0;
const nextKey = (): string => `${Date.now()}-${count++}`;

/** `path`: where they are uploaded; `kept`: under which name they survive a reload; `pictureOf`: where a picture is. */
export function useAttachments(path: string, kept: string, pictureOf: (id: string) => string): Attaching {
  const [files, setFiles] = useState<readonly AttachedFile[]>([]);
  const [said, setSaid] = useState("");
  const now = useRef(files);
  const running = useRef(new Map<string, { ending: AbortController; over: Promise<void> }>());
  /** Those that went with an earlier request: the server keeps them with it. */
  const sent = useRef(new Set<string>());
  const limits = useRef<Promise<Answer<"attachment_limits">> | null>(null);

  const set = useCallback((next: readonly AttachedFile[]) => {
    now.current = next;
    setFiles(next);
    const views = next.flatMap(({ view }) => view ?? []);
    try {
      if (views.length) sessionStorage.setItem(kept, JSON.stringify(views));
      else sessionStorage.removeItem(kept);
    } catch { /* a private window: nothing to keep */ }
  }, [kept]);
  const change = useCallback((key: string, part: Partial<AttachedFile>) => {
    set(now.current.map((file) => (file.key === key ? { ...file, ...part } : file)));
  }, [set]);

  const shown = (view: Attachment): AttachedFile => ({
    key: view.id, name: view.name, size: view.size, picture: view.picture ? pictureOf(view.id) : "", progress: null, problem: "", view,
  });
  useEffect(() => {
    const views = remembered(kept);
    if (views.length) set(views.map(shown));
    const { current } = running;
    return () => current.forEach(({ ending }) => ending.abort());
  }, []);

  const send = async (file: File, key: string, ending: AbortController): Promise<void> => {
    try {
      limits.current ??= json<Answer<"attachment_limits">>("/attachments/limits");
      const problem = tooMuch(now.current, key, await limits.current);
      if (problem) return change(key, { problem, progress: null });
      const view = await upload(path, file, (progress) => change(key, { progress }), ending.signal);
      if (ending.signal.aborted) return;
      change(key, { view, name: view.name, progress: null });
      setSaid(t("attaching.attached", { name: view.name }));
    } catch (reason) {
      limits.current = null;
      change(key, { problem: reasonOf(reason), progress: null });
    }
  };

  const add = (given: Iterable<File>, folders: Iterable<string> = []): void => {
    for (const name of folders) {
      const problem = t("attaching.folder", { name });
      set([...now.current, { key: nextKey(), name, size: 0, picture: "", progress: null, problem, view: null }]);
    }
    for (const file of given) {
      const key = nextKey();
      const name = file.name || t("attaching.pasted");
      const picture = PICTURES.test(file.type) ? URL.createObjectURL(file) : "";
      set([...now.current, { key, name, size: file.size, picture, progress: 0, problem: "", view: null }]);
      const ending = new AbortController();
      const over = send(file.name ? file : new File([file], name, { type: file.type }), key, ending);
      running.current.set(key, { ending, over });
      void over.then(() => running.current.delete(key));
    }
  };
  const forget = (file: AttachedFile): void => {
    running.current.get(file.key)?.ending.abort();
    if (file.picture.startsWith("blob:")) URL.revokeObjectURL(file.picture);
  };
  const again = (views: readonly Attachment[]): void => {
    const fresh = views.filter(({ id }) => now.current.every(({ view }) => view?.id !== id));
    fresh.forEach(({ id }) => sent.current.add(id));
    set([...now.current, ...fresh.map(shown)]);
  };
  const remove = (key: string): void => {
    const file = now.current.find((one) => one.key === key);
    if (!file) return;
    forget(file);
    set(now.current.filter((one) => one !== file));
    setSaid(t("attaching.removed", { name: file.name }));
    // What cannot be removed now is swept by the server within a day.
    if (file.view && !sent.current.has(key)) void call(`/attachments/${file.view.id}`, { method: "DELETE", keepalive: true }).catch(() => null);
  };
  const ready = async (): Promise<string[]> => {
    await Promise.all([...running.current.values()].map(({ over }) => over));
    if (now.current.some(({ problem }) => problem)) throw new ApiError(0, "not_attached", t("attaching.failed"));
    return now.current.flatMap(({ view }) => view?.id ?? []);
  };
  const clear = (): void => {
    now.current.forEach(forget);
    set([]);
    setSaid("");
  };

  return {
    files, said, ready, add, remove, again, clear,
    characters: files.reduce((sum, { view }) => sum + (view?.characters ?? 0), 0),
  };
}

/** Checked here as well, because it saves the upload. */
function tooMuch(files: readonly AttachedFile[], key: string, limits: Answer<"attachment_limits">): string {
  const at = files.findIndex((file) => file.key === key);
  const file = files[at];
  if (!file) return "";
  const before = files.slice(0, at + 1).filter(({ problem }) => !problem);
  if (file.size > limits.file_bytes) return t("attaching.large", { name: file.name, most: limits.file_bytes / MEGABYTE });
  if (before.length > limits.files) return t("attaching.many", { most: limits.files });
  const total = before.reduce((sum, { size }) => sum + size, 0);
  return total > limits.total_bytes ? t("attaching.total", { most: limits.total_bytes / MEGABYTE }) : "";
}

function remembered(kept: string): Attachment[] {
  try {
    return JSON.parse(sessionStorage.getItem(kept) ?? "[]") as Attachment[];
  } catch {
    return [];
  }
}
