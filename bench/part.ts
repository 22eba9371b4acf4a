import type { Cluster, ClusterKind } from './stage/cluster.ts'

/** One question of the benchmarks, answered in one run: `npm run bench -- KEY`. */
export interface Part {
  readonly key: string
  readonly title: string
  /** Runs only when it is named: it needs what a machine need not have. */
  readonly onlyByName?: true
  /** Measures, and answers the Markdown of its part of `RESULTS.md`. It closes what it opens; the clusters stay. */
  readonly run: (bench: Bench) => Promise<string>
}

/** What a part works with. */
export interface Bench {
  /** A PostgreSQL for the whole run, started at the first call; undefined where this machine has none of this kind. */
  cluster(kind: ClusterKind): Promise<Cluster | undefined>
  /** One line of progress. */
  log(line: string): void
}
