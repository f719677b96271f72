import { createSocket } from 'node:dgram';
import type { Server } from 'node:http';
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet } from 'dns-packet';
import type { Clock } from '../../base/clock.js';
import { CliError } from '../../base/errors.js';
import { once } from '../../base/once.js';
import type { Node } from '../clusters.js';
import type { Store } from '../world.js';
import { createAuthority } from './certificates.js';
import type { NetworkFault, NetworkFaults } from './faults.js';
import { createMongoPorts, serveHttps, whyClosed } from './ports.js';
import { allNames, loopback, type Names, privateStrings } from './records.js';

export interface NetworkOptions {
  store: Store;
  clock: Clock;
  /** The UDP port of the DNS server on 127.0.0.1; 0 takes a free one. */
  dnsPort: number;
  /** The ports of the private strings to listen on: their `own`, or `free` ones, which only SRV records name. */
  mongo: false | 'own' | 'free';
  faults?: readonly NetworkFault[];
  warn?(message: string): void;
}

export async function startNetwork(options: NetworkOptions) {
  const { store, clock, dnsPort, mongo, warn = () => {} } = options;
  const faults: NetworkFaults = new Set(options.faults);
  const authority = await createAuthority(faults);
  const ports = mongo ? createMongoPorts({ authority, faults, ports: mongo, warn }) : null;
  let following = Promise.resolve();

  const view = async () => ({ world: await store.read(), now: clock.now() });

  /** Opens and closes ports so that they are those of the private strings that exist now. A DNS query does this too. */
  const refresh = async () => {
    if (!ports) return;
    // One after the other, because each compares what is wanted with what is open.
    following = following
      .then(async () => ports.follow(privateStrings(await view())))
      // The next request that reads the state reports that it can't be read.
      .catch(() => {});
    await following;
  };

  async function lookUp() {
    await refresh();
    const portOf = ports ? ports.portOf : ({ port }: Node) => port;
    return allNames(await view(), { faults, portOf, address: ports ? loopback : null });
  }

  const dns = await startDnsServer(dnsPort, lookUp, faults);
  const close = once(async () => {
    await dns.close();
    await following;
    await ports?.close();
  });
  return {
    /** `127.0.0.1:5353` */
    dnsServer: dns.address,
    authority: authority.pem,
    serveHttps: (server: Server) => serveHttps(server, authority),
    refresh,
    close,
  };
}

export type LookUp = () => Promise<Names>;

const nameError = 3;
const serverFailure = 2;

export async function startDnsServer(port: number, lookUp: LookUp, faults: NetworkFaults = new Set()) {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    answerTo(message, lookUp, faults)
      .then((answer) => answer && socket.send(answer, from.port, from.address, () => {}))
      // The message is not DNS, or the socket has been closed in the meantime.
      .catch(() => {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      const what = `The sandbox cannot serve DNS on UDP port ${port}. ${whyClosed(cause)}`;
      reject(new CliError('unexpected', what, { hint: 'Use another port: --dns-port 0 takes a free one.', cause }));
    });
    socket.bind(port, loopback, resolve);
  });
  // An error of one answer, such as a client that is gone, does not end the server.
  socket.on('error', () => {});
  return {
    address: `${loopback}:${socket.address().port}`,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

/** Undefined if the message is not a query. Throws if it is not DNS. */
async function answerTo(message: Buffer, lookUp: LookUp, faults: NetworkFaults) {
  const query = decode(message);
  const [question] = query.questions ?? [];
  if (query.type !== 'query' || !question) return undefined;
  const head: Packet = {
    type: 'response',
    id: query.id,
    // The answer repeats one flag of the query: that recursion is desired.
    flags: AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & 0x0100),
    questions: [question],
  };
  try {
    if (question.type === 'TXT' && faults.has('failing-txt')) throw new Error('The sandbox fails on purpose.');
    const name = question.name.toLowerCase();
    const names = await lookUp();
    if (!names.has(name)) return encode({ ...head, flags: (head.flags ?? 0) | nameError });
    // The names of an answer are not compressed. It may be longer than 512 bytes, which loopback carries.
    return encode({ ...head, answers: answersIn(names, question.name, question.type) });
  } catch {
    return encode({ ...head, flags: (head.flags ?? 0) | serverFailure });
  }
}

function answersIn(names: Names, name: string, type: string) {
  const records = names.get(name.toLowerCase()) ?? [];
  return records.flatMap((record): Answer[] => {
    if (record.type !== type && record.type !== 'CNAME') return [];
    // Names appear and disappear, so nothing is to be cached.
    const answer = { ...record, name, ttl: 0, class: 'IN' } as Answer;
    const isAlias = record.type === 'CNAME' && type !== 'CNAME';
    return isAlias ? [answer, ...answersIn(names, record.data, type)] : [answer];
  });
}
