import { setTimeout as sleep } from 'node:timers/promises'
import type { SimulatedServer } from './fleet.ts'
import type { HeartbeatAnswer } from './heartbeat-post.ts'

export type Send = (server: SimulatedServer) => Promise<HeartbeatAnswer>

export interface Weather {
  /** This share of the servers has a bad line, 0 to 1. */
  readonly share: number
  /** So much of what goes over a bad line is lost, 0 to 1: half of it on the way there, half on the way back. */
  readonly loss: number
  /** Each way takes up to this much longer. */
  readonly delayMs: number
}

/** Spread over the fleet, whose ids are consecutive. */
function isOnBadLine({ id }: SimulatedServer, share: number): boolean {
  return ((Number(id) * 619) % 1_000) / 1_000 < share
}

/** A slow network that loses some of what it carries, between some of the servers and their hub. */
export function overLossyNetwork(send: Send, weather: Weather): Send {
  const { share, loss, delayMs } = weather
  if (share === 0) return send
  return async (server) => {
    if (!isOnBadLine(server, share)) return send(server)
    await sleep(Math.random() * delayMs)
    const fate = Math.random() / loss
    if (fate < 0.5) return { kind: 'unsent', why: 'lost on the way there' }
    const answer = await send(server)
    await sleep(Math.random() * delayMs)
    return fate < 1 ? { kind: 'unanswered', why: 'lost on the way back' } : answer
  }
}
