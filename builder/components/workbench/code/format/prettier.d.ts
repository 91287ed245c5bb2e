// The part of Prettier 3.10.1 that the format worker uses. The package is installed where the page is built; stating the part
// here lets the sources be checked without that build.

declare module "prettier/standalone" {
  export type Plugin = object;
  export interface Options {
    [name: string]: unknown;
    filepath: string;
    plugins: Plugin[];
  }
  export function format(text: string, options: Options): Promise<string>;
}

declare module "prettier/plugins/*";

declare module "emmet" {
  interface Found {
    abbreviation: string;
    start: number;
    end: number;
  }
  type Kind = "markup" | "stylesheet";
  export function extract(line: string, at: number, options: { type: Kind; lookAhead?: boolean; prefix?: string }): Found | undefined;
  export default function expand(abbreviation: string, config: { type: Kind; syntax: string; options: Record<string, unknown> }): string;
}
