import { UsageError } from '../base/errors.js';
import type { SignInContext } from './entry.js';

/* Where the APIs of the clouds are. */

/** The base URL of an API, without a slash at the end: that of a variable, or the usual one. */
export function baseUrlOf({ env, sandbox, isLocal }: SignInContext, variable: string, usual: string): string {
  const url = (sandbox ?? env)[variable] || usual;
  // Credentials go to another host only over TLS, or to this machine.
  if (URL.canParse(url) && (new URL(url).protocol === 'https:' || isLocal(url))) return url.replace(/\/+$/, '');
  throw new UsageError(`${variable} is not a valid https URL.`, `Example: ${usual}`);
}

/** Warns that Atlas is a sandbox on this machine, but the cloud is the real one. */
export function warnOfRealCloud({ io, localAtlas }: SignInContext, cloud: string, variables: string): void {
  if (localAtlas === undefined) return;
  io.warn(
    `Atlas requests go to ${localAtlas}, but ${cloud} requests go to the real ${cloud}. To use the sandbox's ${cloud}, use sandbox exec, or set the ${variables} variables that sandbox serve prints.`,
  );
}
