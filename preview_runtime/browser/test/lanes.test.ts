import assert from 'node:assert/strict'
import { test } from 'node:test'
import { laneUrl, lanesFor, sideBySide } from '../src/walks/lanes.ts'

test('each lane has an address of its own, of the same length', () => {
  const urls = [1, 2, 3, 4].map((lane) => laneUrl('http://w-abc.preview.localhost:8000', lane))
  assert.equal(new Set(urls).size, 4)
  assert.equal(urls[1], 'http://w2-abc.preview.localhost:8000')
  assert.equal(new Set(urls.map((url) => url.length)).size, 1)
})

test('a few walks are worth few lanes, and many no more than four', () => {
  assert.equal(lanesFor(1), 1)
  assert.ok(lanesFor(3) <= 2)
  assert.ok(lanesFor(1_000) <= 4)
})

test('everything is walked once, in the lane that is free next', async () => {
  const walked: [string, number][] = []
  const long = Promise.withResolvers<void>()
  await sideBySide(['long', 'a', 'b', 'c'], 2, async (one, lane) => {
    if (one === 'long') await long.promise
    walked.push([one, lane])
    if (one === 'c') long.resolve()
  })
  assert.deepEqual(walked, [['a', 2], ['b', 2], ['c', 2], ['long', 1]])
})

test('the first that fails ends it', async () => {
  await assert.rejects(sideBySide(['a', 'b'], 2, async (one) => { await Promise.resolve(); if (one === 'b') throw new Error('gone') }), /gone/)
})
