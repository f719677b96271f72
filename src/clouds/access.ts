import { UsageError } from '../base/errors.js';
import { listed, oneOf } from '../base/lists.js';
import { longName } from '../base/shell.js';
import { clouds, type Provider } from './all.js';
import type { CloudOptions, OpenCloud, SignInContext } from './cloud.js';
import type { CloudFacts } from './facts.js';
import { checkId } from './shapes.js';

interface CloudAccess {
  /** Throws usage errors, before anything is sent. */
  checkOptions(options: CloudOptions): void;
  /** Finds out how to sign in. May ask the user for a secret. */
  open(context: SignInContext, options: CloudOptions): Promise<OpenCloud>;
}

/** Loaded only for the commands that sign in. */
export const loadAccess: Readonly<Record<Provider, () => Promise<CloudAccess>>> = {
  AWS: async () => (await import('./aws/access.js')).awsAccess,
  AZURE: async () => (await import('./azure/access.js')).azureAccess,
  GCP: async () => (await import('./gcp/access.js')).gcpAccess,
};

/** The given options that none of these clouds has. */
export function foreignOptions(providers: readonly Provider[], options: CloudOptions): string[] {
  const flagsOf = ({ setup: { network, search, signIn } }: CloudFacts) =>
    Object.keys({ ...network, ...search, ...signIn });
  const own = providers.flatMap((provider) => flagsOf(clouds[provider]));
  const all = Object.values(clouds).flatMap(flagsOf);
  return all.filter((name) => !own.includes(name) && options[name] !== undefined);
}

/** Throws a usage error for an option that none of these clouds has, or that --adopt leaves no use for. */
export function checkCloudOptions(providers: readonly Provider[], options: CloudOptions): void {
  const facts = providers.map((provider) => clouds[provider]);
  const isGiven = (name: string) => options[name] !== undefined;
  const [foreign] = foreignOptions(providers, options);
  if (foreign !== undefined) {
    const titles = oneOf(facts.map(({ title }) => title));
    const hint = 'Remove it, or check the region and the provider.';
    throw new UsageError(`${longName(foreign)} is not an option for ${titles}.`, hint);
  }
  if (options.adopt === undefined) return;
  for (const { title, interfaces, setup } of facts) {
    checkId(interfaces.shape, `${options.adopt}`);
    const useless = Object.keys(setup.network).filter((name) => name !== setup.elsewhere && isGiven(name));
    if (useless.length === 0) continue;
    const what = `--adopt changes nothing in ${title}, so it cannot be combined with ${listed(useless.map(longName))}.`;
    throw new UsageError(what, 'Remove --adopt or the other options.');
  }
}
