import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openAhead } from '../../src/http/route.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { listen } from '../helpers/listen.js';

async function setUp(count: number, onConnection: (socket: Socket) => void = () => undefined) {
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.resume();
    onConnection(socket);
  });
  const { port, close } = await listen(server);
  onTestFinished(close);
  const clock = fakeClock();
  const stop = new AbortController();
  const opened: Socket[] = [];
  const open = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    opened.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  return { take: openAhead(count, open, { clock, signal: stop.signal }), clock, stop, opened, accepted };
}

/** Waits until all these sockets are closed. */
const closed = (sockets: readonly Socket[]) =>
  expect.poll(() => sockets.every(({ destroyed }) => destroyed), { interval: 5 }).toBe(true);

test('each connection is handed over once, even while it is being opened', async () => {
  const { take, opened, stop } = await setUp(2);
  const [first, second] = await Promise.all([take(), take()]);
  expect([first, second]).toEqual(opened);
  expect(take()).toBeUndefined();
  // Now they belong to those who took them.
  stop.abort();
  expect(opened.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  for (const socket of opened) socket.destroy();
});

test('a connection that nobody took is closed at the end', async () => {
  const { opened, accepted, stop } = await setUp(2);
  await expect.poll(() => accepted.length, { interval: 5 }).toBe(2);
  await Promise.all(opened.map((socket) => socket.connecting && once(socket, 'connect')));
  stop.abort();
  await closed([...opened, ...accepted]);
});

test('a connection that opens after the end is closed', async () => {
  const { opened, stop } = await setUp(1);
  stop.abort();
  await closed(opened);
});

test.each([
  ['that the server has closed', (socket: Socket) => void socket.end()],
  ['on which the server has spoken first', (socket: Socket) => void socket.write('HTTP/1.1 408 Timeout\r\n\r\n')],
])('a connection %s is not handed over', async (_, onConnection) => {
  const { take, opened } = await setUp(1, onConnection);
  await closed(opened);
  expect(take()).toBeUndefined();
});

test('a connection is not handed over after four seconds', async () => {
  const { take, opened, clock } = await setUp(2);
  await Promise.all(opened.map((socket) => once(socket, 'connect')));
  await expect.poll(() => opened.every((socket) => socket.listenerCount('readable') > 0), { interval: 5 }).toBe(true);
  clock.advance(4000);
  expect(await take()).toBe(opened[0]);
  clock.advance(1);
  expect(take()).toBeUndefined();
  await closed(opened.slice(1));
  opened[0]?.destroy();
});

test('a failure is handed over once, and not long after it happened', async () => {
  const clock = fakeClock();
  const options = { clock, signal: new AbortController().signal };
  const fail = async () => {
    throw new Error('refused');
  };
  const take = openAhead(2, fail, options);
  await new Promise(setImmediate);
  await expect(take()).rejects.toThrow('refused');
  expect(take()).toBeUndefined();
  const late = openAhead(1, fail, options);
  await new Promise(setImmediate);
  clock.advance(4001);
  expect(late()).toBeUndefined();
});

test('after a failure was handed over, the failures of others are not', async () => {
  const failures: ((error: Error) => void)[] = [];
  const open = () => new Promise<Socket>((_, reject) => failures.push(reject));
  const take = openAhead(3, open, { clock: fakeClock(), signal: new AbortController().signal });
  const first = take();
  for (const fail of failures) fail(new Error('refused'));
  await expect(first).rejects.toThrow('refused');
  // The next try opens a new connection.
  expect(take()).toBeUndefined();
});
