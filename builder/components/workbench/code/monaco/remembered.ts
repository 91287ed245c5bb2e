/** Suggestions that were made within the last minute, by what stood around the cursor. */

const KEPT_MS = 60_000;
const MOST = 50;

interface Kept {
  path: string;
  prefix: string;
  suffix: string;
  text: string;
  until: number;
}

export class Remembered {
  private kept: Kept[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  keep(path: string, prefix: string, suffix: string, text: string): void {
    this.kept = [...this.kept, { path, prefix, suffix, text, until: this.now() + KEPT_MS }].slice(-MOST);
  }

  /**
   * What is left of a suggestion: all of it at the place it was made for, and less where somebody has typed its beginning
   * since. "" where nothing was to be suggested there; null where nobody was asked.
   */
  find(path: string, prefix: string, suffix: string): string | null {
    const now = this.now();
    this.kept = this.kept.filter((one) => one.until > now);
    for (const one of this.kept.toReversed()) {
      if (one.path !== path || one.suffix !== suffix || !prefix.startsWith(one.prefix)) continue;
      const typed = prefix.slice(one.prefix.length);
      if (typed === "" || (one.text.length > typed.length && one.text.startsWith(typed))) return one.text.slice(typed.length);
    }
    return null;
  }
}
