import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readStep } from '../src/engine/recording.ts'
import { readMessage } from '../src/preview-link.ts'
import { isMeant, keyName } from '../src/recorder/keys.ts'

const BUTTON = { role: 'button', name: 'Add' }

test('each kind of step that can be recorded is read as it is', () => {
  const steps = [
    { click: BUTTON }, { double_click: BUTTON }, { check: { label: 'Lent' } }, { uncheck: { label: 'Lent' } }, { type: '', into: { placeholder: 'Title' } },
    { press: 'Enter' }, { press: 'k', on: BUTTON }, { select: 'Essay', of: { label: 'Kind' } }, { drag: { text: 'One' }, to: { role: 'region', name: 'Goal' } },
    { see: { text: 'Dune', within: { role: 'listitem', nth: 2 } } }, { see: { label: 'Title' }, value: '' }, { see: BUTTON, disabled: true, pressed: false },
  ]
  for (const step of steps) assert.deepEqual(readStep(step), step)
})

test('what a page makes up is no step', () => {
  let deep: object = { role: 'main' }
  for (let n = 0; n < 9; n++) deep = { role: 'list', within: deep }
  const none = [null, 7, 'click', {}, { click: {} }, { click: { role: 'nothing' } }, { click: { role: 'button', text: 'both' } }, { click: deep }, { type: 'x' }, { type: 'x'.repeat(9_000), into: BUTTON }, { press: 'k', on: {} }, { open: '/x' }, { store: 'a', value: 'b' }]
  for (const step of none) assert.equal(readStep(step), undefined, JSON.stringify(step))
  assert.deepEqual(readStep({ click: { ...BUTTON, extra: 1, nth: '2' }, more: [] }), { click: BUTTON })
})

test('what a page says while a walk is recorded is data', () => {
  assert.deepEqual(readMessage({ type: 'recorded', key: 'x', step: { click: BUTTON } }), { type: 'recorded', key: 0, step: { click: BUTTON } })
  assert.equal(readMessage({ type: 'recorded', key: 1, step: {} }), undefined)
  assert.equal(readMessage({ type: 'left_out', why: '<b>', words: '' }), undefined)
  const asked = readMessage({ type: 'left_out', why: 'asked', words: 'x'.repeat(900) })
  assert.ok(asked?.type === 'left_out' && asked.words.length === 250)
  const there = readMessage({ type: 'there', n: 1, steps: [...Array.from({ length: 500 }, () => ({ see: { text: 'x' } })), 7] })
  assert.ok(there?.type === 'there' && there.steps.length === 200)
  assert.deepEqual(readMessage({ type: 'there', n: 1, steps: 'all' }), { type: 'there', n: 1, steps: [] })
  assert.deepEqual(readMessage({ type: 'drawn', n: 2, svg: 'x'.repeat(4_000_001) }), { type: 'drawn', n: 2, svg: '' })
  assert.deepEqual(readMessage({ type: 'drawn', n: 2, svg: {} }), { type: 'drawn', n: 2, svg: '' })
})

const key = (name: string, held: Partial<KeyboardEvent> = {}): KeyboardEvent => ({ key: name, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held }) as KeyboardEvent

test('a key is written as walks write it, and what is no act is passed over', () => {
  assert.equal(keyName(key(' ')), 'Space')
  assert.equal(keyName(key('A', { shiftKey: true })), 'A')
  assert.equal(keyName(key('ArrowDown', { shiftKey: true })), 'Shift+ArrowDown')
  assert.equal(keyName(key('z', { ctrlKey: true, shiftKey: true })), 'Control+Shift+z')
  for (const name of ['Tab', 'Shift', 'Dead', 'F5', 'ü', 'Unidentified']) assert.equal(keyName(key(name)), undefined)
})

test('letters are typed, and other keys are acts where they do something', () => {
  assert.equal(isMeant(key('a'), 'line'), 'never')
  assert.equal(isMeant(key('Enter'), 'line'), 'always')
  assert.equal(isMeant(key('Enter'), 'text'), 'taken')
  assert.equal(isMeant(key('ArrowDown'), 'line'), 'taken')
  assert.equal(isMeant(key('ArrowDown'), 'list'), 'never')
  assert.equal(isMeant(key('ArrowDown'), 'other'), 'always')
  assert.equal(isMeant(key('PageDown'), 'other'), 'taken')
  assert.equal(isMeant(key('c', { ctrlKey: true }), 'other'), 'taken')
  for (const kind of ['line', 'text', 'list', 'other'] as const) assert.equal(isMeant(key('Escape'), kind), 'always')
})
