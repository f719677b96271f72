import type { LookupFunction, Socket } from 'node:net';
import type { Clock } from '../base/clock.js';
import type { Env } from '../base/host.js';
import { type ConnectorOptions, createConnector } from './connector.js';
import { proxyOf } from './proxy.js';

export interface RouteOptions extends Pick<ConnectorOptions, 'clock' | 'signal'> {
  /** May name proxies. */
  env?: Env | undefined;
  /** Looks up host names; default: the system's lookup. */
  lookup?: LookupFunction | undefined;
}

export type Route = ReturnType<typeof routeTo>;

/** Finds the way to a host. Opens nothing yet. Throws a usage error if the proxy's URL is not valid. */
export function routeTo(baseUrl: string, { env = {}, lookup: resolve, ...options }: RouteOptions) {
  const proxy = proxyOf(baseUrl, env);
  const { lookup, isLookingUp } = sharingLookups(resolve ?? lookUpInSystem);
  const open = createConnector(baseUrl, { ...options, proxy, lookup });
  let take: TakeSpare = () => undefined;
  return {
    /** Host and port of the proxy in use. */
    proxy: proxy?.host,
    /** Whether a DNS lookup is running. */
    isLookingUp,
    /** Begins to open this many connections, for requests that will come. The signal closes those that aren't used. */
    openAhead: (count: number) => {
      take = openAhead(count, open, options);
    },
    /** Opens a connection, or hands over one that was opened ahead. A failure is a `ConnectError`, or the reason of the signal. */
    connect: () => take() ?? open(),
  };
}

/** Loads Node's DNS only for a name: the address of a sandbox needs no lookup. */
const lookUpInSystem: LookupFunction = (hostname, options, callback) => {
  import('node:dns')
    .then(({ lookup }) => void lookup(hostname, options, callback))
    .catch((error) => callback(error, '', 0));
};

/**
 * Shares one lookup of a name among all concurrent callers. A system lookup can't be cancelled, and Node can't exit
 * before it ends. So there is never more than one for the same name and options.
 */
function sharingLookups(lookup: LookupFunction): { lookup: LookupFunction; isLookingUp(): boolean } {
  const waiting = new Map<string, Parameters<LookupFunction>[2][]>();
  const shared: LookupFunction = (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options]);
    const others = waiting.get(key);
    if (others) return void others.push(callback);
    const all = [callback];
    waiting.set(key, all);
    lookup(hostname, options, (...result) => {
      waiting.delete(key);
      for (const each of all) each(...result);
    });
  };
  return { lookup: shared, isLookingUp: () => waiting.size > 0 };
}

/** Milliseconds. A server may close a connection that was unused for longer, so it isn't given to a request. */
const freshMs = 4000;

/** Returns the next connection that was opened ahead; undefined if there is none. */
type TakeSpare = () => Promise<Socket> | undefined;

/** Opens this many connections at the same moment, for requests that will come. The signal closes those not taken. */
export function openAhead(
  count: number,
  open: () => Promise<Socket>,
  limits: { clock: Clock; signal: AbortSignal },
): TakeSpare {
  const spares = Array.from({ length: count }, () => spareOf(open(), limits));
  return () => {
    for (let take = spares.shift(); take; take = spares.shift()) {
      const opening = take();
      if (!opening) continue;
      // A failed connection fails one try: the next must open a connection, and not fail with the error of another preopened one.
      opening.catch(() => spares.splice(0));
      return opening;
    }
    return undefined;
  };
}

/** Keeps a connection that is being opened until it is taken, unless it is of no use. A failed one is handed over too. */
function spareOf(opening: Promise<Socket>, { clock, signal }: { clock: Clock; signal: AbortSignal }): TakeSpare {
  let settled: { at: number; socket?: Socket } | undefined;
  let isTaken = false;
  const close = () => void settled?.socket?.destroy();
  opening.then(
    (socket) => {
      settled = { at: clock.monotonic(), socket };
      if (isTaken) return;
      signal.addEventListener('abort', close, { once: true });
      if (signal.aborted) close();
      // A server has nothing to say before a request. If it closes the connection or sends anything, that's of no use.
      socket.once('readable', close);
    },
    () => {
      settled = { at: clock.monotonic() };
    },
  );
  return () => {
    isTaken = true;
    if (!settled) return opening;
    const { at, socket } = settled;
    const isFresh = clock.monotonic() - at <= freshMs;
    if (!isFresh) close();
    signal.removeEventListener('abort', close);
    socket?.removeListener('readable', close);
    return isFresh && !socket?.destroyed ? opening : undefined;
  };
}
