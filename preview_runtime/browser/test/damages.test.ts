import assert from 'node:assert/strict'
import { test } from 'node:test'
import { damages } from '../src/driver/stroll/damages.ts'

const spoilt = (text: string): Record<string, unknown> => Object.fromEntries(damages(text).map(([what, other]) => [what, other === text.slice(0, -1) ? 'cut off' : JSON.parse(other)]))

test('what is kept is spoilt as a whole', () => {
  const all = spoilt('{"a":1}')
  assert.equal(all['cut off'], 'cut off')
  assert.equal(all['null'], null)
  assert.deepEqual(all['a list'], [])
})

test('each value inside is spoilt alone, in its kind and in its size, the first of a list for all', () => {
  const all = spoilt('{"tasks":[{"done":true,"count":2},{"done":false,"count":3}]}')
  const [other] = [{ done: false, count: 3 }]
  assert.deepEqual(all['value.tasks.0.count below zero'], { tasks: [{ done: true, count: -1 }, other] })
  assert.deepEqual(all['value.tasks.0.done as text'], { tasks: [{ done: 'Abc 12', count: 2 }, other] })
  assert.deepEqual(all['value.tasks.0 as nothing'], { tasks: [null, other] })
  assert.equal(Object.keys(all).some((what) => what.includes('.1.')), false)
})

test('what is not JSON is spoilt as a whole only', () => assert.equal(damages('dark').length, 5))

test('however much is kept, it is spoilt in a bounded number of ways', () => {
  assert.ok(damages(JSON.stringify(Object.fromEntries(Array.from({ length: 500 }, (_, at) => [at, at])))).length <= 40)
})
