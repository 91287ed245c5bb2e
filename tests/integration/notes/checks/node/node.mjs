import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { outcome } from "./tools.mjs";

const other = { "b.ts": "export type X = number;\nexport const v: X = 1;\n", "c.json": '{"d": 1}' };

function table() {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
  return db;
}

export default {
  async typescript() {
    assert.equal(await outcome('import { v } from "./b.ts"; import type { X } from "./b.ts"; const w: X = v; console.log(w)', other), "1");
    assert.match(await outcome("enum A { X }"), /enum/);
    assert.match(await outcome("class A { constructor(public x: number) {} }"), /[Pp]arameter propert/);
    assert.match(await outcome('import { X } from "./b.ts"; const w: X = 1', other), /does not provide an export/);
    assert.match(await outcome('import { v } from "./b"', other), /ERR_MODULE_NOT_FOUND/);
  },
  async modules() {
    assert.match(await outcome("console.log(import.meta.dirname)"), /check-/);
    assert.match(await outcome("console.log(__dirname)"), /not defined/);
    assert.match(await outcome('require("node:fs")'), /not defined/);
    assert.equal(await outcome('import c from "./c.json" with { type: "json" }; console.log(c.d)', other), "1");
    assert.match(await outcome('import c from "./c.json"', other), /import attribute/);
  },
  sqlite() {
    const db = table();
    assert.equal(db.transaction, undefined);
    assert.equal(db.pragma, undefined);
    db.exec("BEGIN");
    assert.equal(db.prepare("INSERT INTO t (name) VALUES (?)").run("a").lastInsertRowid, 1);
    db.exec("ROLLBACK");
    assert.equal(db.prepare("SELECT count(*) AS n FROM t").get().n, 0);
  },
  values() {
    const insert = table().prepare("INSERT INTO t (name) VALUES (?)");
    for (const value of [true, undefined]) assert.throws(() => insert.run(value), /cannot be bound/);
    assert.equal(insert.run(null).changes, 1);
    assert.equal(table().prepare("SELECT * FROM t").get(), undefined);
  },
};
