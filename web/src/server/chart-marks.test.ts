import { expect, test } from 'vitest'
import { marksOf } from './chart-marks.ts'

const AT = '2026-11-24T12:00:00.000Z'
const alert = (id: string, key: string) => ({ id, key, message: `alert ${key}`, openedAt: AT })
const anomaly = (id: string, metric: string) => ({ id, metric, message: `anomaly ${metric}`, openedAt: AT })

test('a mark stands in the chart of what it is about, else in the first', () => {
  const { opened } = marksOf(
    {
      alerts: { nodes: [alert('1', 'threshold:disk:/var'), alert('2', 'backup'), alert('3', 'threshold:cpu')] },
      anomalies: { nodes: [anomaly('4', 'memoryPercent'), anomaly('5', 'load1')] },
      statusEvents: { nodes: [] },
    },
    ['CPU', 'Memory', 'Disk'],
  )
  const keys = Object.fromEntries([...opened].map(([title, marks]) => [title, marks.map(({ key }) => key)]))
  expect(keys).toEqual({ Disk: ['alert-1'], CPU: ['alert-2', 'alert-3', 'anomaly-5'], Memory: ['anomaly-4'] })
  expect(opened.get('Disk')?.[0]).toMatchObject({
    at: Date.parse(AT),
    to: '/alerts/1',
    said: 'alert threshold:disk:/var',
  })
})

test('silence is marked in all of them', () => {
  const none = { nodes: [] }
  const marks = marksOf({ alerts: none, anomalies: none, statusEvents: { nodes: [{ cursor: 'c', at: AT }] } }, ['CPU'])
  expect(marks.offline).toEqual([{ key: 'c', at: Date.parse(AT), kind: 'offline', said: 'OFFLINE', to: '/events/c' }])
})
