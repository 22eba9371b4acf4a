/** `npm start`. JavaScript that any Node can read, so that one that is too old for the rest is refused with a sentence. */
const OLDEST = [22, 18]

const [major, minor] = process.versions.node.split('.').map(Number)

if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  await import('./start.ts')
} else {
  process.stderr.write(
    `StackSense needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}. ` +
      'On Linux npm brings one along: run npm ci again without --omit=optional.\n',
  )
  process.exitCode = 1
}
