import type { Api } from './api.ts'
import { listSimulated, TAG } from './server-list.ts'

/** A server of the simulation. */
export interface SimulatedServer {
  readonly id: string
  readonly name: string
  readonly token: string
}

/** How many mutations one document holds: below the hub's limit of aliases. */
const PER_REQUEST = 10
const REQUESTS_AT_ONCE = 8

export type Progress = (done: number, of: number) => void

/** Creates servers named `sim-00001` and so on; what an earlier simulation left behind goes first. */
export async function createFleet(
  api: Api,
  size: number,
  offlineAfterSeconds: number,
  progress?: Progress,
): Promise<SimulatedServer[]> {
  const leftovers = await listSimulated(api)
  await deleteFleet(
    api,
    leftovers.map(({ id }) => id),
  )

  const names = Array.from({ length: size }, (_, index) => `sim-${String(index + 1).padStart(5, '0')}`)
  let done = 0
  const created = await inBatches(names, async (batch) => {
    const servers = await createServers(api, batch, offlineAfterSeconds)
    done += batch.length
    progress?.(done, size)
    return servers
  })
  return created.flat()
}

export async function deleteFleet(api: Api, ids: readonly string[]): Promise<void> {
  await inBatches(ids, async (batch) => {
    const fields = batch.map((_, index) => `d${index}: deleteServer(id: $d${index})`)
    await api.ask(mutation(batch, 'd', 'ID!', fields), variablesOf(batch, 'd'))
  })
}

async function createServers(
  api: Api,
  names: readonly string[],
  offlineAfterSeconds: number,
): Promise<SimulatedServer[]> {
  const inputs = names.map((name) => ({ name, tags: [TAG], description: 'A simulated server', offlineAfterSeconds }))
  const fields = names.map((_, index) => `c${index}: createServer(input: $c${index}) { server { id name } agentToken }`)
  const created = await api.ask<Record<string, { server: { id: string; name: string }; agentToken: string }>>(
    mutation(names, 'c', 'CreateServerInput!', fields),
    variablesOf(inputs, 'c'),
  )
  return Object.values(created).map(({ server, agentToken }) => ({ ...server, token: agentToken }))
}

function mutation(items: readonly unknown[], letter: string, type: string, fields: readonly string[]): string {
  const parameters = items.map((_, index) => `$${letter}${index}: ${type}`)
  return `mutation (${parameters.join(', ')}) { ${fields.join(' ')} }`
}

function variablesOf(items: readonly unknown[], letter: string): Record<string, unknown> {
  return Object.fromEntries(items.map((item, index) => [`${letter}${index}`, item]))
}

/** In batches of `PER_REQUEST`, several at once; the answers in the order of the items. */
async function inBatches<T, R>(items: readonly T[], run: (batch: readonly T[]) => Promise<R>): Promise<R[]> {
  const batches = Array.from({ length: Math.ceil(items.length / PER_REQUEST) }, (_, index) =>
    items.slice(index * PER_REQUEST, (index + 1) * PER_REQUEST),
  )
  const answers: R[] = new Array(batches.length)
  let next = 0
  const worker = async () => {
    while (next < batches.length) {
      const index = next++
      answers[index] = await run(batches[index] ?? [])
    }
  }
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker))
  return answers
}
