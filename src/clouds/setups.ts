import { UsageError } from '../base/errors.js';
import { listed } from '../base/lists.js';
import { longName } from '../base/shell.js';
import { clouds, type Provider } from './all.js';
import { awsSetup } from './aws/setup.js';
import { azureSetup } from './azure/setup.js';
import { gcpSetup } from './gcp/setup.js';
import type { CloudOptions, CloudSetup } from './setup.js';
import { checkId } from './shapes.js';

const setups: Readonly<Record<Provider, CloudSetup>> = { AWS: awsSetup, AZURE: azureSetup, GCP: gcpSetup };

/** The options that the clouds add to commands. */
export const networkFlags = { ...awsSetup.network, ...gcpSetup.network, ...azureSetup.network };
export const searchFlags = { ...awsSetup.search };
export const signInFlags = { ...awsSetup.signIn, ...gcpSetup.signIn, ...azureSetup.signIn };

export function setupOf(provider: Provider): CloudSetup {
  return setups[provider];
}

/** The title of a step in the cloud: `VPC endpoint`. */
export function stepTitle(provider: Provider, stepId: string): string {
  return setups[provider].steps.find(({ id }) => id === stepId)?.title ?? stepId;
}

/** Throws a usage error for an option that only other clouds have, or that --adopt leaves no use for. */
export function checkCloudOptions(provider: Provider, options: CloudOptions): void {
  const flagsOf = ({ network, search, signIn }: CloudSetup) => Object.keys({ ...network, ...search, ...signIn });
  const { title, interfaces } = clouds[provider];
  const isGiven = (name: string) => options[name] !== undefined;
  const own = flagsOf(setups[provider]);
  const foreign = Object.values(setups)
    .flatMap(flagsOf)
    .find((name) => !own.includes(name) && isGiven(name));
  if (foreign !== undefined) {
    const hint = 'Remove it, or check the region and the provider.';
    throw new UsageError(`${longName(foreign)} is not an option for ${title}.`, hint);
  }
  if (options.adopt === undefined) return;
  checkId(interfaces.shape, `${options.adopt}`);
  const { network, elsewhere } = setups[provider];
  const useless = Object.keys(network).filter((name) => name !== elsewhere && isGiven(name));
  if (useless.length === 0) return;
  const what = `--adopt changes nothing in ${title}, so it cannot be combined with ${listed(useless.map(longName))}.`;
  throw new UsageError(what, 'Remove --adopt or the other options.');
}
