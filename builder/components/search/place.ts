/** A place in a project as a part of its address: "#file:src/App.tsx:12". The line may be missing. */
export interface Place {
  path: string;
  line?: number | undefined;
}

const FORM = /^#file:(.+?)(?::(\d{1,7}))?$/;

/** The address that opens what was found. */
export function addressOf(hit: { kind: string; project: string; ref: string; line?: number | null }): string {
  const place = hit.kind === "file" ? `#file:${encodeURIComponent(hit.ref).replaceAll("%2F", "/")}${hit.line ? `:${hit.line}` : ""}` : "";
  return `/p/${hit.project}${place}`;
}

/** The place that an address names, null for another one. */
export function placeIn(hash: string): Place | null {
  const found = FORM.exec(hash);
  if (!found?.[1]) return null;
  try {
    return { path: decodeURIComponent(found[1]), line: found[2] ? Number(found[2]) : undefined };
  } catch {
    return null; // half an escape: somebody cut the address
  }
}
