import { Agent, type AgentOptions } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import type { Env } from '../base/host.js';
import { openTunnel, proxyOf } from './proxy.js';

type Done = (error: Error | null, socket?: Socket) => void;
type Where = AgentOptions & { host?: string; port?: number | string };

/** For libraries with Node's own HTTPS, which knows proxies only from Node 24 on. `authorities` (PEM) replace those of Node. */
export function proxiedAgent(env: Env, signal: AbortSignal, authorities: string | undefined): Agent {
  const open = async (where: Where) => {
    const { host = '', port = 443 } = where;
    const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const proxy = proxyOf(url, env);
    const servername = isIP(host) ? '' : host;
    const socket = proxy && (await openTunnel(proxy, `${host}:${port}`, signal, undefined));
    // Set explicitly, so that no environment variable can switch off certificate checks.
    const trust = { rejectUnauthorized: true, ...(authorities !== undefined && { ca: authorities }) };
    const options = { ...where, ...trust, servername, port: Number(port), ...(socket && { socket }) };
    return connect(options as ConnectionOptions);
  };
  const createConnection = (where: Where, done: Done) => {
    open(where).then((socket) => done(null, socket), done);
  };
  return Object.assign(new Agent({ keepAlive: true }), { createConnection });
}
