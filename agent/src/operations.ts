/**
 * The agent's GraphQL operations, word for word as they go over the wire.
 *
 * They ask back as little as they may: what a hub looks up for an answer, it looks up for each server every 30 seconds.
 */

export const RECORD_HEARTBEAT = /* GraphQL */ `mutation RecordHeartbeat($serverId: ID!, $agentVersion: String, $bootId: String, $agentStartedAt: DateTime, $retries: Int, $sentAt: DateTime) { recordHeartbeat(serverId: $serverId, agentVersion: $agentVersion, bootId: $bootId, agentStartedAt: $agentStartedAt, retries: $retries, sentAt: $sentAt) { receivedAt } }`

export const RECORD_METRIC_SAMPLES = /* GraphQL */ `mutation RecordMetricSamples($serverId: ID!, $input: [MetricSampleInput!]!) { recordMetricSamples(serverId: $serverId, input: $input) { __typename } }`

export const RECORD_FAREWELL = /* GraphQL */ `mutation RecordFarewell($serverId: ID!, $reason: FarewellReason!, $backIn: Int) { recordFarewell(serverId: $serverId, reason: $reason, expectedBackInSeconds: $backIn) { at } }`

export const RECORD_METRICS = /* GraphQL */ `mutation RecordMetrics($serverId: ID!, $input: MetricSampleInput!) { recordMetrics(serverId: $serverId, input: $input) { __typename } }`
