import { expect, it } from 'vitest'
import { makeAdmission } from '../../src/platform/admission.ts'

/** Lets whoever waits for a promise go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

it('works on so many at once, and on the next when one ends', async () => {
  const admission = makeAdmission({ running: 2, waiting: 10, burstMs: 250 }, () => 0)
  const [first] = [await admission.enter(), await admission.enter()]
  const third = admission.enter()
  expect(admission.state).toMatchObject({ running: 2, waiting: 1 })
  first?.()
  first?.()
  expect(await third).not.toBeNull()
  expect(admission.state).toMatchObject({ running: 2, waiting: 0, refused: 0 })
})

it('lets a burst wait, and refuses what does not fit', async () => {
  const admission = makeAdmission({ running: 1, waiting: 3, burstMs: 250 }, () => 0)
  const leave = await admission.enter()
  const waiting = [admission.enter(), admission.enter(), admission.enter()]
  expect(admission.refusesNow()).toBe(true)
  expect(await admission.enter()).toBeNull()
  leave?.()
  for (const one of waiting) {
    const next = await one
    expect(next).not.toBeNull()
    next?.()
  }
  expect(admission.state).toMatchObject({ running: 0, waiting: 0, refused: 2, overloaded: false })
})

it('refuses at once what would wait for long when the queue never empties, and is as before when it does', async () => {
  let now = 0
  const admission = makeAdmission({ running: 4, waiting: 100, burstMs: 250 }, () => now)
  const running = await Promise.all([1, 2, 3, 4].map(async () => admission.enter()))
  const early = Array.from({ length: 20 }, async () => admission.enter())
  expect(admission.state.overloaded).toBe(false)
  now = 300
  expect(admission.state.overloaded).toBe(true)
  // Those that came first have waited for nothing; one may wait still, since there are four places.
  expect(admission.refusesNow()).toBe(false)
  expect(await Promise.all(early)).toEqual(early.map(() => null))
  const next = admission.enter()
  expect(admission.refusesNow()).toBe(admission.state.overloaded)
  for (const leave of running) leave?.()
  expect(await next).not.toBeNull()
  await turn()
  expect(admission.state).toMatchObject({ waiting: 0, overloaded: false })
  expect(admission.refusesNow()).toBe(false)
})

it('gives the place of whoever went away to the next', async () => {
  const admission = makeAdmission({ running: 1, waiting: 5, burstMs: 250 }, () => 0)
  const leave = await admission.enter()
  const gone = new AbortController()
  const [left, stays] = [admission.enter(() => gone.signal), admission.enter()]
  gone.abort()
  expect(await left).toBeNull()
  leave?.()
  expect(await stays).not.toBeNull()
})
