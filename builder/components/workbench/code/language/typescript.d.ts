// The part of TypeScript 5.4 that the language worker uses. It comes with monaco-editor, which is installed where the page is
// built; stating the part here lets the sources be checked without that build.

declare module "monaco-editor/esm/vs/language/typescript/ts.worker.js" {
  namespace ts {
    type CompilerOptions = Record<string, unknown>;
    interface TextSpan {
      start: number;
      length: number;
    }
    interface SourceFile {
      text: string;
      parseDiagnostics?: Diagnostic[];
    }
    interface MessageChain {
      messageText: string;
      next?: MessageChain[];
    }
    interface Diagnostic {
      start?: number;
      length?: number;
      code: number;
      category: number;
      messageText: string | MessageChain;
    }
    interface FileTextChanges {
      fileName: string;
      textChanges: { span: TextSpan; newText: string }[];
    }
    interface NavigateToItem {
      name: string;
      kind: string;
      containerName: string;
      fileName: string;
      textSpan: TextSpan;
    }
    interface DisplayPart {
      text: string;
    }
    interface LanguageService {
      getSyntacticDiagnostics(fileName: string): Diagnostic[];
      getSemanticDiagnostics(fileName: string): Diagnostic[];
      getEditsForFileRename(from: string, to: string, format: object, preferences: object): FileTextChanges[];
      getNavigateToItems(search: string, most: number): NavigateToItem[];
      getQuickInfoAtPosition(fileName: string, at: number): { textSpan: TextSpan; displayParts?: DisplayPart[]; documentation?: DisplayPart[] } | undefined;
      getDefinitionAtPosition(fileName: string, at: number): { fileName: string; textSpan: TextSpan }[] | undefined;
      getCompletionsAtPosition(fileName: string, at: number, options: object): { entries: { name: string; kind: string; sortText: string; insertText?: string }[] } | undefined;
    }
    interface Host {
      getCompilationSettings(): CompilerOptions;
      getScriptFileNames(): string[];
      getScriptVersion(fileName: string): string;
      getScriptSnapshot(fileName: string): object | undefined;
      getCurrentDirectory(): string;
      getDefaultLibFileName(options: CompilerOptions): string;
      fileExists(path: string): boolean;
      readFile(path: string): string | undefined;
      directoryExists(path: string): boolean;
      getDirectories(path: string): string[];
      useCaseSensitiveFileNames(): boolean;
    }
    const ScriptSnapshot: { fromString(text: string): object };
    function createLanguageService(host: Host): LanguageService;
    function getDefaultLibFileName(options: CompilerOptions): string;
    function convertCompilerOptionsFromJson(options: unknown, base: string): { options: CompilerOptions };
    function parseConfigFileTextToJson(fileName: string, text: string): { config?: unknown };
    function parseJsonText(fileName: string, text: string): SourceFile;
    function flattenDiagnosticMessageText(message: string | MessageChain, newLine: string): string;
  }
  const services: { typescript: typeof ts };
  export { services as ts };
  export type { ts as TypeScript };
  export const libFileMap: Record<string, string>;
}
