import { expect, test } from 'vitest'
import type { FleetRow } from '../api/fleet-store.ts'
import { countsInWords, groupName, groupsOf, linesOf, type TableLine } from './server-groups.ts'
import { familyOf, tagFamilies } from './tag-families.ts'

let id = 0
function row(tag: string, status: FleetRow['status'] = 'ONLINE', reason: FleetRow['reason'] = 'HEALTHY'): FleetRow {
  id++
  return { id: String(id), name: `s${id}`, tags: tag ? [tag] : [], status, reason } as unknown as FleetRow
}
const many = (n: number, tag: string) => Array.from({ length: n }, () => row(tag))

function grouped(rows: readonly FleetRow[], folded: readonly string[] = [], whole: readonly string[] = []) {
  const family = familyOf(tagFamilies(rows.map(({ tags }) => tags)), 'ams')
  if (!family) throw new Error('no family')
  return linesOf(groupsOf(rows, family), new Set(folded), new Set(whole))
}

const said = (line: TableLine) =>
  line.kind === 'group' ? groupName(line.group) : line.kind === 'rest' ? `${line.hidden} more` : line.row.name

test('groups come by name, those without a tag last', () => {
  const lines = grouped([row('fra'), row(''), row('ams')])
  expect(lines.filter(({ kind }) => kind === 'group').map(said)).toEqual(['ams', 'fra', 'others'])
})

test('a group shows all its problems, ten others, and how many more there are', () => {
  const rows = [row('fra'), ...many(40, 'ams'), row('ams', 'OFFLINE', 'HEARTBEAT_EXPIRED')]
  const lines = grouped(rows)
  expect(lines.slice(0, 13).map(said)).toEqual([
    'ams',
    ...rows.slice(1, 11).map((one) => one.name),
    rows[41]?.name,
    '30 more',
  ])
  expect(lines[12]).toMatchObject({ counts: { online: 30, offline: 0 } })
})

test('a short rest is shown rather than counted', () => {
  expect(grouped([row('fra'), ...many(13, 'ams')]).map(said)).not.toContainEqual(expect.stringContaining('more'))
  expect(grouped([row('fra'), ...many(14, 'ams')]).map(said)).toContain('4 more')
})

test('folded, a group is its head; whole, it is all its servers', () => {
  const rows = [row('fra'), ...many(40, 'ams')]
  expect(grouped(rows, ['ams']).map(said)).toEqual(['ams', 'fra', rows[0]?.name])
  expect(grouped(rows, [], ['ams'])).toHaveLength(43)
})

test('counts in words leave out what nobody is', () => {
  expect(countsInWords({ offline: 1, warning: 2, online: 0, waiting: 0, suspended: 3 })).toBe(
    '1 offline, 2 warning, 3 suspended',
  )
})
