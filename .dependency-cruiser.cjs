/** What each folder of server/src may import besides itself. */
const MAY_IMPORT = {
  core: [],
  figures: [],
  database: ['config.ts', 'errors.ts'],
  store: ['core', 'errors.ts'],
  access: ['core', 'store', 'errors.ts'],
  ingest: ['core', 'store', 'access', 'errors.ts'],
  metrics: ['core', 'store', 'errors.ts'],
  monitor: ['core', 'store'],
  publish: ['core', 'store', 'errors.ts'],
  graphql: ['core', 'store', 'access', 'ingest', 'metrics', 'monitor', 'publish', 'errors.ts'],
  export: ['core', 'store', 'graphql', 'errors.ts'],
  http: ['core', 'access', 'figures', 'ingest', 'metrics', 'graphql', 'export', 'errors.ts'],
  // serve.ts: `stacksense serve` is what main.ts is.
  cli: ['core', 'app.ts', 'serve.ts', 'config.ts', 'errors.ts', 'version.ts'],
}

/** The page's features import api, ui and records, never each other; only App and the router know them all. */
const WEB_SHARED = ['api', 'ui', 'records']

const layers = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  severity: 'error',
  from: { path: `^server/src/${folder}/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^server/src/', pathNot: `^server/src/(${[folder, ...allowed].join('|')})` },
}))

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^server/src/core/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^server/src/core/' },
    },
    {
      name: 'orm-stays-in-store',
      severity: 'error',
      from: { path: '^server/src/', pathNot: '^server/src/(store/|app\\.ts)|\\.test\\.ts$' },
      to: { path: 'node_modules/@mikro-orm' },
    },
    {
      name: 'graphql-stays-in-graphql',
      severity: 'error',
      from: { path: '^server/src/(?!graphql/|http/|app\\.ts)', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules/(type-graphql|graphql|@apollo)/' },
    },
    {
      name: 'web-features-are-apart',
      severity: 'error',
      from: { path: '^web/src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^web/src/[^/]+/', pathNot: `^web/src/($1|${WEB_SHARED.join('|')})/` },
    },
    {
      name: 'web-shared-knows-no-feature',
      severity: 'error',
      from: { path: '^web/src/(api|ui)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^web/src/', pathNot: '^web/src/(api|ui)/' },
    },
    {
      name: 'agent-host-only-touches-the-runtime',
      severity: 'error',
      from: { path: '^agent/src/', pathNot: '^agent/src/(host-node[^/]*|main-node)\\.ts$|\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'agent-host-is-for-its-start',
      severity: 'error',
      from: { path: '^agent/src/', pathNot: '^agent/src/(host-|start-)[^/]*\\.ts$|\\.test\\.ts$' },
      to: { path: '^agent/src/host-[^/]*\\.ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(dist|generated)/' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json', '.vue', '.d.ts'] },
  },
}
