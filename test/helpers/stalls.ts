import { createServer as createHttp } from 'node:http';
import { connect, createServer, type LookupFunction, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { listen } from './listen.js';

/* Servers that keep a client waiting forever, each in another phase of a request. */

export interface Stall {
  env: Record<string, string>;
  lookup?: LookupFunction;
  /** The methods of all requests so far, except token requests. */
  methods: string[];
  open(): number;
  close(): Promise<void>;
}

const key = { ATLAS_PE_PUBLIC_KEY: 'key', ATLAS_PE_PRIVATE_KEY: 'secret' };
const account = { ATLAS_PE_CLIENT_ID: 'id', ATLAS_PE_CLIENT_SECRET: 'secret' };
const token = { ATLAS_PE_ACCESS_TOKEN: 't' };
const tunnelOpen = 'HTTP/1.1 200 OK\r\n\r\n';
const far = { ...token, ATLAS_PE_BASE_URL: 'https://atlas.test' };

/**
 * Each calls `onStall` whenever a client starts to wait. `lost` means that the request may have arrived by then. For TCP,
 * where this can't be detected, it is assumed after some time.
 */
export const phases: Record<string, { lost?: true; start(onStall: () => void): Promise<Stall> }> = {
  'look-up': {
    start: async (onStall) => ({
      env: far,
      lookup: onStall,
      methods: [],
      open: () => 0,
      close: async () => undefined,
    }),
  },
  TCP: { start: startDeaf },
  CONNECT: {
    start: async (onStall) => {
      const server = await listen(createServer((socket) => socket.on('data', onStall)));
      return { ...server, methods: [], env: { ...far, HTTPS_PROXY: server.host } };
    },
  },
  'TLS through a proxy': {
    start: async (onStall) => {
      const opens = (socket: Socket) => socket.once('data', () => socket.on('data', onStall).write(tunnelOpen));
      const server = await listen(createServer(opens));
      return { ...server, methods: [], env: { ...far, HTTPS_PROXY: `http://user:pass@${server.host}` } };
    },
  },
  TLS: {
    start: async (onStall) => {
      const server = await listen(createServer((socket) => socket.on('data', onStall)));
      return { ...server, methods: [], env: { ...token, ATLAS_PE_BASE_URL: `https://${server.host}` } };
    },
  },
  token: { start: (onStall) => startHttp(account, () => onStall()) },
  headers: { lost: true, start: (onStall) => startHttp(token, () => onStall()) },
  body: {
    lost: true,
    start: (onStall) =>
      startHttp(token, (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('[', onStall);
      }),
  },
  'digest retry': {
    lost: true,
    start: (onStall) =>
      startHttp(key, (request, response) => {
        if (request.headers.authorization) return onStall();
        response.writeHead(401, { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' }).end();
      }),
  },
};

/**
 * Calls `act` some turns of the event loop after the command began to wait, which `began` counts, and again later if it then
 * does nothing for many turns. Returns a function that ends this. Times would say little: on a busy machine, the command may
 * have got none.
 */
export function whenItWaits(began: () => number, act: () => void, soon = 5): () => void {
  let [seen, turns] = [0, 0];
  const timer = setInterval(() => {
    const count = began();
    turns++;
    if (count === 0 || turns < (count > seen ? soon : 50)) return;
    [seen, turns] = [count, 0];
    act();
  }, 1);
  return () => clearInterval(timer);
}

async function startHttp(credentials: Record<string, string>, handle: Parameters<typeof createHttp>[1] & object) {
  const methods: string[] = [];
  const server = await listen(
    createHttp((request, response) => {
      const { authorization } = request.headers;
      const isCall = request.url !== '/api/oauth/token' && (credentials !== key || authorization !== undefined);
      if (isCall) methods.push(request.method ?? '');
      handle(request, response as never);
    }),
  );
  return { ...server, methods, env: { ...credentials, ATLAS_PE_BASE_URL: `http://${server.host}` } };
}

/** A server that accepts no connection: its thread sleeps, and its queue is full. */
async function startDeaf(onStall: () => void): Promise<Stall> {
  const worker = new Worker(
    `const { createServer } = require('node:net');
    const { parentPort } = require('node:worker_threads');
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const fillers: Socket[] = [];
  // Once one connection waits, all later ones wait too.
  for (let isFull = false; !isFull; ) {
    const filler = connect(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    isFull = await new Promise<boolean>((resolve) => {
      filler.once('connect', () => resolve(false));
      // On a busy machine, the time may be over before the connection is noticed.
      setTimeout(() => setImmediate(() => resolve(true)), 50);
    });
  }
  const timer = setTimeout(onStall, 150);
  return {
    env: { ...token, ATLAS_PE_BASE_URL: `http://127.0.0.1:${port}` },
    methods: [],
    open: () => 0,
    close: async () => {
      clearTimeout(timer);
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
