import { expect, test } from 'vitest'
import { startProgram, stopPrograms } from './program.ts'

const STAYS = ['-e', 'console.log("ready at 1"); setInterval(() => {}, 1_000)']

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('whoever gives up leaves no program behind, and none is started any more', async () => {
  const programs = await Promise.all([startProgram(STAYS, /ready/), startProgram(STAYS, /ready/)])
  await programs[0].stop()
  expect(programs.map(({ pid }) => lives(pid))).toEqual([false, true])

  await stopPrograms()
  expect(programs.map(({ pid }) => lives(pid))).toEqual([false, false])
  await expect(startProgram(STAYS, /ready/)).rejects.toThrow('No program is started any more.')
})
