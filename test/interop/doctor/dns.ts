import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  RECURSION_AVAILABLE,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

/* A DNS server, on UDP and TCP, which can be slow, fail, or stay silent. */

export type RecordType = 'SRV' | 'TXT' | 'A' | 'AAAA' | 'CNAME';

/**
 * What happens to a query: an error, no answer, an answer that is too long for UDP (`truncated`: TCP has it; `udp only`: TCP
 * is silent), or an answer after this many milliseconds.
 */
export type Trouble = 'failed' | 'refused' | 'silent' | 'truncated' | 'udp only' | number;

export interface Zone {
  /** By name in lowercase. A name without records doesn't exist; an empty list is a name with records of other types. */
  records: ReadonlyMap<string, readonly Answer[]>;
  trouble(name: string, type: string): Trouble | undefined;
}

const codes = { failed: 2, missing: 3, refused: 5 };

export function startDns(address: string, zone: Zone): void {
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', async (message, from) => {
    const answer = await answerTo(message, zone, 'UDP');
    if (answer) udp.send(answer, from.port, from.address);
  });
  udp.bind(53, address);
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', async (chunk) => {
      const answer = await answerTo(chunk.subarray(2), zone, 'TCP');
      if (!answer) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    });
  });
  tcp.listen(53, address);
}

async function answerTo(message: Buffer, { records, trouble }: Zone, by: 'UDP' | 'TCP') {
  const query = decode(message);
  const [question] = query.questions ?? [];
  if (!question) return undefined;
  const name = question.name.toLowerCase();
  const what = trouble(name, question.type);
  if (what === 'silent' || (what === 'udp only' && by === 'TCP')) return undefined;
  if (typeof what === 'number') await new Promise((resolve) => setTimeout(resolve, what));
  const isTruncated = what === 'truncated' || what === 'udp only';
  const found = records.get(name);
  const code = what === 'failed' || what === 'refused' ? codes[what] : found ? 0 : codes.missing;
  const head: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | code,
    questions: [question],
  };
  const answer = encode({ ...head, answers: code === 0 ? answersIn(records, question.name, question.type) : [] });
  // What clients take by UDP today.
  if (by === 'TCP' || (!isTruncated && answer.length <= 1232)) return answer;
  return encode({ ...head, flags: (head.flags ?? 0) | TRUNCATED_RESPONSE });
}

function answersIn(records: Zone['records'], name: string, type: string): Answer[] {
  const all = records.get(name.toLowerCase()) ?? [];
  return all.flatMap((record): Answer[] => {
    if (record.type === 'CNAME' && type !== 'CNAME') {
      return [{ ...record, name }, ...answersIn(records, record.data, type)];
    }
    return record.type === type ? [{ ...record, name } as Answer] : [];
  });
}
