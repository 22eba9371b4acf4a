interface Named {
  readonly id: string
  readonly name: string
}

const BY_NAME = new Intl.Collator('en', { numeric: true })

/**
 * The rows of a map in the order of their names, web-2 before web-10. They are sorted when a name came, went or changed,
 * from the order before, which makes it cheap; any other change only takes the place of the row before it.
 */
export class RowsByName<Row extends Named> {
  #rows: Row[] = []
  readonly #places = new Map<string, number>()
  #isSorted = true

  constructor(readonly all: ReadonlyMap<string, Row>) {}

  /** A new list each time: whoever holds one may compare it to the next. */
  list(): readonly Row[] {
    if (!this.#isSorted) this.#sort()
    return this.#rows.slice()
  }

  changed(row: Row, before: Row | undefined): void {
    const place = this.#places.get(row.id)
    if (place === undefined || before?.name !== row.name) this.#isSorted = false
    else this.#rows[place] = row
  }

  /** Any of the rows may have come, gone or changed. */
  allChanged(): void {
    this.#isSorted = false
  }

  #sort(): void {
    const known = this.#rows.flatMap(({ id }) => this.all.get(id) ?? [])
    const others = [...this.all.values()].filter(({ id }) => !this.#places.has(id))
    this.#rows = [...known, ...others].sort((a, b) => BY_NAME.compare(a.name, b.name))
    this.#places.clear()
    for (const [place, { id }] of this.#rows.entries()) this.#places.set(id, place)
    this.#isSorted = true
  }
}
