/** How full one file system is. */
export interface DiskUsage {
  readonly mount: string
  readonly usedPercent: number
  readonly usedBytes: number
  readonly totalBytes: number
}

/** What one process takes of its machine. */
export interface ProcessUsage {
  readonly pid: number
  /** Its program's, never its command line. */
  readonly name: string
  /** Of all processors together, as `cpuPercent` of a sample is. */
  readonly cpuPercent: number
  readonly memoryBytes: number
}

/** The figures of a sample that are one number each. */
export const METRICS = [
  'cpuPercent',
  'memoryPercent',
  'swapPercent',
  'load1',
  'load5',
  'load15',
  'networkRxBytesPerSecond',
  'networkTxBytesPerSecond',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'uptimeSeconds',
  'processes',
] as const
export type Metric = (typeof METRICS)[number]

/** What a machine measured of itself at one moment. What it cannot measure is null. */
export type MetricSample = Readonly<Record<Metric, number | null>> & {
  readonly disks: readonly DiskUsage[]
}

/** The most samples of one server that are kept of a minute: twice as many as the busiest agent measures. */
export const MAX_SAMPLES_A_MINUTE = 120
