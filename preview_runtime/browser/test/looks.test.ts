import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Looks, NotStored } from '../src/pyodide/looks.ts'

const ROWS = { file: 'a.db', table: 't', sort: '', descending: false, filter: '', offset: 0, limit: 50 }

/** Looks that are all answered with `answer`. */
function answering(answer: unknown): Looks {
  const looks: Looks = new Looks((number) => queueMicrotask(() => looks.answered(number, typeof answer === 'string' ? answer : JSON.stringify(answer))))
  return looks
}

test('files and rows are read from the answer', async () => {
  const files = [{ path: 'a.db', size: 8192, problem: '', tables: [{ name: 't', view: false, rows: 2 }] }]
  assert.deepEqual(await answering({ files }).files(), files)
  const page = { columns: ['a', 'b'], rows: [[1, 'x'], [null, { bytes: 3 }]], count: 2 }
  assert.deepEqual(await answering(page).rows(ROWS), page)
})

test('whatever hostile code answers, it has the form that is shown', async () => {
  const hostile = { columns: ['a', { toString: 'x' }], rows: [[true, ['x'], 'too many'], 'no row', [{ bytes: 'x' }, 'y'.repeat(9_000)]], count: 'many' }
  assert.deepEqual(await answering(hostile).rows(ROWS), { columns: ['a', ''], rows: [[null, { bytes: 0 }], [], [{ bytes: 0 }, 'y'.repeat(400)]], count: null })
  assert.deepEqual(await answering({ files: [1, { path: {}, problem: '<b>', tables: 'x' }] }).files(), [
    { path: '', size: 0, problem: '', tables: [] }, { path: '', size: 0, problem: '', tables: [] },
  ])
})

test('why nothing can be shown is one of a few words', async () => {
  for (const [answer, why] of [['{"failed": "busy"}', 'busy'], ['{"failed": "<script>"}', 'gone'], ['no JSON', 'damaged']] as const) {
    await assert.rejects(answering(answer).files(), (error) => error instanceof NotStored && error.message === why)
  }
})

test('when Python ends, so do the questions to it', async () => {
  const looks = new Looks(() => {})
  const asked = looks.files()
  looks.end()
  await assert.rejects(asked, { message: 'gone' })
})
