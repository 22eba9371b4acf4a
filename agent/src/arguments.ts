export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'beat'; readonly once: boolean; readonly configPath: string | undefined }
  | { readonly kind: 'bad'; readonly problem: string }

export const USAGE = `stacksense-agent tells a StackSense hub that this machine is alive.

Usage: stacksense-agent [--config FILE] [--once]

  --config FILE  a JSON file with server_id, api_url, token, interval … (default: ~/.stacksense_heartbeat.conf)
  --once         send one heartbeat and end: 0 delivered, 1 not delivered, 2 bad configuration
  --version      print the version
  --help         print this

Environment, which wins over the file:
  STACKSENSE_SERVER_ID         the number that the hub gave this server
  STACKSENSE_API_URL           the hub's address; several are separated by commas
  STACKSENSE_TOKEN             this server's token, or
  STACKSENSE_TOKEN_FILE        the path of a file that holds it
  STACKSENSE_INTERVAL          seconds between heartbeats (30)
  STACKSENSE_METRICS_INTERVAL  seconds between metrics (60); 0 for none
  STACKSENSE_TOP_PROCESSES     how many processes are named with the metrics, by CPU and by memory (0)
  STACKSENSE_PROTOCOL          graphql (default) or rest
  STACKSENSE_BUFFER_FILE       where metrics wait while no hub can be reached (Node only)`

/** What the command line asks for. Where it contradicts itself, help and version win. */
export function parseArguments(args: readonly string[]): Command {
  let once = false
  let configPath: string | undefined
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    if (arg === '--help' || arg === '-h') return { kind: 'help' }
    if (arg === '--version' || arg === '-V') return { kind: 'version' }

    if (arg === '--once') {
      once = true
    } else if (arg === '--config' || arg.startsWith('--config=')) {
      configPath = arg === '--config' ? args[++index] : arg.slice('--config='.length)
      if (configPath === undefined || configPath === '')
        return { kind: 'bad', problem: '--config needs the path of a file' }
    } else {
      return { kind: 'bad', problem: `there is no argument ${JSON.stringify(arg.slice(0, 40))}` }
    }
  }
  return { kind: 'beat', once, configPath }
}
