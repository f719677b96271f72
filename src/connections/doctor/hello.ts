import type { TLSSocket } from 'node:tls';
import type { Document } from 'bson';
import { decodeOpMsg, encodeMessage, encodeOpMsg, messageReader, opMsg, WireError } from '../../base/op-msg.js';

/** What a node says about itself and its replica set. */
export interface Hello {
  /** Null: it is not a member of a replica set. */
  setName: string | null;
  /** Hosts with ports, as the members know each other. */
  hosts: readonly string[];
  isPrimary: boolean;
  /** The primary that it knows, with its port. Null: it knows none. */
  primary: string | null;
  /** A router of a sharded cluster, behind which there are replica sets. */
  isRouter: boolean;
  /** Milliseconds from the question to the answer. */
  ms: number;
}

/** A real answer has some kilobytes. */
const mostBytes = 64 * 1024;
/** No replica set has more members, and nothing shows longer names. */
const [mostHosts, mostLetters] = [50, 300];

/**
 * Asks a node who it is. It needs no user. Rejects with a wire error if what answers isn't MongoDB. The caller limits the
 * time, and closes the socket.
 * https://www.mongodb.com/docs/manual/reference/command/hello/
 */
export function askHello(socket: TLSSocket, now: () => number): Promise<Hello> {
  const begun = now();
  const requestId = 1;
  const read = messageReader(mostBytes);
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      try {
        const [message] = read(chunk);
        if (!message) return;
        if (message.responseTo !== requestId) throw new WireError('a message answers something else');
        resolve(helloOf(decodeOpMsg(message), now() - begun));
      } catch (error) {
        reject(error);
      }
    });
    const document = { hello: 1, $db: 'admin' };
    socket.write(encodeMessage({ requestId, responseTo: 0, opCode: opMsg, body: encodeOpMsg(document) }));
  });
}

/** Throws a wire error if the document is no answer to `hello`. */
function helloOf(document: Document, ms: number): Hello {
  const { ok, setName, hosts, isWritablePrimary, primary, msg } = document;
  if (ok !== 1 || typeof isWritablePrimary !== 'boolean') throw new WireError('it does not answer hello');
  return {
    setName: text(setName),
    hosts: (Array.isArray(hosts) ? hosts : []).slice(0, mostHosts).flatMap((host: unknown) => text(host) ?? []),
    isPrimary: isWritablePrimary,
    primary: text(primary),
    isRouter: msg === 'isdbgrid',
    ms,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, mostLetters) : null;
}
