import type { EnvHttpProxyAgent as Options } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

/** Connections through the proxies that these options name; loaded only where there are some. */
export function createProxyDispatcher(options: Options.Options): Options {
  // The agent opens its tunnels with a method that undici's index gives every dispatcher.
  Object.assign(Dispatcher.prototype, { connect });
  return new EnvHttpProxyAgent(options);
}
