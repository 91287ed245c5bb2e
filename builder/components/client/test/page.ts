/** What of a page a socket of ours meets: its address, whether it is seen, what the server answers. */

export class FakeSocket {
  static readonly all: FakeSocket[] = [];
  readyState = 1;
  bufferedAmount = 0;
  binaryType = "";
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(data: string | Uint8Array): void {
    this.sent.push(typeof data === "string" ? data : new TextDecoder().decode(data));
  }
  close(): void {
    this.readyState = 3;
  }
  tell(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  say(text: string): void {
    this.onmessage?.({ data: new TextEncoder().encode(text).buffer });
  }
  end(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const listeners = new Map<string, Set<() => void>>();
const target = {
  addEventListener: (name: string, run: () => void) => void (listeners.get(name) ?? listeners.set(name, new Set()).get(name))?.add(run),
  removeEventListener: (name: string, run: () => void) => void listeners.get(name)?.delete(run),
};
export const page = {
  ...target, hidden: false,
  /** Where the page was led. */
  led: [] as string[],
  /** What the server answers to any call; null: nothing. */
  status: 200 as number | null,
  asked: [] as string[],
  tell: (name: string) => listeners.get(name)?.forEach((run) => run()),
  begin(): void {
    FakeSocket.all.splice(0);
    Object.assign(page, { hidden: false, led: [], status: 200, asked: [] });
  },
};
const location = { origin: "https://sayso.example", pathname: "/p/abc", assign: (url: string) => page.led.push(url) };
const fetch = (path: string): Promise<Response> => {
  page.asked.push(path);
  return page.status === null ? Promise.reject(new Error("no answer")) : Promise.resolve(new Response("{}", { status: page.status }));
};
Object.assign(globalThis, { ...target, document: page, location, fetch, WebSocket: FakeSocket });
