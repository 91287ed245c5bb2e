import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../client/types";
import { COMMANDS, commandsFor } from "../chat/asking/commands";
import { askedBefore } from "../chat/asking/asked_before";
import { asksToGoBack } from "../chat/asking/going_back";
import { suggested } from "../chat/asking/suggested";

test("what an app has is not suggested", () => {
  const bare = { "index.html": "<h1>Sheep</h1>", "picture.png": new Uint8Array(3) };
  assert.deepEqual(suggested(bare, false), ["workbench.suggest.search", "workbench.suggest.dark", "workbench.suggest.keep"]);
  const more = { ...bare, "src/App.tsx": "const [search] = useState(localStorage.getItem('q'))", "src/a.css": "@media (prefers-color-scheme: dark) {}" };
  assert.deepEqual(suggested(more, false), ["workbench.suggest.empty"]);
});

test("a request that only says to undo is one", () => {
  for (const words of ["undo", "Undo.", " undo that! "]) assert.equal(asksToGoBack(words), "undo");
  assert.equal(asksToGoBack("Redo"), "redo");
  for (const words of ["undo the button's colour", "add an undo button", ""]) assert.equal(asksToGoBack(words), null);
});

test("a command is found by its beginning, and an address or a fraction is none", () => {
  assert.deepEqual([...commandsFor("/do")], ["docker", "doctor"]);
  assert.equal(commandsFor("/").length, COMMANDS.length);
  for (const text of ["/recipes/3 is empty", "1/2", "", "undo"]) assert.deepEqual([...commandsFor(text)], []);
});

test("what was asked before comes back once, the newest first", () => {
  const said = (role: "person" | "builder", text: string) => ({ role, text }) as Message;
  assert.deepEqual(askedBefore({ messages: [said("person", "a"), said("builder", "done"), said("person", "b"), said("person", "a")] }), ["a", "b"]);
});
