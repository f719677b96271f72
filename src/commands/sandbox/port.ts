import { UsageError } from '../../base/errors.js';

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`'${text}' is not a valid port.`, 'Use a number from 0 to 65535. 0 picks a free port.');
}
