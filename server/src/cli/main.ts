import { defaultDataDir, readClientConfig, SYSTEM_DATA_DIR } from '../config.ts'
import { VERSION } from '../version.ts'
import { findHub } from './hub-address.ts'
import { HubApi } from './hub-api.ts'
import { run } from './run.ts'

// Whoever reads our output may stop reading: `stacksense server list | head`.
process.stdout.on('error', () => undefined)

process.exitCode = await run(process.argv.slice(2), {
  version: VERSION,
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
  hub: localOrNamedHub,
})

function localOrNamedHub(): HubApi {
  const { apiUrl, token, dataDir } = readClientConfig(process.env)
  const dataDirs = dataDir === undefined ? [defaultDataDir(process.cwd()), SYSTEM_DATA_DIR] : [dataDir]
  return new HubApi(findHub({ url: apiUrl, token, dataDirs }))
}
