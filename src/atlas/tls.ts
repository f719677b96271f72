import { type ConnectionOptions, connect, createSecureContext, type TLSSocket } from 'node:tls';

/** Opens TLS on sockets, all with the authorities that Node trusts. Reading those takes some milliseconds. */
export function createTls(): (options: ConnectionOptions) => TLSSocket {
  const secureContext = createSecureContext();
  // Set explicitly, so that no environment variable can switch off certificate checks.
  return (options) => connect({ ...options, secureContext, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] });
}
