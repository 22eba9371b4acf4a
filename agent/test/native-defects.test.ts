import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const BUILT = here(`../dist/native/${process.arch}`)

/** Programs of a line each in the agent's place: what the executable makes of them. `npm run test:agent` builds it first. */
describe.runIf(process.env.STACKSENSE_TEST_NATIVE && existsSync(BUILT))('a defect in the native executable', () => {
  let out = ''
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'stacksense-defects-'))
    cpSync(BUILT, out, { recursive: true, preserveTimestamps: true })
  })
  afterAll(() => rmSync(out, { recursive: true }))

  function run(program: string) {
    const bundle = join(out, 'program.js')
    writeFileSync(bundle, program)
    // Whatever the clock's grain: made anew.
    for (const made of ['bytecode.c', 'bytecode.o', 'stacksense-agent']) rmSync(join(out, made), { force: true })
    const variables = {
      SOURCES: here('../dist/native/sources'),
      BUNDLE: bundle,
      OUT: out,
      HOST: here('../dist/native/host'),
      CROSS: '',
    }
    const args = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
    const made = spawnSync('make', ['--silent', '-f', here('../native/Makefile'), ...args], { encoding: 'utf8' })
    if (made.status !== 0) throw new Error(made.stderr)
    const { status, stdout, stderr } = spawnSync(join(out, 'stacksense-agent'), { encoding: 'utf8', timeout: 10_000 })
    return { status, stdout, stderr: stderr.split('\n')[0] }
  }

  test.each([
    ['in the program', 'throw new Error("x")', 'Error: x'],
    ['in a timer', 'native.setTimer(1, () => { throw new Error("x") })', 'Error: x'],
    ['in a promise that nobody waits for', 'Promise.reject(new TypeError("x"))', 'TypeError: x'],
    ['after a job', 'native.space("/", () => { throw new RangeError("x") })', 'RangeError: x'],
  ])('%s ends it with 70 and is said', (_, program, sentence) => {
    expect(run(program)).toMatchObject({ status: 70, stderr: `A defect in the agent: ${sentence}` })
  })

  test('that is caught in time is none', () => {
    const late =
      'async function f() { throw 1 } (async () => { try { await f() } catch { native.write(1, "caught") } native.end(3) })()'
    expect(run(late)).toMatchObject({ status: 3, stdout: 'caught' })
  })

  test('there is nothing of the machine but what the host names', () => {
    const names =
      'native.write(1, Object.getOwnPropertyNames(globalThis).filter((name) => /^(std|os|scriptArgs|print|console|load|eval)$/.test(name) && typeof globalThis[name] !== "undefined").join()); native.end(0)'
    expect(run(names)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^(eval)?$/) })
  })
})
