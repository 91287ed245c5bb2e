import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket, page } from "../../client/test/page";
import { type LinkState, TerminalLink } from "../terminal/link";

function opened(there = true) {
  page.begin();
  const sockets = FakeSocket.all;
  const states: LinkState[] = [];
  const pending: (() => void)[] = [];
  let screen = "";
  const link = new TerminalLink({
    path: (after) => `/x?after=${after}`,
    exists: () => Promise.resolve(there),
    screen: {
      write: (data, done) => {
        screen += new TextDecoder().decode(data);
        pending.push(done);
      },
      reset: () => (screen = ""),
    },
    state: (state) => states.push(state),
    refused: () => {},
  });
  return { link, sockets, states, screen: () => screen, drawn: () => pending.splice(0).forEach((done) => done()) };
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

test("keys pressed before the line is there are typed once it is", () => {
  const { link, sockets } = opened();
  link.type(bytes("l"));
  link.type(bytes("s"));
  sockets[0]?.tell({ kind: "open", start: 0, end: 0, fresh: true });
  link.type(bytes("\r"));
  assert.deepEqual(sockets[0]?.sent, ["l", "s", "\r"]);
  link.close();
});

test("keys pressed while the first output is being drawn are typed", () => {
  const { link, sockets, drawn } = opened();
  sockets[0]?.tell({ kind: "open", start: 0, end: 7, fresh: true });
  sockets[0]?.say("/app $ ");
  for (const key of ["l", "s", "\r"]) link.type(bytes(key));
  drawn();
  assert.deepEqual(sockets[0]?.sent.filter((one) => !String(one).startsWith("{")), ["l", "s", "\r"]);
  link.close();
});

test("what the screen answers to old output is not typed again", () => {
  const { link, sockets, screen, drawn } = opened();
  sockets[0]?.tell({ kind: "open", start: 0, end: 4, fresh: true });
  sockets[0]?.say("old\n");
  link.type(bytes("\x1b[?1;2c"));
  assert.deepEqual(sockets[0]?.sent, []);
  drawn();
  link.type(bytes("x"));
  assert.deepEqual(sockets[0]?.sent, ["x"]);
  assert.equal(screen(), "old\n");
  link.close();
});

test("a lost line goes on after the last byte, and the server hears how far the screen came", async () => {
  const { link, sockets, states, screen, drawn } = opened();
  sockets[0]?.tell({ kind: "open", start: 0, end: 0, fresh: true });
  sockets[0]?.say("x".repeat(20_000));
  drawn();
  assert.deepEqual(sockets[0]?.sent, ['{"at":20000}']);
  sockets[0]?.end();
  assert.equal(states.at(-1)?.is, "lost");
  while (sockets.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(sockets[1]?.url, "wss://sayso.example/api/v1/x?after=20000");
  sockets[1]?.tell({ kind: "open", start: 20_000, end: 20_003, fresh: false });
  sockets[1]?.say("end");
  assert.equal(screen().length, 20_003);
  assert.equal(states.at(-1)?.is, "open");
  link.close();
});

test("a terminal that the server does not have any more is gone", async () => {
  const { sockets, states } = opened(false);
  sockets[0]?.end();
  while (states.at(-1)?.is !== "gone") await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(sockets.length, 1);
});

test("an end is told with its code and nothing is tried again", () => {
  const { sockets, states } = opened();
  sockets[0]?.tell({ kind: "ended", code: 3, running: true });
  sockets[0]?.end();
  assert.deepEqual(states.at(-1), { is: "ended", code: 3, running: true });
});

test("whoever is signed out meanwhile is led to sign in at once", () => {
  const { sockets } = opened();
  sockets[0]?.tell({ kind: "open", start: 0, end: 0, fresh: true });
  sockets[0]?.end(1008);
  assert.deepEqual(page.led, ["/sign-in?next=%2Fp%2Fabc"]);
});
