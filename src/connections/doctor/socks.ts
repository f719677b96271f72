import { once } from 'node:events';
import { connect } from 'node:net';
import { orAbort } from '../../base/clock.js';
import { codeOf, reasonOf } from '../../base/errors.js';
import { type NodeAddress, parseNode, type StringSubject } from './strings.js';

export interface SocksProxy extends NodeAddress {
  user: { userId?: string; password?: string };
}

/** What another machine gets in place of the user and the password. */
export const notSent = '(not sent)';

/** `node`: undefined if not valid (it may hold a password then), or without its password. Of the drivers, only Node.js's uses it, also to look up hosts. */
export function socksProxyOf(strings: readonly StringSubject[]) {
  const options = strings.find((each) => each.options.get('proxyhost'))?.options;
  if (!options) return undefined;
  const [userId, password] = [options.get('proxyusername'), options.get('proxypassword') ?? ''];
  const isLocked = userId === notSent || password === notSent;
  const node = isLocked ? undefined : parseNode(`${options.get('proxyhost')}:${options.get('proxyport') ?? 1080}`);
  return { node, user: userId ? { userId, password } : {}, isLocked };
}

/** Connects to a host through the proxy at this address. Resolves to the open socket, or to the reason why it failed. */
export async function openSocks({ port, user }: SocksProxy, address: string, to: NodeAddress, limit: AbortSignal) {
  const socket = connect(port, address).on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal: limit });
    const { SocksClient } = await import('socks');
    const through = { host: address, port, type: 5, ...user } as const;
    const options = { command: 'connect', existing_socket: socket, destination: to, proxy: through } as const;
    await orAbort(SocksClient.createConnection(options), limit);
    return socket;
  } catch (error) {
    socket.destroy();
    if (limit.aborted) return 'no response';
    return codeOf(error) === 'ECONNREFUSED' ? 'nothing listens there' : reasonOf(error);
  }
}
