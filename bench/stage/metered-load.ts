import { type Load, type LoadResult, runLoad } from './load.ts'

/** A load, and what it cost. */
export interface Metered extends LoadResult {
  /** CPU time an answer, by who spent it; NaN where that cannot be told. */
  readonly cpuUs: Readonly<Record<string, number>>
}

/** Whose CPU time is read, in milliseconds since any start; undefined where it cannot be told. */
export type Meters = Readonly<Record<string, () => number | undefined>>

/** Runs a load and reads the meters at its beginning and at its end. */
export async function runMetered(load: Load, meters: Meters): Promise<Metered> {
  const read = () => Object.entries(meters).map(([name, meter]) => [name, meter() ?? Number.NaN] as const)
  let begun: ReturnType<typeof read> = []
  let ended: ReturnType<typeof read> = []
  const onBegin = () => {
    begun = read()
  }
  const onEnd = () => {
    ended = read()
  }
  const result = await runLoad({ ...load, onBegin, onEnd })
  const spentMs = ended.map(([name, ms], i) => [name, ms - (begun[i]?.[1] ?? Number.NaN)] as const)
  return { ...result, cpuUs: Object.fromEntries(spentMs.map(([name, ms]) => [name, (ms * 1_000) / result.answers])) }
}
