import { codePoints, dropCodePoints } from "./files";
import type { GenerationText, TextFrame } from "../../client/types";

/**
 * The text a generation is writing, file by file. It is kept outside the state: it grows thirty times a second, and
 * only the progress line and the editor that shows the file need it.
 */
export class LiveText {
  /** Code points received: the offset to resume at. */
  offset = 0;
  private readonly files = new Map<string, string>();
  private open: string | null = null;

  constructor(readonly generation: string) {}

  /** The text that arrived before this page was opened. */
  static resume(generation: GenerationText): LiveText {
    const live = new LiveText(generation.id);
    live.offset = generation.offset;
    for (const [path, file] of Object.entries(generation.text_files)) {
      live.files.set(path, file.text);
      if (!file.closed) live.open = path;
    }
    return live;
  }

  get writing(): string | null {
    return this.open;
  }

  text(path: string): string | undefined {
    return this.files.get(path);
  }

  /** A file begins. Events that are replayed after a reconnect leave known text alone. */
  begin(path: string, at: number): void {
    if (this.open === path || (this.files.has(path) && at < this.offset)) return;
    this.open = path;
    this.files.set(path, "");
  }

  end(path: string): string | undefined {
    if (this.open === path) this.open = null;
    return this.files.get(path);
  }

  /**
   * The text that the frame adds and its file; null when the text was known already. Throws RangeError when text before
   * it is missing.
   */
  append(frame: TextFrame): { path: string; text: string } | null {
    if (frame.offset > this.offset) throw new RangeError(`text is missing before ${frame.offset}`);
    const text = dropCodePoints(frame.text, this.offset - frame.offset);
    if (!text) return null;
    this.offset += codePoints(text);
    const path = this.open;
    if (path === null) return null;
    this.files.set(path, (this.files.get(path) ?? "") + text);
    return { path, text };
  }
}
