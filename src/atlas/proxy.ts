import { UsageError } from '../base/errors.js';

/** Proxies as the environment names them (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). */
export interface Proxies {
  https?: string | undefined;
  http?: string | undefined;
  none?: string | undefined;
}

const example = 'For example HTTPS_PROXY=http://proxy.example:8080';

/** The proxy that stands before a host, or undefined. None stands between this machine and itself. Throws a usage error. */
export function proxyOf(baseUrl: string, isLoopback: boolean, { https, http, none = '' }: Proxies): URL | undefined {
  const text = https || http;
  if (!text || isLoopback || isExcepted(new URL(baseUrl), none)) return undefined;
  // Like curl, this takes `host:port`. What is wrong is not repeated: it may hold a password.
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new UsageError('The proxy in the environment is not a URL.', example);
  const proxy = new URL(url);
  if (!/^https?:$/.test(proxy.protocol)) {
    throw new UsageError(`A proxy of the kind ${proxy.protocol}// is not supported; HTTP and HTTPS are.`, example);
  }
  if (credentialsOf(proxy) === undefined) {
    throw new UsageError('The user or password in the proxy URL is not percent-encoded.', 'Write % as %25.');
  }
  return proxy;
}

/** The value of Proxy-Authorization, '' where the URL names no user; undefined where that is malformed. */
export function credentialsOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return '';
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  } catch {
    return undefined;
  }
}

/** Whether NO_PROXY names this host, a domain that it is in, or all (`*`). An entry may have a port. */
function isExcepted({ protocol, hostname, port }: URL, none: string): boolean {
  const actual = port || (protocol === 'https:' ? '443' : '80');
  return none.split(/[,\s]+/).some((entry) => {
    const [, name = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const domain = name.replace(/^\*?\./, '').toLowerCase();
    if (domain === '' || (only !== undefined && only !== actual)) return false;
    return domain === '*' || hostname === domain || hostname.endsWith(`.${domain}`);
  });
}
