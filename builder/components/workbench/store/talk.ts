import { codePoints, dropCodePoints } from "./files";
import { listeners } from "./listeners";
import type { TextFrame } from "../../client/types";

/** The answer in words that a model gives at this moment. Kept outside the state: it grows thirty times a second. */
export class Talk {
  private step = "";
  private text = "";
  private offset = 0;
  private readonly all = listeners<string>();

  readonly subscribe = (listener: () => void): (() => void) => this.all.add(listener);

  /** What has arrived of a step's answer. */
  readonly of = (step: string): string => (step === this.step ? this.text : "");

  /** A frame that repeats what is known adds nothing. Where text before it is missing, what comes is left out: the whole
   * answer is a message in the end. */
  hear({ generation, offset, text }: TextFrame): void {
    if (generation !== this.step) [this.step, this.text, this.offset] = [generation, "", 0];
    if (offset > this.offset) return;
    const piece = dropCodePoints(text, this.offset - offset);
    if (!piece) return;
    this.offset += codePoints(piece);
    this.text += piece;
    this.all.tell(this.text);
  }
}
