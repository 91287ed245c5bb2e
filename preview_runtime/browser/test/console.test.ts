import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cut } from '../src/preview/inspect.ts'
import { tableText } from '../src/preview/console-table.ts'

Object.assign(globalThis, { Element: class {} })

test('a table of the console is a table in the log', () => {
  assert.equal(tableText([{ name: 'Ada', born: 1815 }, { name: 'Grace', born: 1906, rank: 'admiral' }]), [
    '(index)  name   born  rank',
    '0        Ada    1815',
    '1        Grace  1906  admiral',
  ].join('\n'))
  assert.equal(tableText([{ name: 'Ada', born: 1815 }], ['born']), '(index)  born\n0        1815')
  assert.equal(tableText(['a', 'b']), '(index)  Value\n0        a\n1        b')
  assert.equal(tableText({ x: { n: 1 } }), '(index)  n\nx        1')
})

test('what is no table is an ordinary line', () => {
  assert.equal(tableText('words'), undefined)
  assert.equal(tableText(null), undefined)
})

test('a table that is too large is cut', () => {
  const text = tableText(Array.from({ length: 1000 }, (_, n) => ({ n, long: 'x'.repeat(1000) })))!
  assert.equal(text.split('\n').length, 101)
  assert.ok(text.length < 101 * 80)
})

test('what the preview host adds to the addresses of modules is in no text', () => {
  assert.equal(cut('at App (http://p-a.test/src/App.tsx?v=ddf6302aef64e14f:12:3)'), 'at App (http://p-a.test/src/App.tsx:12:3)')
  assert.equal(cut('at App (http://p-a.test/src/App.tsx?v=3:12:3)'), 'at App (http://p-a.test/src/App.tsx?v=3:12:3)')
})
