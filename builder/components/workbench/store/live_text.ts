import { codePoints, dropCodePoints } from "./files";
import type { GenerationText, TextFrame } from "../../client/types";

/**
 * The text a generation is writing, file by file. Kept outside the state: it grows thirty times a second,
 * and only the editor that shows the file and the progress line care.
 */
export class LiveText {
  /** Code points received: the offset to resume at. */
  offset = 0;
  private readonly files = new Map<string, string>();
  private open: string | null = null;

  constructor(readonly generation: string) {}

  /** What arrived before this page was opened. */
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

  /** A file begins. Replayed events (a resume) leave what is known of it alone. */
  begin(path: string, at: number): void {
    if (this.open === path || (this.files.has(path) && at < this.offset)) return;
    this.open = path;
    this.files.set(path, "");
  }

  end(path: string): string | undefined {
    if (this.open === path) this.open = null;
    return this.files.get(path);
  }

  /** What the frame adds and to which file; null when it was known. Throws RangeError when text is missing before it. */
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
