import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMessage } from '../src/preview-link.ts'

test('what a walked page says is data: known reasons, few and short words', () => {
  assert.deepEqual(readMessage({ type: 'stepped', n: 3, saw: [] }), { type: 'stepped', n: 3, saw: [] })
  assert.deepEqual(readMessage({ type: 'stepped', n: 3, why: 'none', saw: ['button “Add”'] }), { type: 'stepped', n: 3, why: 'none', saw: ['button “Add”'] })
  const long = readMessage({ type: 'stepped', n: 'x', why: '<b>', saw: Array.from({ length: 500 }, () => 'y'.repeat(9_000)), extra: 1 })
  assert.ok(long?.type === 'stepped')
  assert.equal(long.n, 0)
  assert.equal(long.why, 'threw')
  assert.equal(long.saw.length, 10)
  assert.ok(long.saw.every((text) => text.length === 250))
  for (const saw of [undefined, 'all', { length: 3 }]) assert.deepEqual(readMessage({ type: 'stepped', n: 1, saw }), { type: 'stepped', n: 1, saw: [] })
})

test('a walked page asks for frames, and shows no more of itself than can be kept', () => {
  assert.deepEqual(readMessage({ type: 'draws', on: 'x' }), { type: 'draws' })
  assert.deepEqual(readMessage({ type: 'drawn', n: 2, svg: '<svg/>' }), { type: 'drawn', n: 2, svg: '<svg/>' })
  assert.deepEqual(readMessage({ type: 'drawn', n: 2, svg: 'x'.repeat(5_000_000) }), { type: 'drawn', n: 2, svg: '' })
})
