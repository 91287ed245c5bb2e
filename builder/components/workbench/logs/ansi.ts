/** Colours and styles of terminal output, as far as a log shows them (ECMA-48, SGR). */

export interface Piece {
  text: string;
  /** Space-separated class names; "" for the line's own style. */
  look: string;
}

const ESCAPE = "\u001b";
// All control sequences of a terminal: CSI sequences, OSC strings (links, titles), and two-character escapes.
const SEQUENCE = new RegExp(`${ESCAPE}\\[([0-?]*)[ -/]*([@-~])|${ESCAPE}\\][^\\u0007${ESCAPE}]*(?:\\u0007|${ESCAPE}\\\\)?|${ESCAPE}[ -/]*[0-~]|${ESCAPE}`, "g");
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

interface Look {
  colour: string;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

const PLAIN: Look = { colour: "", bold: false, dim: false, italic: false, underline: false };

/** The text without styles. Text that a progress bar overwrote (carriage returns) is left out. */
export function plain(line: string): string {
  return overwritten(line).replace(SEQUENCE, "");
}

/** The text with its styles. */
export function pieces(line: string): Piece[] {
  const text = overwritten(line);
  if (!text.includes(ESCAPE)) return [{ text, look: "" }];
  const found: Piece[] = [];
  let look = PLAIN;
  let from = 0;
  const add = (to: number): void => {
    if (to > from) found.push({ text: text.slice(from, to), look: classes(look) });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    add(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") look = changed(look, match[1] ?? "");
  }
  add(text.length);
  return found;
}

function overwritten(line: string): string {
  const kept = line.replace(/\r+$/, "");
  return kept.slice(kept.lastIndexOf("\r") + 1);
}

function classes({ colour, bold, dim, italic, underline }: Look): string {
  return [
    colour && `wb-ansi-${colour}`, bold && "wb-ansi-bold", dim && "wb-ansi-dim", italic && "wb-ansi-italic", underline && "wb-ansi-underline",
  ].filter(Boolean).join(" ");
}

function changed(before: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map((code) => Number(code || 0));
  let look = before;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) look = PLAIN;
    else if (code === 1) look = { ...look, bold: true };
    else if (code === 2) look = { ...look, dim: true };
    else if (code === 3) look = { ...look, italic: true };
    else if (code === 4) look = { ...look, underline: true };
    else if (code === 22) look = { ...look, bold: false, dim: false };
    else if (code === 23) look = { ...look, italic: false };
    else if (code === 24) look = { ...look, underline: false };
    else if (code === 39) look = { ...look, colour: "" };
    else if (code === 38 || code === 48) {
      // 5;n is one of 256 colours, 2;r;g;b is any colour: the sixteen named colours are shown, all others in the line's
      // own style.
      const named = codes[at + 1] === 5 ? NAMES[(codes[at + 2] ?? 99) % 8] : undefined;
      if (code === 38) look = { ...look, colour: named !== undefined && (codes[at + 2] ?? 99) < 16 ? named : "" };
      at += codes[at + 1] === 5 ? 2 : 4;
    } else {
      const colour = code >= 90 ? NAMES[code - 90] : code >= 30 ? NAMES[code - 30] : undefined;
      if (colour !== undefined) look = { ...look, colour };
    }
  }
  return look;
}
