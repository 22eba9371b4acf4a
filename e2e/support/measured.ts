import { ask, type HubProcess } from '../../server/test/support/hub-process.ts'

const EVERY_SECONDS = 300
const A_DAY = 288

export interface Machine {
  /** By mount, in per cent, now. It grew by ten over the day. */
  readonly disks?: Readonly<Record<string, number>>
  /** What was busy when the last sample was taken. */
  readonly topProcesses?: readonly object[]
  /** Moves its curves, so that no two machines look alike. */
  readonly phase?: number
  /** How many samples, the last of them now; a day of them where nothing is said. */
  readonly samples?: number
}

/** What an agent measured over the last day, delivered at once, as after a time without a hub. */
export async function measure(
  hub: HubProcess,
  serverId: string,
  { disks = {}, topProcesses, phase = 0, samples = A_DAY }: Machine,
): Promise<void> {
  const input = Array.from({ length: samples }, (_, i) => {
    const ago = samples - 1 - i
    const wave = (every: number, high: number) => high * (1 + Math.sin((i + phase * 17) / every))
    const noise = (((i + phase) * 7919) % 13) / 4
    return {
      ageSeconds: ago * EVERY_SECONDS,
      cpuPercent: 18 + wave(19, 14) + noise + (ago === 61 ? 40 : 0),
      memoryPercent: 44 + wave(53, 6) + noise / 2,
      swapPercent: 3,
      load1: 0.4 + wave(19, 0.5),
      load5: 0.5 + wave(21, 0.4),
      load15: 0.6 + wave(25, 0.3),
      networkRxBytesPerSecond: 4e6 + wave(31, 3e6) + noise * 2e5,
      networkTxBytesPerSecond: 2e6 + wave(23, 1e6),
      ...(ago === 0 && topProcesses && { topProcesses }),
      disks: Object.entries(disks).map(([mount, percent]) => {
        const usedPercent = percent - (10 * ago) / A_DAY
        return { mount, usedPercent, usedBytes: usedPercent * 1e9, totalBytes: 100e9 }
      }),
    }
  })
  const query = `mutation ($id: ID!, $input: [MetricSampleInput!]!) {
    recordMetricSamples(serverId: $id, input: $input) { recorded }
  }`
  await ask(hub, query, { id: serverId, input })
}
