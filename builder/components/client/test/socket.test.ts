import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Socket } from "../socket";
import { FakeSocket, page } from "./page";

const { all } = FakeSocket;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time goes on as far as the next try, and what is asked for it is answered. */
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  for (let turn = 0; turn < 3; turn++) await settled();
}

beforeEach(() => {
  page.begin();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("each try asks for its address anew, and a pause that grows lies before it until something is heard", async () => {
  let at = 0;
  const socket = new Socket({ path: () => `/x?after=${at}`, take: () => at++ });
  assert.equal(all[0]?.url, "wss://sayso.example/api/v1/x?after=0");
  all[0]?.onopen?.();
  all[0]?.tell(1);
  for (const longest of [375, 750, 1_500, 3_000, 6_000, 7_500]) {
    all.at(-1)?.onopen?.();
    all.at(-1)?.end();
    const tries = all.length;
    await pass(longest / 3 - 1);
    assert.equal(all.length, tries);
    await pass(longest);
    assert.equal(all.length, tries + 1);
  }
  assert.equal(all.at(-1)?.url, "wss://sayso.example/api/v1/x?after=1");
  all.at(-1)?.onopen?.();
  all.at(-1)?.tell(2);
  const tries = all.length;
  all.at(-1)?.end();
  await pass(375);
  assert.equal(all.length, tries + 1);
  socket.close();
});

test("whoever is signed out is led to sign in, and nothing is tried again", async () => {
  new Socket({ path: () => "/x", take: () => {} });
  all[0]?.onopen?.();
  all[0]?.end(1008);
  assert.deepEqual(page.led, ["/sign-in?next=%2Fp%2Fabc"]);
  await pass(60_000);
  assert.equal(all.length, 1);
});

test("a refused handshake tells a page nothing: it asks whether the sign-in ended", async () => {
  page.status = 401;
  new Socket({ path: () => "/x", take: () => {} });
  all[0]?.end();
  await pass(375);
  assert.deepEqual(page.asked, ["/api/v1/keys"]);
  assert.deepEqual(page.led, ["/sign-in?next=%2Fp%2Fabc"]);
  await pass(60_000);
  assert.equal(all.length, 1);
});

test("where nobody answers it is tried again", async () => {
  page.status = null;
  const lost: number[] = [];
  const socket = new Socket({ path: () => "/x", take: () => {}, lost: () => lost.push(1) });
  all[0]?.end();
  await pass(375);
  assert.equal(all.length, 1);
  page.status = 200;
  await pass(750);
  assert.equal(all.length, 2);
  assert.equal(lost.length, 2);
  socket.close();
});

test("what has nothing to come back to is not opened again", async () => {
  new Socket({ path: () => "/x", take: () => {}, there: () => Promise.resolve(false) });
  all[0]?.onopen?.();
  all[0]?.end();
  await pass(375);
  page.tell("online");
  await pass(60_000);
  assert.equal(all.length, 1);
});

test("a line without a word for too long is another one", async () => {
  const lost: number[] = [];
  const socket = new Socket({ path: () => "/x", take: () => {}, lost: () => lost.push(1), silence: 40_000 });
  all[0]?.onopen?.();
  await pass(39_000);
  all[0]?.tell("a heartbeat");
  await pass(39_000);
  assert.equal(lost.length, 0);
  await pass(1_000);
  await pass(375);
  assert.equal(lost.length, 1);
  assert.equal(all.length, 2);
  socket.close();
});

test("the network is back: nothing waits for the pause to end", async () => {
  const socket = new Socket({ path: () => "/x", take: () => {} });
  all[0]?.onopen?.();
  all[0]?.end();
  page.tell("online");
  await pass(0);
  assert.equal(all.length, 2);
  socket.close();
});

test("what is only for who sees the page is closed behind another one", async () => {
  const socket = new Socket({ path: () => "/x", take: () => {}, seen: true });
  page.hidden = true;
  page.tell("visibilitychange");
  assert.equal(all[0]?.readyState, 3);
  all[0]?.end();
  await pass(60_000);
  assert.equal(all.length, 1);
  page.hidden = false;
  page.tell("visibilitychange");
  await pass(0);
  assert.equal(all.length, 2);
  socket.close();
});

test("once it is closed nothing is heard and nothing is opened", async () => {
  const heard: unknown[] = [];
  const socket = new Socket({ path: () => "/x", take: (message) => heard.push(message) });
  socket.close();
  all[0]?.tell(1);
  all[0]?.end(1008);
  page.tell("online");
  await pass(60_000);
  assert.deepEqual([heard, page.led, all.length], [[], [], 1]);
});
