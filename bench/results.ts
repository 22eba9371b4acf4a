import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const RESULTS = fileURLToPath(new URL('RESULTS.md', import.meta.url))

const HEAD = `# What was measured

Each part below is written by the command that it names, and says when and on which machine. Load generator, hub and
PostgreSQL share that machine, so ratios within one run say more than absolute figures.
`

/** One part of `bench/RESULTS.md`: what one command measured in one run. */
export interface ResultsPart {
  /** Marks the part in the file; a later run of the same part replaces it. */
  readonly key: string
  readonly title: string
  /** How anybody measures it again. */
  readonly command: string
  /** Markdown: tables, and what the figures are bound by. */
  readonly body: string
}

/** Writes one part of the results; the others stay as they are. */
export function writeResults(part: ResultsPart): void {
  const file = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : HEAD
  writeFileSync(RESULTS, withPart(file, part, machine(), new Date()))
}

/** The file's text with this part in it: in its old place, else at the end. */
export function withPart(file: string, part: ResultsPart, machine: string, at: Date): string {
  const begin = `<!-- ${part.key} -->`
  const end = `<!-- /${part.key} -->`
  const stamp = `\`${part.command}\`, ${at.toISOString().slice(0, 10)}, on ${machine}.`
  const text = [begin, `## ${part.title}`, '', stamp, '', part.body.trim(), end].join('\n')

  const from = file.indexOf(begin)
  const to = file.indexOf(end)
  if (from === -1 || to === -1) return `${file.trimEnd()}\n\n${text}\n`
  return file.slice(0, from) + text + file.slice(to + end.length)
}

/** A table in Markdown; every row has as many cells as there are heads. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

function machine(): string {
  const all = cpus()
  const gib = Math.round(totalmem() / 1024 ** 3)
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown'}, ${gib} GiB, Linux ${release()}, Node ${process.versions.node}`
}
