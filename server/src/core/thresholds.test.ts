import { expect, test } from 'vitest'
import { judgeThreshold, readingsOf, type ThresholdAnswer } from './thresholds.ts'

test.each<[string, number[], ThresholdAnswer]>([
  ['nothing measured', [], 'keep'],
  ['one sample above is not sustained', [95], 'keep'],
  ['two above in a row', [81, 80.1], 'raise'],
  ['at the limit is not above it', [80, 95], 'keep'],
  ['above now, not before', [95, 79], 'keep'],
  ['below the limit, above the clear level', [78, 95], 'keep'],
  ['at the clear level', [75, 95], 'clear'],
  ['well below', [3, 3], 'clear'],
])('%s', (_name, values, answer) => {
  expect(judgeThreshold(values, 80)).toBe(answer)
})

test('a limit of 100 is none: whatever was open is over', () => {
  expect(judgeThreshold([100, 100], 100)).toBe('clear')
})

test('CPU, memory and each file system are read against their own limits, and what was not measured is left out', () => {
  const sample = {
    cpuPercent: null,
    memoryPercent: 50,
    swapPercent: null,
    load1: null,
    load5: null,
    load15: null,
    networkRxBytesPerSecond: null,
    networkTxBytesPerSecond: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    uptimeSeconds: null,
    processes: null,
    disks: [
      { mount: '/', usedPercent: 10, usedBytes: 1, totalBytes: 10 },
      { mount: '/var', usedPercent: 91, usedBytes: 91, totalBytes: 100 },
    ],
  }
  expect(readingsOf(sample, { cpuPercent: 80, memoryPercent: 70, diskPercent: 85 })).toEqual([
    { key: 'threshold:memory', subject: 'Memory', value: 50, limit: 70 },
    { key: 'threshold:disk:/', subject: 'Disk /', value: 10, limit: 85 },
    { key: 'threshold:disk:/var', subject: 'Disk /var', value: 91, limit: 85 },
  ])
})
