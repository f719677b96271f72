import { bearerAuth } from '../../src/atlas/auth.js';
import { createSend, type HttpCall, type HttpOptions } from '../../src/atlas/send.js';
import { fakeClock } from './fake-clock.js';

/** Sends requests with an access token, and records their traces. */
export function sender(baseUrl: string, options: Partial<HttpOptions> = {}) {
  const clock = { ...fakeClock(), random: () => 1 };
  const traces: string[] = [];
  const { signal } = new AbortController();
  const trace = (line: string) => traces.push(line);
  const send = createSend({ baseUrl, userAgent: 'atlas-pe/1.2.3', clock, signal, trace, ...options });
  return {
    clock,
    traces,
    send: (call: Partial<HttpCall> = {}, auth = bearerAuth('t')) =>
      send({ method: 'GET', path: '/x', ...call }, auth),
  };
}
