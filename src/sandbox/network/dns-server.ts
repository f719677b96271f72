import { createSocket } from 'node:dgram';
import { type Answer, AUTHORITATIVE_ANSWER, decode, encode, type Packet } from 'dns-packet';
import { CliError } from '../../base/errors.js';
import { whyClosed } from './ports.js';
import { loopback, type NameRecords } from './records.js';

export interface DnsServer {
  /** Address and port, as a resolver takes them. */
  address: string;
  close(): Promise<void>;
}

/** Returns the names around this one, in lower case. Names that are not there don't exist. */
export type LookUp = (name: string) => Promise<ReadonlyMap<string, NameRecords>>;

const nameError = 3;
const serverFailure = 2;

/** Serves DNS over UDP on this port of loopback. 0 takes a free one. */
export async function startDnsServer(port: number, lookUp: LookUp): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    answerTo(message, lookUp)
      .then((answer) => answer && socket.send(answer, from.port, from.address, () => {}))
      // The message is not DNS, or the socket has been closed in the meantime.
      .catch(() => {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => reject(listenError(error, port)));
    socket.bind(port, loopback, resolve);
  });
  // An error of one answer, such as a client that is gone, does not end the server.
  socket.on('error', () => {});
  return {
    address: `${loopback}:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function listenError(error: unknown, port: number): CliError {
  return new CliError('unexpected', `The sandbox cannot serve DNS on UDP port ${port}. ${whyClosed(error)}`, {
    hint: 'Use another port: --dns-port 0 takes a free one.',
    cause: error,
  });
}

/** Undefined if the message is not a query. Throws if it is not DNS. */
async function answerTo(message: Buffer, lookUp: LookUp): Promise<Buffer | undefined> {
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
    const name = question.name.toLowerCase();
    const names = await lookUp(name);
    const records = names.get(name);
    if (!records) return encode({ ...head, flags: (head.flags ?? 0) | nameError });
    // The names of an answer are not compressed. It may be longer than 512 bytes, which loopback carries.
    return encode({ ...head, answers: answersIn(names, question.name, records, question.type) });
  } catch {
    return encode({ ...head, flags: (head.flags ?? 0) | serverFailure });
  }
}

function answersIn(
  names: ReadonlyMap<string, NameRecords>,
  name: string,
  { SRV = [], TXT, CNAME, A = [] }: NameRecords,
  type: string,
): Answer[] {
  // Names appear and disappear, so nothing is to be cached.
  const common = { name, ttl: 0, class: 'IN' } as const;
  if (CNAME !== undefined) {
    const alias: Answer = { ...common, type: 'CNAME', data: CNAME };
    return type === 'CNAME' ? [alias] : [alias, ...answersIn(names, CNAME, names.get(CNAME) ?? {}, type)];
  }
  switch (type) {
    case 'SRV':
      return SRV.map(({ host, port }) => ({
        ...common,
        type: 'SRV',
        data: { target: host, port, priority: 0, weight: 0 },
      }));
    case 'TXT':
      return TXT === undefined ? [] : [{ ...common, type: 'TXT', data: TXT }];
    case 'A':
      return A.map((data) => ({ ...common, type: 'A', data }));
    default:
      return [];
  }
}
