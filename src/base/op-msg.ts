import { BSONError, type Document, deserialize, serialize } from 'bson';

/* MongoDB's wire protocol, for the handshake: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */

const headerBytes = 16;

export const opMsg = 2013;

export interface WireMessage {
  requestId: number;
  /** The `requestId` of the message that this one answers; 0 if it is not an answer. */
  responseTo: number;
  opCode: number;
  body: Buffer;
}

export class WireError extends Error {}

/** The result takes bytes and returns the messages that they complete. It throws a wire error if a length is not plausible. */
export function messageReader(mostBytes: number): (chunk: Buffer) => WireMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: WireMessage[] = [];
    while (rest.length >= headerBytes) {
      const length = rest.readInt32LE(0);
      if (length < headerBytes || length > mostBytes) throw new WireError(`the length of a message is ${length}`);
      if (rest.length < length) break;
      const [requestId, responseTo, opCode] = [rest.readInt32LE(4), rest.readInt32LE(8), rest.readInt32LE(12)];
      messages.push({ requestId, responseTo, opCode, body: rest.subarray(headerBytes, length) });
      rest = rest.subarray(length);
    }
    return messages;
  };
}

export function encodeMessage({ requestId, responseTo, opCode, body }: WireMessage): Buffer {
  const header = Buffer.alloc(headerBytes);
  [headerBytes + body.length, requestId, responseTo, opCode].forEach((value, index) => {
    header.writeInt32LE(value, index * 4);
  });
  return Buffer.concat([header, body]);
}

/** The body of an OP_MSG: no flags, and one section of kind 0, the document. */
export function encodeOpMsg(document: Document): Buffer {
  return Buffer.concat([Buffer.alloc(5), serialize(document)]);
}

/** The document of an OP_MSG. Throws a wire error if it is something else. */
export function decodeOpMsg({ opCode, body }: WireMessage): Document {
  if (opCode !== opMsg) throw new WireError(`a message has the code ${opCode}`);
  if (body[4] !== 0) throw new WireError('a message has no document');
  return decodeDocument(body.subarray(5));
}

/** The document at the beginning of these bytes; a checksum may follow it. Throws a wire error if it is not BSON. */
export function decodeDocument(bytes: Buffer): Document {
  try {
    // A pattern from outside never becomes a regular expression of ours.
    return deserialize(bytes, { allowObjectSmallerThanBufferSize: true, bsonRegExp: true });
  } catch (error) {
    // Documents that are nested too deep exhaust the stack.
    if (!BSONError.isBSONError(error) && !(error instanceof RangeError)) throw error;
    throw new WireError('a message has a document that is not valid BSON', { cause: error });
  }
}
