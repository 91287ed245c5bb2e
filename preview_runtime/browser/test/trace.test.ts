import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Trace, differs } from '../src/walks/trace.ts'
import type { Kept } from '../src/walks/trace.ts'

Object.assign(globalThis, { devicePixelRatio: 1 })

function shown(walk: string, ...looks: string[][]): Kept {
  const trace = new Trace(walk)
  looks.forEach((lines, step) => trace.add(step, lines))
  return trace.kept
}

test('what is shown as before differs in nothing', () => {
  const looks = [['h1 “Books”\t1'], ['h1 “Books”\t1', 'li “Dune”\t2']]
  assert.equal(differs(shown('a', ...looks), shown('a', ...looks)), undefined)
})

test('the first look that is another is told, with what is gone and what has come', () => {
  const before = shown('a', ['h1 “Books”\t1'], ['li “Dune”\t2', 'p “1 book”\t3'], ['p “0 books”\t3'])
  const after = shown('a', ['h1 “Books”\t1'], ['li “Dune”\t2', 'p “2 books”\t3'], ['p “7 books”\t3'])
  assert.deepEqual(differs(before, after), { step: 1, gone: ['p “1 book”'], come: ['p “2 books”'], looks: [], behind: false })
})

test('the same words in another place or colour look different; another order is a difference as well', () => {
  assert.deepEqual(differs(shown('a', ['li “Dune”\t2']), shown('a', ['li “Dune”\t9']))?.looks, ['li “Dune”'])
  const turned = differs(shown('a', ['li “Dune”\t', 'li “Emma”\t']), shown('a', ['li “Emma”\t', 'li “Dune”\t']))
  assert.deepEqual(turned?.looks, ['li “Emma”', 'li “Dune”'])
})

test('a walk that ends sooner differs in what it no longer shows', () => {
  const difference = differs(shown('a', ['p “One”\t'], ['p “Two”\t']), shown('a', ['p “One”\t']))
  assert.deepEqual(difference, { step: 1, gone: ['p “Two”'], come: [], looks: [], behind: false })
})

test('a walk that failed is compared as far as it came', () => {
  const before = shown('a', ['p “One”\t'], ['p “Two”\t'], ['p “Three”\t'])
  assert.equal(differs(before, shown('a', ['p “One”\t'], ['p “Two”\t']), false), undefined)
  assert.equal(differs(before, shown('a', ['p “One”\t'], ['p “Four”\t']), false)?.step, 1)
})

test('what nobody sees is told as that', () => {
  assert.equal(differs(shown('a', ['\ttimers 0']), shown('a', ['\ttimers 1']))?.behind, true)
})

test('another walk is compared with nothing', () => {
  assert.equal(differs(shown('a', ['p “One”\t']), shown('b', ['p “Two”\t'])), undefined)
})
