/** The oldest Node that the hub runs on. */
const OLDEST = [22, 17] as const

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

// Everything is imported late: an old Node could not even read it.
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(`StackSense needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}.\n`)
  process.exit(1)
} else {
  // Whatever the environment says: else graphql looks at the realm of every object that it makes.
  process.env.NODE_ENV = 'production'
  const { serve } = await import('./serve.ts')
  await serve()
}
