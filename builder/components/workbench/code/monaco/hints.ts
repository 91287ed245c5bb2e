import type { Language } from "../language/language";
import { monaco } from "./monaco";

const LANGUAGES = ["typescript", "javascript"];
const TRIGGERS = [".", '"', "'", "/", "@", "<"];

const KINDS: Record<string, keyof typeof monaco.languages.CompletionItemKind> = {
  function: "Function", method: "Method", property: "Property", getter: "Property", setter: "Property", var: "Variable", let: "Variable", const: "Constant",
  class: "Class", interface: "Interface", type: "Interface", enum: "Enum", module: "Module", keyword: "Keyword", "external module name": "Module", parameter: "Variable",
};

/** What the compiler knows, in the editor: completions, types under the pointer, the way to a definition. */
export function giveHints(language: Language, project: string, go: (path: string, line: number, column: number) => void, textOf: (path: string) => string): monaco.IDisposable {
  const pathOf = (model: monaco.editor.ITextModel): string | null => (model.uri.path.startsWith(`/${project}/`) ? model.uri.path.slice(project.length + 2) : null);
  const uriOf = (path: string): monaco.Uri => monaco.Uri.from({ scheme: "sayso", path: `/${project}/${path}` });
  const place = (model: monaco.editor.ITextModel, from: number, to: number): monaco.IRange => {
    const start = model.getPositionAt(from);
    const end = model.getPositionAt(to);
    return { startLineNumber: start.lineNumber, startColumn: start.column, endLineNumber: end.lineNumber, endColumn: end.column };
  };
  const ends = LANGUAGES.flatMap((id) => [
    monaco.languages.registerCompletionItemProvider(id, {
      triggerCharacters: TRIGGERS,
      async provideCompletionItems(model, position) {
        const path = pathOf(model);
        if (path === null) return { suggestions: [] };
        const found = await language.ask("complete", { path, at: model.getOffsetAt(position) }).catch(() => []);
        const word = model.getWordUntilPosition(position);
        const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: word.startColumn, endColumn: word.endColumn };
        return { suggestions: found.map(({ name, kind, insert, sort }) => ({ label: name, insertText: insert, sortText: sort, kind: monaco.languages.CompletionItemKind[KINDS[kind] ?? "Text"], range })) };
      },
    }),
    monaco.languages.registerHoverProvider(id, {
      async provideHover(model, position) {
        const path = pathOf(model);
        const found = path === null ? null : await language.ask("hover", { path, at: model.getOffsetAt(position) }).catch(() => null);
        if (!found) return null;
        return { range: place(model, found.from, found.to), contents: [{ value: `\`\`\`typescript\n${found.code}\n\`\`\`` }, { value: found.text }] };
      },
    }),
    monaco.languages.registerDefinitionProvider(id, {
      async provideDefinition(model, position) {
        const path = pathOf(model);
        const found = path === null ? [] : await language.ask("definition", { path, at: model.getOffsetAt(position) }).catch(() => []);
        return found.map((one) => {
          const lines = textOf(one.path).slice(0, one.from).split("\n");
          const at = { startLineNumber: lines.length, startColumn: (lines.at(-1)?.length ?? 0) + 1 };
          return { uri: uriOf(one.path), range: { ...at, endLineNumber: at.startLineNumber, endColumn: at.startColumn + one.to - one.from } };
        });
      },
    }),
  ]);
  const opener = monaco.editor.registerEditorOpener({
    openCodeEditor(_editor, resource, at) {
      const path = resource.path.slice(project.length + 2);
      const range = at as { startLineNumber?: number; startColumn?: number; lineNumber?: number; column?: number } | undefined;
      go(path, range?.startLineNumber ?? range?.lineNumber ?? 1, range?.startColumn ?? range?.column ?? 1);
      return true;
    },
  });
  return {
    dispose() {
      for (const end of ends) end.dispose();
      opener.dispose();
    },
  };
}
