/**
 * The connection could not be opened, so no part of the request was sent. `cause` is the system's error or a time-out.
 */
export class ConnectError extends Error {
  constructor(
    /** What failed: the connection to the proxy, or to the host behind it. */
    readonly side: 'proxy' | 'host',
    cause: unknown,
  ) {
    super('No connection.', { cause });
  }
}
