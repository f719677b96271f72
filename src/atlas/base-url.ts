import { UsageError } from '../base/errors.js';
import { isLoopback } from '../base/loopback.js';

/** Commercial Atlas (not Atlas for Government). */
export const defaultBaseUrl = 'https://cloud.mongodb.com';

const services: Record<string, string> = { cloud: defaultBaseUrl, cloudgov: 'https://cloud.mongodbgov.com' };

/** Reads a URL or a service's name; returns `scheme://host[:port]`. Throws a usage error. */
export function parseBaseUrl(text: string): string {
  const given = Object.hasOwn(services, text) ? String(services[text]) : text;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`'${text}' is not a valid base URL.`, `Examples: ${defaultBaseUrl}, cloudgov`);
  }
  // The error doesn't repeat the value: it may contain a password.
  if (url.href !== `${url.origin}/`) {
    throw new UsageError('A base URL has no path, query, user name or password.', `Use only ${url.origin}`);
  }
  // Credentials must not travel without TLS, except to this machine.
  if (url.protocol === 'http:' && !isLoopback(url.origin)) {
    const hint = `Use https://${url.host}. Plain HTTP is allowed only for localhost.`;
    throw new UsageError(`${url.origin} does not use TLS.`, hint);
  }
  return url.origin;
}

/** The page for new credentials: of a project, or of an organization that Atlas asks for. None for this machine. */
export function accessPage(baseUrl: string, projectId?: string) {
  if (isLoopback(baseUrl)) return undefined;
  if (projectId !== undefined) return `${baseUrl}/v2/${projectId}#/access/apiKeys`;
  // MongoDB's documentation has links of this form.
  return `${baseUrl}/go?l=${encodeURIComponent(`${baseUrl}/v2#/org/<organization>/access/apiKeys`)}`;
}
