import { spawnSync } from 'node:child_process'

/** Whether what is written for curl can be run: a machine may have Node, npm and git alone. CI counts a skipped test as failed. */
export const HAS_CURL = spawnSync('curl', ['--version']).status === 0
