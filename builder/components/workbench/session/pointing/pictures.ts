import type { FileMap } from "$/runtime/index.ts";

/**
 * Where an uploaded picture is kept for the page that the file `path` belongs to, and its address there: in `public/`,
 * which Vite serves, or beside a page that is not built. A picture that is there already keeps its name.
 */
export function placeOfPicture(path: string, name: string, files: FileMap): { path: string; address: string } {
  const root = rootOf(path, files);
  const [, stem = "", ending = ""] = /^(.*?)(\.\w+)?$/.exec(name) ?? [];
  const plain = stem.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "picture";
  const folder = `${root}package.json` in files ? "public/" : "images/";
  let file = `${plain}${ending.toLowerCase()}`;
  for (let n = 2; `${root}${folder}${file}` in files; n++) file = `${plain}-${n}${ending.toLowerCase()}`;
  return { path: `${root}${folder}${file}`, address: folder === "public/" ? `/${file}` : `${folder}${file}` };
}

/** The nearest folder above a file that has a page. */
function rootOf(path: string, files: FileMap): string {
  let folder = path.slice(0, path.lastIndexOf("/") + 1);
  while (folder !== "" && !(`${folder}index.html` in files)) folder = folder.slice(0, folder.lastIndexOf("/", folder.length - 2) + 1);
  return folder;
}
