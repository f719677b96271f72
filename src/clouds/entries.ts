import { UsageError } from '../base/errors.js';
import { listed } from '../base/lists.js';
import { longName } from '../base/shell.js';
import { clouds, type Provider } from './all.js';
import { awsEntry } from './aws/entry.js';
import { azureEntry } from './azure/entry.js';
import type { CloudEntry, CloudOptions } from './entry.js';
import { gcpEntry } from './gcp/entry.js';
import { checkId } from './shapes.js';

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
export function stepTitle(provider: Provider, stepId: string): string {
  return sides[provider].steps.find(({ id }) => id === stepId)?.title ?? stepId;
}

/** Throws a usage error for an option that only other clouds have, or that --adopt leaves no use for. */
export function checkSideOptions(provider: Provider, options: CloudOptions): void {
  const flagsOf = ({ network, search, signIn }: CloudEntry) => Object.keys({ ...network, ...search, ...signIn });
  const { title, interfaces } = clouds[provider];
  const isGiven = (name: string) => options[name] !== undefined;
  const own = flagsOf(sides[provider]);
  const foreign = Object.values(sides)
    .flatMap(flagsOf)
    .find((name) => !own.includes(name) && isGiven(name));
  if (foreign !== undefined) {
    const hint = 'Remove it, or check the region and the provider.';
    throw new UsageError(`${longName(foreign)} is not an option for ${title}.`, hint);
  }
  if (options.adopt === undefined) return;
  checkId(interfaces.shape, `${options.adopt}`);
  const { network, elsewhere } = sides[provider];
  const useless = Object.keys(network).filter((name) => name !== elsewhere && isGiven(name));
  if (useless.length === 0) return;
  const what = `--adopt changes nothing in ${title}, so it cannot be combined with ${listed(useless.map(longName))}.`;
  throw new UsageError(what, 'Remove --adopt or the other options.');
}
