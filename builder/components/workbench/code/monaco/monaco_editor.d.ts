// The part of monaco-editor 0.52.2 that the code pane uses. The package is installed where the page is built;
// stating the part here lets the sources be checked without that build.

declare module "monaco-editor/esm/vs/editor/editor.api.js" {
  export interface IDisposable {
    dispose(): void;
  }
  export interface IPosition {
    lineNumber: number;
    column: number;
  }
  export interface IRange {
    startLineNumber: number;
    startColumn: number;
    endLineNumber: number;
    endColumn: number;
  }
  export class Uri {
    readonly scheme: string;
    readonly path: string;
    static from(parts: { scheme: string; path: string }): Uri;
  }
  export interface CancellationToken {
    readonly isCancellationRequested: boolean;
    onCancellationRequested(listener: () => void): IDisposable;
  }
  export namespace editor {
    interface ITextModel extends IDisposable {
      getValue(): string;
      setValue(text: string): void;
      getLineCount(): number;
      getLineMaxColumn(line: number): number;
      getFullModelRange(): IRange;
      getWordUntilPosition(position: IPosition): { word: string; startColumn: number; endColumn: number };
      readonly uri: Uri;
      getLanguageId(): string;
      getLineContent(line: number): string;
      getOffsetAt(position: IPosition): number;
      getValueInRange(range: IRange): string;
      getPositionAt(offset: number): IPosition;
      applyEdits(edits: { range: IRange; text: string }[]): void;
      pushStackElement(): void;
      pushEditOperations(before: null, edits: { range: IRange; text: string }[], after: () => null): void;
      onDidChangeContent(listener: () => void): IDisposable;
      isDisposed(): boolean;
    }
    interface Marker extends IRange {
      severity: number;
      message: string;
      source?: string;
    }
    function setModelMarkers(model: ITextModel, owner: string, markers: Marker[]): void;
    function getModelMarkers(of: { owner?: string }): (Marker & { resource: Uri })[];
    function onDidChangeMarkers(listener: () => void): IDisposable;
    function getModel(uri: Uri): ITextModel | null;
    function registerEditorOpener(opener: { openCodeEditor(editor: unknown, resource: Uri, at?: IRange | IPosition): boolean }): IDisposable;
    type ViewState = object;
    interface IStandaloneCodeEditor extends IDisposable {
      setModel(model: ITextModel | null): void;
      getModel(): ITextModel | null;
      saveViewState(): ViewState | null;
      restoreViewState(state: ViewState): void;
      updateOptions(options: Record<string, unknown>): void;
      setPosition(position: IPosition): void;
      getPosition(): IPosition | null;
      getSelection(): IRange | null;
      getSupportedActions(): { id: string; label: string; isSupported(): boolean }[];
      addAction(action: {
        id: string;
        label: string;
        contextMenuGroupId?: string;
        contextMenuOrder?: number;
        precondition?: string;
        run: () => void;
      }): IDisposable;
      revealLineInCenter(line: number): void;
      getScrollHeight(): number;
      getScrollTop(): number;
      setScrollTop(top: number): void;
      getLayoutInfo(): { height: number };
      onDidChangeCursorPosition(listener: (event: { position: IPosition }) => void): IDisposable;
      onDidFocusEditorText(listener: () => void): IDisposable;
      onDidBlurEditorText(listener: () => void): IDisposable;
      hasTextFocus(): boolean;
      onDidScrollChange(listener: (event: { scrollTopChanged: boolean; scrollHeightChanged: boolean }) => void): IDisposable;
      layout(): void;
      focus(): void;
      trigger(source: string, id: string, payload: unknown): void;
    }
    interface IStandaloneDiffEditor extends IDisposable {
      setModel(model: { original: ITextModel; modified: ITextModel } | null): void;
      getOriginalEditor(): IStandaloneCodeEditor;
      getModifiedEditor(): IStandaloneCodeEditor;
    }
    function remeasureFonts(): void;
    function create(element: HTMLElement, options: Record<string, unknown>): IStandaloneCodeEditor;
    function createDiffEditor(element: HTMLElement, options: Record<string, unknown>): IStandaloneDiffEditor;
    function createModel(text: string, language: string, uri?: Uri): ITextModel;
    function defineTheme(name: string, theme: {
      base: "vs" | "vs-dark";
      inherit: boolean;
      rules: { token: string; foreground?: string; fontStyle?: string }[];
      colors: Record<string, string>;
    }): void;
    function setTheme(name: string): void;
  }
  export namespace languages {
    interface Completion {
      label: string;
      kind: number;
      insertText: string;
      sortText?: string;
      filterText?: string;
      insertTextRules?: number;
      detail?: string;
      documentation?: string;
      range: IRange;
    }
    interface Completions {
      suggestions: Completion[];
      incomplete?: boolean;
    }
    function register(language: { id: string }): void;
    function setMonarchTokensProvider(id: string, language: object): IDisposable;
    function setLanguageConfiguration(id: string, configuration: object): IDisposable;
    function registerCompletionItemProvider(id: string, provider: {
      triggerCharacters?: string[];
      provideCompletionItems(model: editor.ITextModel, position: IPosition): Completions | Promise<Completions>;
    }): IDisposable;
    const CompletionItemKind: Record<"Text" | "Function" | "Method" | "Property" | "Variable" | "Constant" | "Class" | "Interface" | "Enum" | "Module" | "Keyword" | "Snippet", number>;
    function registerHoverProvider(language: string, provider: {
      provideHover(model: editor.ITextModel, position: IPosition): Promise<{ range: IRange; contents: { value: string }[] } | null>;
    }): IDisposable;
    function registerDefinitionProvider(language: string, provider: {
      provideDefinition(model: editor.ITextModel, position: IPosition): Promise<{ uri: Uri; range: IRange }[]>;
    }): IDisposable;
    interface InlineCompletions {
      items: { insertText: string; range: IRange }[];
    }
    /** `triggerKind`: 0 while somebody types, 1 where they ask for it. */
    function registerInlineCompletionsProvider(language: string, provider: {
      provideInlineCompletions(
        model: editor.ITextModel, position: IPosition, context: { triggerKind: 0 | 1 }, token: CancellationToken,
      ): Promise<InlineCompletions>;
      freeInlineCompletions(): void;
    }): IDisposable;
  }
}

declare module "monaco-editor/esm/vs/basic-languages/*" {
  export const conf: object;
  export const language: object;
}

declare module "monaco-editor/esm/vs/language/css/monaco.contribution.js" {
  interface Defaults {
    setOptions(options: object): void;
    setModeConfiguration(configuration: Record<string, boolean>): void;
  }
  export const cssDefaults: Defaults;
  export const scssDefaults: Defaults;
  export const lessDefaults: Defaults;
}

declare module "monaco-editor/esm/vs/language/css/css.worker.js";
declare module "monaco-editor/esm/vs/editor/contrib/*";
declare module "monaco-editor/esm/vs/editor/standalone/browser/quickAccess/*";
declare module "monaco-editor/esm/vs/editor/editor.worker.js";
