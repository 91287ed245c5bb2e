// The part of @xterm/xterm 6.0.0 and @xterm/addon-fit 0.11.0 that the terminal uses. The packages are installed where
// the page is built; stating the part here lets the sources be checked without that build.

declare module "@xterm/xterm" {
  export interface IDisposable {
    dispose(): void;
  }
  export interface ITheme {
    [color: string]: string;
  }
  export interface ITerminalOptions {
    cursorBlink?: boolean;
    fontFamily?: string;
    fontSize?: number;
    lineHeight?: number;
    macOptionIsMeta?: boolean;
    minimumContrastRatio?: number;
    screenReaderMode?: boolean;
    scrollback?: number;
    theme?: ITheme;
  }
  export interface ITerminalAddon extends IDisposable {
    activate(terminal: Terminal): void;
  }
  export class Terminal implements IDisposable {
    constructor(options: ITerminalOptions);
    readonly cols: number;
    readonly rows: number;
    readonly textarea: HTMLTextAreaElement | undefined;
    options: ITerminalOptions;
    open(parent: HTMLElement): void;
    loadAddon(addon: ITerminalAddon): void;
    write(data: Uint8Array | string, done?: () => void): void;
    reset(): void;
    focus(): void;
    paste(text: string): void;
    input(data: string, byPerson?: boolean): void;
    hasSelection(): boolean;
    getSelection(): string;
    clearSelection(): void;
    onData(listener: (data: string) => void): IDisposable;
    onBinary(listener: (data: string) => void): IDisposable;
    onResize(listener: (size: { cols: number; rows: number }) => void): IDisposable;
    attachCustomKeyEventHandler(handler: (event: KeyboardEvent) => boolean): void;
    dispose(): void;
  }
}

declare module "@xterm/addon-fit" {
  import type { ITerminalAddon, Terminal } from "@xterm/xterm";

  export class FitAddon implements ITerminalAddon {
    activate(terminal: Terminal): void;
    fit(): void;
    dispose(): void;
  }
}
