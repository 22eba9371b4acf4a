import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A file that takes a row of JSON for each fault. */
    readonly faultTable: string
  }
}

/** What came of one fault. */
export interface Row {
  readonly fault: string
  readonly database: string
  readonly acknowledged: number
  readonly died: number
  readonly told: number
  readonly missing: number
  readonly falseOffline: number
  readonly neverReported: number
  readonly events: number
  readonly others: number
}

const HEADS: Readonly<Record<keyof Row, string>> = {
  fault: 'fault',
  database: 'database',
  acknowledged: 'acknowledged',
  died: 'died, and told',
  told: 'events',
  missing: 'acknowledged but missing',
  falseOffline: 'false OFFLINE',
  neverReported: 'dead, never reported',
  events: 'lost, doubled, disordered',
  others: 'anything else',
}

/** Gathers the rows of all files and prints the table at the end. */
export default function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'stacksense-faults-'))
  const file = join(folder, 'rows')
  writeFileSync(file, '')
  project.provide('faultTable', file)
  return () => {
    const rows = readFileSync(file, 'utf8').split('\n').filter(Boolean)
    rmSync(folder, { recursive: true })
    if (rows.length > 0) process.stdout.write(`\n${format(rows.map((row) => JSON.parse(row) as Row))}\n\n`)
  }
}

export function format(rows: readonly Row[]): string {
  const keys = Object.keys(HEADS) as (keyof Row)[]
  const cells = [
    keys.map((key) => HEADS[key]),
    ...rows.map((row) => keys.map((key) => row[key].toLocaleString('en-US'))),
  ]
  const widths = keys.map((_, column) => Math.max(...cells.map((line) => (line[column] as string).length)))
  const isText = (column: number) => column < 2
  const lines = cells.map((line) =>
    line.map((cell, column) =>
      isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  )
  return lines.map((line) => line.join('  ').trimEnd()).join('\n')
}
