import type { Duplex } from 'node:stream';
import { type Document, Int32, serialize } from 'bson';
import {
  decodeDocument,
  decodeOpMsg,
  encodeMessage,
  encodeOpMsg,
  messageReader,
  opMsg,
  type WireMessage,
} from '../../base/op-msg.js';
import { type ClusterString, type Node, setNameOf } from '../clusters.js';
import { digits } from '../world.js';
import type { NetworkFaults } from './faults.js';

/* What the nodes of the sandbox's clusters answer: the handshake of the drivers. There is no data and no user. */

export type Member = ReturnType<typeof memberOf>;

export interface Served {
  node: Node;
  string: ClusterString;
}

/** A node, as its replica set sees it. The first one is the primary, unless a fault says otherwise. */
export function memberOf({ node, string }: Served, portOf: (node: Node) => number, faults: NetworkFaults) {
  const isOther = faults.has('other-cluster');
  const nameOf = (each: Node) => `${isOther ? otherHost(each.host) : each.host}:${portOf(each)}`;
  const hosts = string.nodes.map(nameOf);
  return {
    setName: isOther && string.setName !== null ? setNameOf(`not ${string.setName}`) : string.setName,
    me: nameOf(node),
    hosts,
    primary: faults.has('no-primary') ? null : (hosts[0] ?? null),
  };
}

function otherHost(host: string) {
  return host.replace(/^([^.]+)\.[^.]+/, (_, name: string) => `${name}.${digits(`not ${name}`, 5)}`);
}

const [opReply, opQuery] = [1, 2004];
const mostBytes = 1_000_000;

export function serveMongo(socket: Duplex, member: () => Member): void {
  serveCommands(socket, (command) => resultOf(command, member()));
}

export function serveCommands(socket: Duplex, answer: (command: Document) => Document): void {
  const read = messageReader(mostBytes);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const message of read(chunk)) socket.write(answerTo(message, answer));
    } catch {
      // A real node closes the connection too if a client doesn't speak its protocol.
      socket.destroy();
    }
  });
}

function answerTo(message: WireMessage, answer: (command: Document) => Document) {
  const head = { requestId: message.requestId, responseTo: message.requestId };
  // Drivers say hello by this older message, because the server may be old.
  if (message.opCode === opQuery) {
    // Flags, the name of a collection, two numbers, the command.
    const afterName = message.body.indexOf(0, 4) + 1;
    const command = decodeDocument(message.body.subarray(afterName + 8));
    const fields = Buffer.alloc(20);
    fields.writeInt32LE(1, 16);
    const body = Buffer.concat([fields, serialize(answer(command))]);
    return encodeMessage({ ...head, opCode: opReply, body });
  }
  return encodeMessage({ ...head, opCode: opMsg, body: encodeOpMsg(answer(decodeOpMsg(message))) });
}

function resultOf(command: Document, member: Member) {
  const [name = ''] = Object.keys(command);
  if (['hello', 'ismaster', 'isMaster'].includes(name)) return helloOf(name, member);
  if (['ping', 'endSessions'].includes(name)) return { ok: 1 };
  const isSignIn = /^(?:sasl|authenticate)/.test(name);
  return isSignIn
    ? { ok: 0, code: new Int32(18), codeName: 'AuthenticationFailed', errmsg: 'The sandbox has no database users.' }
    : { ok: 0, code: new Int32(13), codeName: 'Unauthorized', errmsg: `Command ${name} requires authentication` };
}

/** https://www.mongodb.com/docs/manual/reference/command/hello/. Without a set, it is a mongos. */
function helloOf(name: string, { setName, me, hosts, primary }: Member) {
  const isPrimary = me === primary;
  const known = primary !== null && { primary };
  const ofSet = { secondary: !isPrimary, setName, setVersion: new Int32(1), hosts, ...known, me };
  return {
    helloOk: true,
    // The older name of the command has the older name of the key.
    [name === 'hello' ? 'isWritablePrimary' : 'ismaster']: isPrimary || setName === null,
    ...(setName === null ? { msg: 'isdbgrid' } : ofSet),
    maxBsonObjectSize: new Int32(16_777_216),
    maxMessageSizeBytes: new Int32(48_000_000),
    maxWriteBatchSize: new Int32(100_000),
    localTime: new Date(),
    logicalSessionTimeoutMinutes: new Int32(30),
    connectionId: new Int32(1),
    // From MongoDB 2.6 to 8.0.
    minWireVersion: 0,
    maxWireVersion: 25,
    readOnly: false,
    ok: 1,
  };
}
