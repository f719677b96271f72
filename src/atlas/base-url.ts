import { UsageError } from '../base/errors.js';

/** Atlas for everyone but governments. */
export const defaultBaseUrl = 'https://cloud.mongodb.com';

/**
 * Reads a base URL as `scheme://host[:port]`, without a trailing slash. Credentials travel over TLS only, so plain HTTP is
 * refused except to this machine itself. Throws a usage error.
 */
export function parseBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`'${text}' is not a base URL.`, `For example ${defaultBaseUrl}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('A base URL contains no user and no password.', 'Credentials have settings of their own.');
  }
  if ((url.pathname !== '/' && url.pathname !== '') || url.search !== '' || url.hash !== '') {
    throw new UsageError(`'${text}' is not a base URL: it has a path.`, `Only the host is needed: ${url.origin}`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.origin)) {
    throw new UsageError(
      `${url.origin} is not encrypted.`,
      `Use https://${url.host}; plain HTTP is for this machine only.`,
    );
  }
  return url.origin;
}

/** Whether a URL stays on this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
