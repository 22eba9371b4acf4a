/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment ActiveAlert on Alert {\n  id\n  message\n  openedAt\n  openedBy\n  acknowledgedAt\n  acknowledgedBy\n  acknowledgeNote\n}\n\nfragment ActiveAnomaly on Anomaly {\n  id\n  metric\n  message\n  score\n}\n\nfragment FleetServer on Server {\n  id\n  name\n  tags\n  status\n  statusReason\n  statusSince\n  createdAt\n  offlineAfterSeconds\n  heartbeat {\n    lastHeartbeatAt\n  }\n  activeAlerts {\n    ...ActiveAlert\n  }\n  activeAnomalies {\n    ...ActiveAnomaly\n  }\n}\n\nquery Fleet {\n  fleet {\n    cursor\n    servers {\n      ...FleetServer\n    }\n  }\n}\n\nfragment FleetEvent on StatusEvent {\n  cursor\n  from\n  to\n  reason\n  at\n  detectedAt\n  lastHeartbeatAt\n  gap {\n    id\n    from\n    until\n    cause\n  }\n  server {\n    id\n    name\n    activeAlerts {\n      ...ActiveAlert\n    }\n    activeAnomalies {\n      ...ActiveAnomaly\n    }\n  }\n}\n\nquery RecentEvents($last: Int!, $gapsFrom: DateTime!) {\n  statusEvents(last: $last) {\n    nodes {\n      ...FleetEvent\n    }\n  }\n  observationGaps(from: $gapsFrom) {\n    id\n    from\n    until\n    cause\n  }\n}\n\n\"Ages of last heartbeats are read, not pushed: a heartbeat is no event. `fleet` is read beside them to notice a change that was missed.\"\nquery Heartbeats($ids: [ID!]!, $first: Int!) {\n  fleet {\n    cursor\n    counts {\n      total\n    }\n  }\n  servers(filter: {ids: $ids}, first: $first) {\n    nodes {\n      id\n      heartbeat {\n        lastHeartbeatAt\n      }\n    }\n  }\n}\n\nsubscription FleetStatus($after: String!) {\n  serverStatusChanged(after: $after) {\n    ...FleetEvent\n  }\n}\n\nsubscription FleetChanges {\n  serverChanged {\n    kind\n    server {\n      ...FleetServer\n    }\n  }\n}\n\nsubscription FleetAlerts {\n  alertChanged {\n    ...ActiveAlert\n    active\n    server {\n      id\n    }\n  }\n}": typeof types.ActiveAlertFragmentDoc,
};
const documents: Documents = {
    "fragment ActiveAlert on Alert {\n  id\n  message\n  openedAt\n  openedBy\n  acknowledgedAt\n  acknowledgedBy\n  acknowledgeNote\n}\n\nfragment ActiveAnomaly on Anomaly {\n  id\n  metric\n  message\n  score\n}\n\nfragment FleetServer on Server {\n  id\n  name\n  tags\n  status\n  statusReason\n  statusSince\n  createdAt\n  offlineAfterSeconds\n  heartbeat {\n    lastHeartbeatAt\n  }\n  activeAlerts {\n    ...ActiveAlert\n  }\n  activeAnomalies {\n    ...ActiveAnomaly\n  }\n}\n\nquery Fleet {\n  fleet {\n    cursor\n    servers {\n      ...FleetServer\n    }\n  }\n}\n\nfragment FleetEvent on StatusEvent {\n  cursor\n  from\n  to\n  reason\n  at\n  detectedAt\n  lastHeartbeatAt\n  gap {\n    id\n    from\n    until\n    cause\n  }\n  server {\n    id\n    name\n    activeAlerts {\n      ...ActiveAlert\n    }\n    activeAnomalies {\n      ...ActiveAnomaly\n    }\n  }\n}\n\nquery RecentEvents($last: Int!, $gapsFrom: DateTime!) {\n  statusEvents(last: $last) {\n    nodes {\n      ...FleetEvent\n    }\n  }\n  observationGaps(from: $gapsFrom) {\n    id\n    from\n    until\n    cause\n  }\n}\n\n\"Ages of last heartbeats are read, not pushed: a heartbeat is no event. `fleet` is read beside them to notice a change that was missed.\"\nquery Heartbeats($ids: [ID!]!, $first: Int!) {\n  fleet {\n    cursor\n    counts {\n      total\n    }\n  }\n  servers(filter: {ids: $ids}, first: $first) {\n    nodes {\n      id\n      heartbeat {\n        lastHeartbeatAt\n      }\n    }\n  }\n}\n\nsubscription FleetStatus($after: String!) {\n  serverStatusChanged(after: $after) {\n    ...FleetEvent\n  }\n}\n\nsubscription FleetChanges {\n  serverChanged {\n    kind\n    server {\n      ...FleetServer\n    }\n  }\n}\n\nsubscription FleetAlerts {\n  alertChanged {\n    ...ActiveAlert\n    active\n    server {\n      id\n    }\n  }\n}": types.ActiveAlertFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment ActiveAlert on Alert {\n  id\n  message\n  openedAt\n  openedBy\n  acknowledgedAt\n  acknowledgedBy\n  acknowledgeNote\n}\n\nfragment ActiveAnomaly on Anomaly {\n  id\n  metric\n  message\n  score\n}\n\nfragment FleetServer on Server {\n  id\n  name\n  tags\n  status\n  statusReason\n  statusSince\n  createdAt\n  offlineAfterSeconds\n  heartbeat {\n    lastHeartbeatAt\n  }\n  activeAlerts {\n    ...ActiveAlert\n  }\n  activeAnomalies {\n    ...ActiveAnomaly\n  }\n}\n\nquery Fleet {\n  fleet {\n    cursor\n    servers {\n      ...FleetServer\n    }\n  }\n}\n\nfragment FleetEvent on StatusEvent {\n  cursor\n  from\n  to\n  reason\n  at\n  detectedAt\n  lastHeartbeatAt\n  gap {\n    id\n    from\n    until\n    cause\n  }\n  server {\n    id\n    name\n    activeAlerts {\n      ...ActiveAlert\n    }\n    activeAnomalies {\n      ...ActiveAnomaly\n    }\n  }\n}\n\nquery RecentEvents($last: Int!, $gapsFrom: DateTime!) {\n  statusEvents(last: $last) {\n    nodes {\n      ...FleetEvent\n    }\n  }\n  observationGaps(from: $gapsFrom) {\n    id\n    from\n    until\n    cause\n  }\n}\n\n\"Ages of last heartbeats are read, not pushed: a heartbeat is no event. `fleet` is read beside them to notice a change that was missed.\"\nquery Heartbeats($ids: [ID!]!, $first: Int!) {\n  fleet {\n    cursor\n    counts {\n      total\n    }\n  }\n  servers(filter: {ids: $ids}, first: $first) {\n    nodes {\n      id\n      heartbeat {\n        lastHeartbeatAt\n      }\n    }\n  }\n}\n\nsubscription FleetStatus($after: String!) {\n  serverStatusChanged(after: $after) {\n    ...FleetEvent\n  }\n}\n\nsubscription FleetChanges {\n  serverChanged {\n    kind\n    server {\n      ...FleetServer\n    }\n  }\n}\n\nsubscription FleetAlerts {\n  alertChanged {\n    ...ActiveAlert\n    active\n    server {\n      id\n    }\n  }\n}"): (typeof documents)["fragment ActiveAlert on Alert {\n  id\n  message\n  openedAt\n  openedBy\n  acknowledgedAt\n  acknowledgedBy\n  acknowledgeNote\n}\n\nfragment ActiveAnomaly on Anomaly {\n  id\n  metric\n  message\n  score\n}\n\nfragment FleetServer on Server {\n  id\n  name\n  tags\n  status\n  statusReason\n  statusSince\n  createdAt\n  offlineAfterSeconds\n  heartbeat {\n    lastHeartbeatAt\n  }\n  activeAlerts {\n    ...ActiveAlert\n  }\n  activeAnomalies {\n    ...ActiveAnomaly\n  }\n}\n\nquery Fleet {\n  fleet {\n    cursor\n    servers {\n      ...FleetServer\n    }\n  }\n}\n\nfragment FleetEvent on StatusEvent {\n  cursor\n  from\n  to\n  reason\n  at\n  detectedAt\n  lastHeartbeatAt\n  gap {\n    id\n    from\n    until\n    cause\n  }\n  server {\n    id\n    name\n    activeAlerts {\n      ...ActiveAlert\n    }\n    activeAnomalies {\n      ...ActiveAnomaly\n    }\n  }\n}\n\nquery RecentEvents($last: Int!, $gapsFrom: DateTime!) {\n  statusEvents(last: $last) {\n    nodes {\n      ...FleetEvent\n    }\n  }\n  observationGaps(from: $gapsFrom) {\n    id\n    from\n    until\n    cause\n  }\n}\n\n\"Ages of last heartbeats are read, not pushed: a heartbeat is no event. `fleet` is read beside them to notice a change that was missed.\"\nquery Heartbeats($ids: [ID!]!, $first: Int!) {\n  fleet {\n    cursor\n    counts {\n      total\n    }\n  }\n  servers(filter: {ids: $ids}, first: $first) {\n    nodes {\n      id\n      heartbeat {\n        lastHeartbeatAt\n      }\n    }\n  }\n}\n\nsubscription FleetStatus($after: String!) {\n  serverStatusChanged(after: $after) {\n    ...FleetEvent\n  }\n}\n\nsubscription FleetChanges {\n  serverChanged {\n    kind\n    server {\n      ...FleetServer\n    }\n  }\n}\n\nsubscription FleetAlerts {\n  alertChanged {\n    ...ActiveAlert\n    active\n    server {\n      id\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;