import { existsSync, readFileSync, truncateSync } from 'node:fs'

/** The last whole line of a file of JSON lines; half a line, left by a power cut, is cut off. */
export function lastLine(file) {
  if (!existsSync(file)) return undefined
  const bytes = readFileSync(file)
  const end = bytes.lastIndexOf('\n') + 1
  if (end < bytes.length) truncateSync(file, end)
  const line = bytes.toString('utf8', 0, end).trimEnd().split('\n').at(-1)
  return line ? JSON.parse(line) : undefined
}
