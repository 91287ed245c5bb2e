import { libFileMap, ts as services } from "monaco-editor/esm/vs/language/typescript/ts.worker.js";

/** TypeScript 5.4, as it comes with monaco-editor. */
export const ts = services.typescript;
export { libFileMap };
