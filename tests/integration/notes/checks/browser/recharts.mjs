import assert from "node:assert/strict";
import { faults } from "./tools.mjs";

const chart = (names, element) => faults(`import { ${names} } from "recharts"; export const x = ${element};`);

export default {
  async tooltip() {
    assert.equal(await chart("Tooltip", "<Tooltip content={({ active, payload, label }) => (active ? <p>{label}{payload.length}</p> : null)} />"), "");
    assert.match(await chart("type TooltipProps", "(p: TooltipProps<number, string>) => p.payload"), /TS2339/);
    assert.equal(await chart("type TooltipContentProps", "(p: TooltipContentProps<number, string>) => p.payload.length"), "");
  },
  async formatter() {
    assert.match(await chart("Tooltip", "<Tooltip formatter={(value: number) => `${value} €`} />"), /undefined/);
    assert.equal(await chart("Tooltip", "<Tooltip formatter={(value) => `${Number(value)} €`} />"), "");
  },
  async size() {
    assert.equal(await chart("LineChart", '<LineChart responsive style={{ width: "100%", height: 300 }} data={[]} />'), "");
  },
  async active() {
    assert.match(await chart("Pie", '<Pie data={[]} dataKey="a" activeIndex={1} />'), /activeIndex/);
  },
};
