import { expect, test, vi } from 'vitest'
import { Hearing } from './hearing.ts'

/** A hub that has read and written what had arrived when the test says so. */
function scene() {
  const steps: string[] = []
  const waiting: (() => void)[] = []
  const step = (name: string) => () => {
    steps.push(name)
    return new Promise<void>((resolve) => waiting.push(resolve))
  }
  const answer = vi.fn((_until: number) => Promise.resolve())
  const hearing = new Hearing({ flush: step('write'), answer })
  hearing.readArrived = step('read')
  hearing.begin(1_000)
  const goOn = async () => {
    waiting.shift()?.()
    await new Promise(setImmediate)
  }
  return { hearing, steps, answer, goOn }
}

test('it has heard up to the instant that it was told before it looked, once that is read and written', async () => {
  const { hearing, steps, goOn } = scene()
  const heard = hearing.told(2_000)
  expect([steps, hearing.until]).toEqual([['read'], 1_000])
  await goOn()
  expect([steps, hearing.until]).toEqual([['read', 'write'], 1_000])
  await goOn()
  await heard
  expect(hearing.until).toBe(2_000)
})

test('what it is told while it looks, it looks for again: in between something may have arrived', async () => {
  const { hearing, steps, goOn } = scene()
  void hearing.told(2_000)
  void hearing.told(2_500)
  void hearing.told(3_000)
  await goOn()
  await goOn()
  expect(hearing.until).toBe(2_000)
  await goOn()
  await goOn()
  expect([steps, hearing.until]).toEqual([['read', 'write', 'read', 'write'], 3_000])
})

test('only who asked is answered, and each question once', async () => {
  const { hearing, answer, goOn } = scene()
  void hearing.told(2_000)
  void hearing.told(2_100, true)
  void hearing.told(2_200, true)
  for (let i = 0; i < 2; i++) await goOn()
  expect(answer).not.toHaveBeenCalled()
  for (let i = 0; i < 2; i++) await goOn()
  expect(answer).toHaveBeenCalledExactlyOnceWith(2_200)
})

test('an answer that cannot be given ends nothing', async () => {
  const { hearing, answer, goOn } = scene()
  answer.mockRejectedValueOnce(new Error('away'))
  for (const at of [2_000, 3_000]) {
    const heard = hearing.told(at, true)
    await goOn()
    await goOn()
    await heard
  }
  expect(hearing.until).toBe(3_000)
})

test("after the database's clock was set back, it answers for the new time", async () => {
  const { hearing, goOn } = scene()
  for (const at of [9_000, 2_000]) {
    const heard = hearing.told(at)
    await goOn()
    await goOn()
    await heard
  }
  expect(hearing.until).toBe(2_000)
})

test('what it looks for while the clock is set back says nothing in the new time', async () => {
  const { hearing, answer, goOn } = scene()
  void hearing.told(99_000, true)
  await goOn()
  hearing.setBack(90_000)
  expect(hearing.until).toBe(1_000) // far behind already
  const heard = hearing.told(90_000)
  for (let i = 0; i < 3; i++) {
    expect(hearing.until).toBe(1_000)
    await goOn()
  }
  await heard
  expect(hearing.until).toBe(90_000)
  expect(answer).not.toHaveBeenCalled()
})

test('after the clock was set back, it has heard what can wait no longer', async () => {
  const { hearing, goOn } = scene()
  const heard = hearing.told(99_000)
  for (let i = 0; i < 2; i++) await goOn()
  await heard
  hearing.setBack(90_000)
  expect(hearing.until).toBe(85_000)
})
