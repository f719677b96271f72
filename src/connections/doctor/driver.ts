import { isIP, isIPv6, type LookupFunction } from 'node:net';
import type { MongoClient, MongoClientOptions, TopologyDescription } from 'mongodb';
import { type Clock, orAbort } from '../../base/clock.js';
import { reasonOf } from '../../base/errors.js';
import type { Trust } from './reach.js';
import type { NodeAddress } from './strings.js';

/*
 * MongoDB's own driver for Node.js, which decides whether a program can connect. It gets no user and no password, and looks
 * up nothing itself: the lookups of the system can't be stopped. Its messages may change with any release, so its version is exact.
 */

export const driver = 'the driver for Node.js 7.9';

type Driver = typeof import('mongodb');

function open({ MongoClient }: Driver, string: string, options: MongoClientOptions = {}) {
  const { emitWarning } = process;
  // Of deprecated options.
  process.emitWarning = () => undefined;
  try {
    return new MongoClient(string, options);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Resolves to what tells why its parser refuses a string, in its words; undefined: it takes it. The caller masks all secrets. */
export async function loadParser() {
  const driver = await import('mongodb');
  return (string: string) => {
    try {
      open(driver, string);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  };
}

/** The options that decide which nodes it connects to, and how, as far as all drivers read them. */
const used =
  /^(?:(?:loadbalanced|directconnection)=(?:true|false)|readpreference=(?:primary|secondary|(?:primary|secondary)Preferred|nearest)|(?:maxstalenessseconds|proxyport)=\d+|readpreferencetags=.*|(?:replicaset|proxy(?:host|username|password))=.+)$/;

export interface Seeds {
  nodes: readonly NodeAddress[];
  /** With names in lowercase. */
  options: URLSearchParams;
  trust: Trust;
  addresses(host: string): Promise<readonly string[]>;
}

interface Limits {
  clock: Pick<Clock, 'timeout'>;
  signal: AbortSignal;
  timeoutMs: number;
}

export interface Verdict {
  /** The node that answered a ping. Null: it could not connect. */
  node: string | null;
  /** Why not, for each node that it could not use. */
  errors: { node: string; reason: string }[];
  /** Some node answers, but it is not what the read preference asks for. */
  isUnsuitable: boolean;
  /** What it says of all nodes together. */
  reason: string;
}

/** Connects to the nodes and sends a ping. Throws only if the command is interrupted. */
export async function connectAsDriver(seeds: Seeds, { clock, signal, timeoutMs }: Limits): Promise<Verdict> {
  const driver = await import('mongodb');
  let client: MongoClient | undefined;
  // What a server answers may make it throw where nobody catches.
  const thrown = new AbortController();
  const onThrown = (error: unknown) => thrown.abort(error);
  process.on('unhandledRejection', onThrown);
  try {
    client = open(driver, ...clientFor(seeds, timeoutMs));
    const watched = watch(client, driver.MongoNetworkTimeoutError);
    const limit = AbortSignal.any([signal, clock.timeout(timeoutMs), watched.gaveUp, thrown.signal]);
    await orAbort(ping(client, driver.MongoServerError), limit);
    return { node: watched.node(), errors: [], isUnsuitable: false, reason: '' };
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error, client);
  } finally {
    process.off('unhandledRejection', onThrown);
    // It waits for sessions of the server.
    client?.close().catch(() => undefined);
  }
}

function clientFor({ nodes, options, trust, addresses }: Seeds, timeoutMs: number) {
  const places = nodes.map(({ host, port }) => `${isIPv6(host) ? `[${host}]` : host}:${port}`);
  // The TXT record counts less.
  const firsts = [...options].filter(([name, value]) => name === 'readpreferencetags' || options.get(name) === value);
  // The record may repeat what the string has, and the parser takes an option only once.
  const once = new Map(firsts.map(([name, value]) => [`${name}=${value}`, [name, value] as [string, string]]));
  const own = new URLSearchParams([...once.values()].filter((each) => used.test(each.join('='))));
  const atMost = (name: string, most: number) => {
    const ms = Number(options.get(name));
    // With less, it depends on how busy this machine is. The string's checks say that.
    return ms >= 100 && ms < most ? ms : most;
  };
  const lookup: LookupFunction = (host, { all }, done) => {
    const answer = ([first = '', ...rest]: readonly string[]) => {
      if (first === '') return done(new Error(`${host} has no address`), '');
      if (!all) return done(null, first, isIP(first));
      return done(
        null,
        [first, ...rest].map((address) => ({ address, family: isIP(address) })),
      );
    };
    addresses(host).then(answer, (error) => done(error, ''));
  };
  const settings = {
    ...trust,
    tls: true,
    lookup,
    // It asks all nodes again, as long as none is suitable.
    serverMonitoringMode: 'poll',
    connectTimeoutMS: atMost('connecttimeoutms', timeoutMs - 100),
    serverSelectionTimeoutMS: atMost('serverselectiontimeoutms', timeoutMs),
  };
  return [`mongodb://${places}/?${own}`, settings as MongoClientOptions] as const;
}

async function ping(client: MongoClient, ServerError: Driver['MongoServerError']) {
  await client.connect();
  const { readPreference } = client;
  // A server that refuses the command has answered too.
  await client
    .db('admin')
    .command({ ping: 1 }, { readPreference })
    .catch((error) => {
      if (!(error instanceof ServerError)) throw error;
    });
}

/** `gaveUp`: when each node failed or answered twice, or timed out, and none is selected. `node`: the one that is. */
function watch(client: MongoClient, TimeoutError: Driver['MongoNetworkTimeoutError']) {
  const giveUp = new AbortController();
  const asked = new Map<string, number>();
  let node: string | null = null;
  const count = (address: string, times: number) => {
    asked.set(address, (asked.get(address) ?? 0) + times);
    // The description of the node changes after this event.
    setImmediate(() => {
      const nodes = [...(descriptionOf(client)?.servers.keys() ?? [])];
      if (node === null && nodes.every((each) => (asked.get(each) ?? 0) > 1)) giveUp.abort();
    });
  };
  client.on('connectionCheckOutStarted', ({ address }) => {
    node = address;
  });
  client.on('serverHeartbeatSucceeded', ({ connectionId }) => count(connectionId, 1));
  client.on('serverHeartbeatFailed', ({ connectionId, failure }) =>
    count(connectionId, failure instanceof TimeoutError ? 2 : 1),
  );
  return { gaveUp: giveUp.signal, node: () => node };
}

function descriptionOf(client: MongoClient | undefined) {
  return (client as unknown as { topology?: { description: TopologyDescription } } | undefined)?.topology
    ?.description;
}

function failureOf(error: unknown, client: MongoClient | undefined): Verdict {
  const description = descriptionOf(client);
  const nodes = [...(description?.servers ?? [])];
  const errors = nodes.flatMap(([node, { error }]) => (error ? { node, reason: error.message } : []));
  const hasAnswer = nodes.some(([, each]) => each.type !== 'Unknown' && each.type !== 'LoadBalancer');
  const fault = description?.compatibilityError ?? reasonOf(error);
  return { node: null, errors, isUnsuitable: hasAnswer && !description?.compatibilityError, reason: fault };
}
