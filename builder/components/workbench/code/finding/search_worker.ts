import { type Hits, type Query, replaced, search } from "./search";

export type ToSearch =
  | { put: Record<string, string>; delete: string[] }
  | { id: number; query: Query }
  | { id: number; query: Query; replace: string[] };
export type FromSearch = { id: number; hits: Hits } | { id: number; texts: Record<string, string> };

const texts = new Map<string, string>();
const post = (message: FromSearch): void => self.postMessage(message);

self.onmessage = ({ data }: MessageEvent<ToSearch>) => {
  if ("replace" in data) {
    post({ id: data.id, texts: Object.fromEntries(data.replace.map((path) => [path, replaced(texts.get(path) ?? "", data.query)])) });
  } else if ("query" in data) {
    post({ id: data.id, hits: search(texts, data.query) });
  } else {
    for (const path of data.delete) texts.delete(path);
    for (const [path, text] of Object.entries(data.put)) texts.set(path, text);
  }
};
