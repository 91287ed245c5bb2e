import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFrames } from "../store/event_stream";

test("one message may hold several frames and heartbeats", () => {
  const message = ': connected\n\nid: 7\nevent: file_opened\ndata: {"path": "a", "at": 0}\n\nevent: text\ndata: {"offset": 0, "text": "x\\n\\ny"}\n\n';
  assert.deepEqual(parseFrames(message), [
    { id: 7, event: "file_opened", data: { path: "a", at: 0 } },
    { id: null, event: "text", data: { offset: 0, text: "x\n\ny" } },
  ]);
  assert.deepEqual(parseFrames(": heartbeat\n\n"), []);
});
