/** So many rows are worked out in one turn of the event loop: a few milliseconds. */
const ROWS_A_TURN = 200

/**
 * A long list for the executor, in portions, each in a turn of the event loop of its own.
 *
 * Ten thousand servers in one piece would keep the hub from everything else for most of a second: from heartbeats,
 * deadlines and its own stamp, which would be taken for an observation gap.
 */
export function inTurns<T>(rows: readonly T[]): readonly (T | Promise<T>)[] {
  let turn: Promise<void> = Promise.resolve()
  return rows.map((row, i) => {
    if (i < ROWS_A_TURN) return row
    if (i % ROWS_A_TURN === 0) turn = turn.then(nextTurn)
    return turn.then(() => row)
  })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
