import { UsageError } from '../base/errors.js';
import { longName } from '../base/shell.js';
import { clouds, type Provider } from '../clouds/all.js';
import { awsEntry } from './aws/entry.js';
import { azureEntry } from './azure/entry.js';
import type { CloudEntry, CloudOptions } from './entry.js';
import { gcpEntry } from './gcp/entry.js';

/** The user's side of each cloud. */
const sides: Readonly<Record<Provider, CloudEntry>> = { AWS: awsEntry, AZURE: azureEntry, GCP: gcpEntry };

/** The options that the clouds add to commands. */
export const networkFlags = { ...awsEntry.network, ...gcpEntry.network, ...azureEntry.network };
export const searchFlags = { ...awsEntry.search };
export const signInFlags = { ...awsEntry.signIn, ...gcpEntry.signIn, ...azureEntry.signIn };

export function sideOf(provider: Provider): CloudEntry {
  return sides[provider];
}

/** The title of a step in the cloud: `VPC endpoint`. */
export function titleOf(provider: Provider, stepId: string): string {
  return sides[provider].steps.find(({ id }) => id === stepId)?.title ?? stepId;
}

/** Throws a usage error for an option that only other clouds have. */
export function checkSideOptions(provider: Provider, options: CloudOptions): void {
  const flagsOf = ({ network, search, signIn }: CloudEntry) => Object.keys({ ...network, ...search, ...signIn });
  const own = flagsOf(sides[provider]);
  const foreign = Object.values(sides)
    .flatMap(flagsOf)
    .find((name) => !own.includes(name) && options[name] !== undefined);
  if (foreign === undefined) return;
  const { title } = clouds[provider];
  throw new UsageError(
    `${longName(foreign)} is not an option for ${title}.`,
    'Remove it, or check the region and the provider.',
  );
}
