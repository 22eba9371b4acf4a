import type { FastifyInstance } from 'fastify'
import { StartError } from '../errors.ts'

/** Opens the port; answers the one that it got. @throws StartError in one sentence where the port cannot be had */
export async function openPort(
  app: FastifyInstance,
  address: { readonly host: string; readonly port: number },
): Promise<number> {
  try {
    await app.listen(address)
  } catch (error) {
    throw new StartError(whyNot(error as NodeJS.ErrnoException, address), { cause: error })
  }
  const bound = app.server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : address.port
}

function whyNot(error: NodeJS.ErrnoException, { host, port }: { readonly host: string; readonly port: number }): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Choose another with PORT=…`
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Choose one above 1023 with PORT=…`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This machine has no address ${host}. Set STACKSENSE_HOST to one that it has.`
    default:
      throw error
  }
}
