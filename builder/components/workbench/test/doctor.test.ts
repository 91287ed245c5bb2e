import assert from "node:assert/strict";
import { test } from "node:test";
import { address, clockBy } from "../doctor/doctor";

test("an address that a proxy does not tell is named with its header", () => {
  const preview = "http://p-abc.preview.example.org/";
  assert.equal(address(preview, "http://example.org/p/abc").well, true);
  assert.equal(address(preview, "https://example.org/p/abc").says, "doctor.address.scheme");
  assert.equal(address("http://p-abc.preview.localhost:8000/", "http://localhost:9000/").says, "doctor.address.port");
});

test("a clock that is off is told by how much", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(clockBy("Thu, 01 Jan 2026 00:00:20 GMT", now).well, true);
  assert.deepEqual(clockBy("Thu, 01 Jan 2026 01:00:00 GMT", now), { part: "clock", well: false, says: "doctor.clock.not", values: { seconds: 3_600 } });
  assert.equal(clockBy("", now).says, "doctor.clock.unknown");
});
