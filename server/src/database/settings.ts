/**
 * How the embedded PostgreSQL runs. Given on its command line at each start, so that a new release of ours takes effect
 * on an old data directory too.
 *
 * Durable (fsync and synchronous_commit stay on) and modest: one hub with a few dozen connections on one machine.
 */
export function settingsFor(folders: { readonly socket: string; readonly log: string }): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: folders.socket,
    unix_socket_permissions: '0700',
    cluster_name: 'stacksense',
    timezone: 'UTC',
    max_connections: '60',
    shared_buffers: '64MB',
    max_wal_size: '512MB',
    huge_pages: 'off',
    // Its worker processes pay off for large scans only.
    io_method: 'sync',
    ...loggingInto(folders.log),
  }
}

/**
 * One file for each day of the week, overwritten a week later. Failed statements are the hub's to log, so that these
 * files stay small.
 */
function loggingInto(folder: string): Record<string, string> {
  return {
    logging_collector: 'on',
    log_directory: folder,
    log_filename: 'postgresql-%u.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
  }
}
