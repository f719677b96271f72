import { UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { clouds, type Provider } from '../clouds/all.js';
import { awsEntry } from './aws/entry.js';
import type { CloudEntry } from './entry.js';

/** The clouds whose side this program can set up. */
const sides: Partial<Record<Provider, CloudEntry>> = { AWS: awsEntry };

/** The options that these clouds add to commands. */
export const networkFlags = { ...awsEntry.network };
export const searchFlags = { ...awsEntry.search };
export const signInFlags = { ...awsEntry.signIn };

export const sideProviders = Object.keys(sides) as Provider[];

/** Whether this program can ask the cloud about the user's side. */
export function hasSide(provider: Provider): boolean {
  return sides[provider] !== undefined;
}

/** Throws a usage error for a cloud whose side has to be set up by hand. `instead`: how to do without. */
export function sideOf(provider: Provider, instead?: string): CloudEntry {
  const side = sides[provider];
  if (side) return side;
  const names = listed(sideProviders.map((each) => clouds[each].title));
  throw new UsageError(`This command supports only ${names}, not ${clouds[provider].title}.`, instead);
}
