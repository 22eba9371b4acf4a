/** A figure that tools may watch: read when somebody asks, so that it costs nothing before. */
export interface Figure {
  /** By the rules of Prometheus: `stacksense_heartbeats_total`. */
  readonly name: string
  /** What it counts, in one sentence. */
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** Its lines in Prometheus' text format, without the head. */
  lines(): string[]
}

/** Only ever grows while the hub runs. */
export function counter(name: string, help: string, read: () => number): Figure {
  return { name, help, type: 'counter', lines: () => [`${name} ${read()}`] }
}

/** What is so at the moment. */
export function gauge(name: string, help: string, read: () => number): Figure {
  return { name, help, type: 'gauge', lines: () => [`${name} ${read()}`] }
}

/** How values are spread: for each bound, how many were no greater. */
export class Histogram implements Figure {
  readonly type = 'histogram'
  readonly #counts: Float64Array
  #sum = 0
  #count = 0

  constructor(
    readonly name: string,
    readonly help: string,
    /** Ascending. */
    readonly bounds: readonly number[],
  ) {
    this.#counts = new Float64Array(bounds.length)
  }

  observe(value: number): void {
    this.#sum += value
    this.#count += 1
    const index = this.bounds.findIndex((bound) => value <= bound)
    if (index !== -1) this.#counts[index] = (this.#counts[index] as number) + 1
  }

  lines(): string[] {
    let count = 0
    const buckets = this.bounds.map((bound, i) => {
      count += this.#counts[i] as number
      return `${this.name}_bucket{le="${bound}"} ${count}`
    })
    return [
      ...buckets,
      `${this.name}_bucket{le="+Inf"} ${this.#count}`,
      `${this.name}_sum ${this.#sum}`,
      `${this.name}_count ${this.#count}`,
    ]
  }
}

/** Figures as Prometheus reads them: the text format, version 0.0.4. */
export function inPrometheusText(figures: readonly Figure[]): string {
  const lines = figures.flatMap((figure) => [
    `# HELP ${figure.name} ${figure.help}`,
    `# TYPE ${figure.name} ${figure.type}`,
    ...figure.lines(),
  ])
  return `${lines.join('\n')}\n`
}
