import {
  Arg,
  Ctx,
  Extensions,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { MAX_SAMPLES_A_MINUTE } from '../core/metrics.ts'
import { type AlertLimits, DEFAULT_LIMITS } from '../core/thresholds.ts'
import type { Instant, Server, ServerId } from '../core/types.ts'
import { Refusal } from '../errors.ts'
import { parseServerId } from '../ingest/entries.ts'
import { cleanAgedSample, cleanSamples, isTooOld, MAX_AGE_SECONDS } from '../metrics/clean-sample.ts'
import type { StoredSample } from '../store/metric-samples.ts'
import { readSeries } from '../store/metric-series.ts'
import { keptMs } from '../store/retention.ts'
import type { TopProcesses } from '../store/top-processes.ts'
import { bad } from './clean.ts'
import type { GraphQLContext } from './context.ts'
import { DateTime } from './date-time.ts'
import type { Loaders } from './loaders.ts'
import { MetricSampleInput } from './metric.input.ts'
import {
  AlertLimitsType,
  MetricReceiptType,
  MetricSamplesReceiptType,
  MetricSampleType,
  TopProcessesType,
} from './metric.type.ts'
import { MetricSeriesType } from './metric-series.type.ts'
import { ServerType } from './server.type.ts'

const DEFAULT_RANGE_MS = 3_600_000
const DEFAULT_POINTS = 300
const MAX_POINTS = 2_000

@Resolver(() => MetricSampleType)
export class MetricResolver {
  @Mutation(() => MetricReceiptType, { description: 'What a machine measured of itself. It is not a heartbeat.' })
  async recordMetrics(
    @Arg('serverId', () => ID) serverId: string,
    @Arg('input', () => MetricSampleInput) input: MetricSampleInput,
    @Ctx() { services, arrivedAtMs }: GraphQLContext,
  ): Promise<MetricReceiptType> {
    const id = parseServerId(serverId, 'serverId')
    const sample = cleanAgedSample(input, 'input.')
    if (isTooOld(sample)) throw bad('input.ageSeconds', `must be at most ${MAX_AGE_SECONDS}.`)
    const outcome = await services.samples.record(id, [sample], arrivedAtMs)
    if (outcome.kind === 'unknown-server') throw unknownServer()
    if (outcome.tooMany > 0) throw tooMany()
    return { recordedAt: outcome.at as Instant }
  }

  @Mutation(() => MetricSamplesReceiptType, {
    description: `Up to 300 samples of one machine, each with its age: what its agent gathered while no hub could be reached. A sample that is there already (the same \`uptimeSeconds\` within a minute) is not stored again, and no more than ${MAX_SAMPLES_A_MINUTE} are kept of a minute.`,
  })
  async recordMetricSamples(
    @Arg('serverId', () => ID) serverId: string,
    @Arg('input', () => [MetricSampleInput]) input: MetricSampleInput[],
    @Ctx() { services, arrivedAtMs }: GraphQLContext,
  ): Promise<MetricSamplesReceiptType> {
    const id = parseServerId(serverId, 'serverId')
    const outcome = await services.samples.record(id, cleanSamples(input, 'input'), arrivedAtMs)
    if (outcome.kind === 'unknown-server') throw unknownServer()
    return outcome
  }

  @Extensions({ cost: 20_000 })
  @Query(() => MetricSeriesType, {
    description:
      'The last hour where no range is given. In no more than `maxPoints` (1 to 2,000) stretches; of the finest figures that are kept for the range.',
  })
  async metrics(
    @Arg('serverId', () => ID) serverId: string,
    @Arg('from', () => DateTime, { nullable: true }) from: Instant | null,
    @Arg('to', () => DateTime, { nullable: true }) to: Instant | null,
    @Arg('maxPoints', () => Int, { nullable: true }) maxPoints: number | null,
    @Ctx() { services, loaders }: GraphQLContext,
  ): Promise<MetricSeriesType> {
    const id = parseServerId(serverId, 'serverId')
    const range = cleanRange(from, to, maxPoints)
    return new MetricSeriesType(
      range,
      await readSeries(services.store, await existing(loaders, id), range, keptMs(services.retention)),
    )
  }

  @Subscription(() => MetricSampleType, {
    description: 'Samples of one server as they come, at most one a second.',
    subscribe: ({ args, context }) => followSamples(context, parseServerId(args.serverId, 'serverId')),
  })
  metricsRecorded(@Arg('serverId', () => ID) _serverId: string, @Root() sample: StoredSample): StoredSample {
    return sample
  }
}

@Resolver(() => ServerType)
export class ServerMetricResolver {
  @FieldResolver(() => MetricSampleType, { nullable: true, description: 'The newest sample of the last day.' })
  async latestMetrics(@Root() server: Server, @Ctx() { loaders }: GraphQLContext): Promise<StoredSample | null> {
    return (await loaders.latestSamples.load(server.id)) ?? null
  }

  @FieldResolver(() => TopProcessesType, {
    nullable: true,
    description: 'Where its agent was asked to send them (`top_processes`), and did within the last day.',
  })
  async topProcesses(@Root() server: Server, @Ctx() { loaders }: GraphQLContext): Promise<TopProcesses | null> {
    return (await loaders.topProcesses.load(server.id)) ?? null
  }

  @FieldResolver(() => AlertLimitsType)
  alertLimits(@Root() server: Server): AlertLimits {
    return { ...DEFAULT_LIMITS, ...server.alertLimits }
  }
}

async function followSamples(
  { loaders, services }: GraphQLContext,
  id: ServerId,
): Promise<AsyncIterable<StoredSample>> {
  await existing(loaders, id)
  return services.changeFeed.samples(id)
}

async function existing(loaders: Loaders, id: ServerId): Promise<Server> {
  const server = await loaders.servers.load(id)
  if (!server || server.deletedAt !== null) throw unknownServer()
  return server
}

function cleanRange(from: Instant | null, to: Instant | null, maxPoints: number | null) {
  const end = to ?? Date.now()
  // Nothing was measured before 1970; some languages call year 1 "no time".
  const begin = Math.max(from ?? end - DEFAULT_RANGE_MS, 0)
  if (begin >= end) throw bad('from', 'must be before to.')
  const points = maxPoints ?? DEFAULT_POINTS
  if (points < 1 || points > MAX_POINTS) throw bad('maxPoints', `must be from 1 to ${MAX_POINTS}.`)
  return { from: begin, to: end, maxPoints: points }
}

function tooMany(): Refusal {
  const message = `No more than ${MAX_SAMPLES_A_MINUTE} samples of one server are kept of a minute.`
  return new Refusal('RATE_LIMITED', message, { retryAfterSeconds: 60 })
}

function unknownServer(): Refusal {
  return new Refusal('SERVER_NOT_FOUND', 'No server has this id.')
}
