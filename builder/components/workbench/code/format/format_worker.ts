import { format, type Options, type Plugin } from "prettier/standalone";
import * as babel from "prettier/plugins/babel";
import * as estree from "prettier/plugins/estree";
import * as graphql from "prettier/plugins/graphql";
import * as html from "prettier/plugins/html";
import * as markdown from "prettier/plugins/markdown";
import * as postcss from "prettier/plugins/postcss";
import * as typescript from "prettier/plugins/typescript";
import * as yaml from "prettier/plugins/yaml";

export interface ToFormat {
  id: number;
  path: string;
  text: string;
  /** What the project's own configuration says. */
  options: Record<string, unknown>;
}

export type FromFormat = { id: number; text: string } | { id: number; why: string };

const PLUGINS = [babel, estree, graphql, html, markdown, postcss, typescript, yaml] as Plugin[];

self.onmessage = ({ data: { id, path, text, options } }: MessageEvent<ToFormat>) => {
  const chosen: Options = { ...options, filepath: path, plugins: PLUGINS };
  format(text, chosen).then(
    (made) => self.postMessage({ id, text: made } satisfies FromFormat),
    (error: unknown) => self.postMessage({ id, why: error instanceof Error ? error.message : String(error) } satisfies FromFormat),
  );
};
