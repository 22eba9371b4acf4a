import { lossyDay } from '../agent/test/lossy-day.ts'
import { measureAgents } from './agent/measure.ts'
import { table, writeResults } from './results.ts'

/** `npm run bench:agent`, or `-- --minutes=60`: the agent's promises, measured on this machine's kind of executable. */
const DEFAULT_MINUTES = 2

const minutes = Number(/^--minutes=([\d.]+)$/.exec(process.argv[2] ?? '')?.[1] ?? DEFAULT_MINUTES)
process.stderr.write(`Measuring agents that beat and measure once a second, for ${minutes} min …\n`)
const measured = await measureAgents(minutes * 60_000)
const days = [0.01, 0.05].map((loss) => ({ loss, ...lossyDay(loss, 20_261_125) }))

const megabytes = (kilobytes: number) => (kilobytes / 1_024).toFixed(2)
const body = `
Each agent sends a heartbeat and metrics once a second, for ${minutes} minutes. Resident memory is that of the whole process, with
the pages of its executable; there is no child. "At its peak" includes page tables, so it bounds what a beat is charged.

${table(
  [
    'agent',
    'beats',
    'CPU a beat with metrics, ms',
    'resident after 20 s, MB',
    'at the end, MB',
    'at its peak, MB',
    'executable, KB',
  ],
  measured.map((each) => [
    each.name,
    each.beats,
    each.cpuMsPerBeat.toFixed(1),
    megabytes(each.earlyKb),
    megabytes(each.lateKb),
    megabytes(each.peakKb),
    each.executableKb,
  ]),
)}

A day of 1,000 simulated agents, 30 s apart, with an OFFLINE at 60 s of silence:

${table(
  ['requests lost', 'false OFFLINEs', 'longest silence, s'],
  days.map((day) => [`${day.loss * 100} %`, day.falseOfflines, (day.longestSilenceMs / 1_000).toFixed(1)]),
)}
`
process.stdout.write(body)
writeResults({ key: 'agent', title: 'The agent', command: `npm run bench:agent -- --minutes=${minutes}`, body })
