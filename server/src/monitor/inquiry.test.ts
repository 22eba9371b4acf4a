import { expect, test, vi } from 'vitest'
import { Inquiry } from './inquiry.ts'

/** Hubs that said before up to when they have heard, and what is asked of them at 1,000. */
function scene(heardUntil: Record<string, number>, answerMs = 60_000) {
  const asked = Promise.withResolvers<void>()
  const ask = vi.fn(async () => {
    await asked.promise
    return { at: 1_000, heardUntil: new Map(Object.entries(heardUntil)) }
  })
  return { inquiry: new Inquiry({ ask, answerMs }), ask, asked: asked.resolve }
}

test('where there is no other hub, nobody is waited for', async () => {
  const { inquiry, asked } = scene({})
  asked()
  expect(await inquiry.heardByOthers()).toBe(Infinity)
})

test('all are waited for, and the one that has heard the least counts', async () => {
  const { inquiry, asked } = scene({ a: 900, b: 800 })
  asked()
  const heard = vi.fn()
  const answer = inquiry.heardByOthers().then(heard)
  await new Promise(setImmediate)
  inquiry.answered('a', 1_003)
  inquiry.answered('b', 999) // to an earlier question
  await new Promise(setImmediate)
  expect(heard).not.toHaveBeenCalled()
  inquiry.answered('b', 1_001)
  await answer
  expect(heard).toHaveBeenCalledWith(1_001)
})

test('an answer may come before we know that the question went out', async () => {
  const { inquiry, asked } = scene({ a: 900 })
  const answer = inquiry.heardByOthers()
  inquiry.answered('a', 1_000)
  asked()
  expect(await answer).toBe(1_000)
})

test('who does not answer in time counts with what it said before; its answer counts for the next question', async () => {
  const { inquiry, asked, ask } = scene({ a: 900, b: 800 }, 1)
  asked()
  inquiry.answered('b', 5_000) // before the question: of a clock that was set back since
  const answer = inquiry.heardByOthers()
  inquiry.answered('a', 1_000)
  expect(await answer).toBe(800)
  expect(ask).toHaveBeenCalledOnce()
})
