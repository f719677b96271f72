import { UsageError } from '../base/errors.js';
import { texts } from '../base/json.js';
import { listed, oneOf } from '../base/lists.js';
import { longName } from '../base/shell.js';
import { clouds, type Provider } from './all.js';
import { azureSubnetShape, groupCharacters } from './azure/facts.js';
import type { CloudOptions, OpenCloud, SignInContext } from './cloud.js';
import type { CloudFacts } from './facts.js';
import { gcpSubnetPath } from './gcp/facts.js';
import { checkId } from './shapes.js';

interface CloudAccess {
  /** Throws usage errors, before anything is sent. */
  checkOptions(options: CloudOptions): void;
  /** Finds out how to sign in. May ask the user for a secret. */
  open(context: SignInContext, options: CloudOptions): Promise<OpenCloud>;
}

/** An id of Azure, a path of Google, or a name. Those of AWS look like names. */
const subnetShapes = [azureSubnetShape.pattern, gcpSubnetPath, new RegExp(`^${groupCharacters}+$`)];

/** Loaded only for the commands that sign in. */
export const loadAccess: Readonly<Record<Provider, () => Promise<CloudAccess>>> = {
  AWS: async () => (await import('./aws/access.js')).awsAccess,
  AZURE: async () => (await import('./azure/access.js')).azureAccess,
  GCP: async () => (await import('./gcp/access.js')).gcpAccess,
};

/**
 * Throws a usage error for an option that none of these clouds has, for one that --adopt leaves no use for, and with
 * --cluster for a subnet that no cloud can have.
 */
export function checkCloudOptions(used: Provider | readonly Provider[], options: CloudOptions): void {
  const flagsOf = ({ setup: { network, search, signIn } }: CloudFacts) =>
    Object.keys({ ...network, ...search, ...signIn });
  const facts = [used].flat().map((provider) => clouds[provider as Provider]);
  const titles = oneOf(facts.map(({ title }) => title));
  const isGiven = (name: string) => options[name] !== undefined;
  const own = facts.flatMap(flagsOf);
  const foreign = Object.values(clouds)
    .flatMap(flagsOf)
    .find((name) => !own.includes(name) && isGiven(name));
  if (foreign !== undefined) {
    const hint = 'Remove it, or check the region and the provider.';
    throw new UsageError(`${longName(foreign)} is not an option for ${titles}.`, hint);
  }
  const odd = texts(options.subnet).find((text) => !subnetShapes.some((shape) => shape.test(text)));
  if (options.cluster !== undefined && odd !== undefined)
    throw new UsageError(`'${odd}' is not valid for --subnet.`, 'Use ids of subnets, or names in Azure and GCP.');
  const [first] = facts;
  if (options.adopt === undefined || !first) return;
  const { interfaces, setup } = first;
  checkId(interfaces.shape, `${options.adopt}`);
  const useless = Object.keys(setup.network).filter((name) => name !== setup.elsewhere && isGiven(name));
  if (useless.length === 0) return;
  const what = `--adopt changes nothing in ${titles}, so it cannot be combined with ${listed(useless.map(longName))}.`;
  throw new UsageError(what, 'Remove --adopt or the other options.');
}
