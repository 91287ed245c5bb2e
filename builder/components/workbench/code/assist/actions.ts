import type { Body } from "../../../client/types";
import { t } from "../../../client/workbench_texts";
import type { monaco } from "../monaco/monaco";

export type ActionName = Body<"act">["action"];

/** A piece of a file that something is done with: `code` stands at the characters `from` to `to` of `before`. */
export interface CodePiece {
  action: ActionName;
  path: string;
  language: string;
  code: string;
  before: string;
  from: number;
  to: number;
}

export const ACTIONS: readonly ActionName[] = ["explain", "refactor", "fix", "test", "document", "optimize", "custom"];
const MOST_CODE = 60_000;

/** Puts the actions into the editor's menu and its command palette (F1). Without a selection they are about the whole file. */
export function addActions(editor: monaco.editor.IStandaloneCodeEditor, act: (piece: CodePiece) => void): monaco.IDisposable[] {
  return ACTIONS.map((action, at) =>
    editor.addAction({
      id: `sayso.${action}`,
      label: t(`workbench.assist.${action}`),
      contextMenuGroupId: "1_sayso",
      contextMenuOrder: at,
      ...(action === "explain" ? {} : { precondition: "!editorReadonly" }),
      run: () => {
        const model = editor.getModel();
        const chosen = editor.getSelection();
        if (!model || !chosen) return;
        const before = model.getValue();
        const empty = chosen.startLineNumber === chosen.endLineNumber && chosen.startColumn === chosen.endColumn;
        const from = empty ? 0 : model.getOffsetAt({ lineNumber: chosen.startLineNumber, column: chosen.startColumn });
        const to = empty ? before.length : model.getOffsetAt({ lineNumber: chosen.endLineNumber, column: chosen.endColumn });
        const code = before.slice(from, to).slice(0, MOST_CODE);
        if (!code.trim()) return;
        const path = model.uri.path.split("/").slice(2).join("/");
        act({ action, path, language: model.getLanguageId(), code, before, from, to: from + code.length });
      },
    }));
}

/** Where a test of a file stands: beside it, named as the usual tools of its language look for it. */
export function testPath(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  const dot = path.lastIndexOf(".");
  const folder = path.slice(0, slash);
  const name = path.slice(slash, dot > slash ? dot : undefined);
  const ending = dot > slash ? path.slice(dot) : "";
  return ending === ".py" ? `${folder}test_${name}.py` : `${folder}${name}.test${ending}`;
}
