import { UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { longName } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { checkId } from '../../clouds/shapes.js';
import { parseTags, type Tags } from '../tags.js';
import { subscriptionIn } from './ids.js';

/** What the command line says of the user's network in Azure. */
export interface AzureWanted {
  subscription?: string | undefined;
  /** The subnet by its resource id. */
  subnetId?: string | undefined;
  /** Or by its name. */
  subnet?: string | undefined;
  vnet?: string | undefined;
  /** Of the VNet; with the id of a subnet, of the new private endpoint. */
  resourceGroup?: string | undefined;
  tags: Tags;
  /** The private endpoint to take, instead of creating one. */
  adopt?: string | undefined;
}

/** The options, as they are given. */
export type AzureFlags = { [Name in 'subscription' | 'vnet' | 'resourceGroup' | 'adopt']?: string | undefined } & {
  [Name in 'subnet' | 'tag']?: readonly string[] | undefined;
};

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const subnetShape = {
  pattern:
    /^\/subscriptions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/resourceGroups\/[\w.()-]+\/providers\/Microsoft\.Network\/virtualNetworks\/[\w.-]+\/subnets\/[\w.-]+$/i,
  what: 'a valid resource id of a subnet',
  example:
    '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/VNET/subnets/SUBNET',
};

/** Reads the options. Throws usage errors, before anything is sent. */
export function readAzureWanted(flags: AzureFlags): AzureWanted {
  const { subscription, subnet = [], vnet, resourceGroup, tag = [], adopt } = flags;
  if (subscription !== undefined) checkSubscription(subscription);
  const [given, ...others] = subnet;
  if (others.length > 0) throw new UsageError('An Azure private endpoint is in one subnet.', 'Choose one of them.');
  const subnetId = given?.includes('/') ? checkId(subnetShape, given) : undefined;
  const name = subnetId === undefined ? given : undefined;
  for (const [option, value] of Object.entries({ '--subnet': name, '--vnet': vnet, '--resource-group': resourceGroup }))
    if (value !== undefined && !/^[\w.()-]+$/.test(value))
      throw new UsageError(`'${value}' is not valid for ${option}.`, 'Give the name, without the rest of the id.');
  if (subnetId !== undefined && vnet !== undefined)
    throw new UsageError('The id of a subnet names its virtual network.', 'Remove --vnet.');
  if (resourceGroup !== undefined && subnetId === undefined && vnet === undefined)
    throw new UsageError('--resource-group needs --vnet or the id of a subnet.', 'Add --vnet.');
  if (adopt !== undefined) {
    checkId(clouds.AZURE.interfaces.shape, adopt);
    const useless = Object.entries({ subnet, vnet, resourceGroup, tag });
    const names = useless.flatMap(([name, value]) => (value?.length ? longName(name) : []));
    const message = `--adopt changes nothing in Azure, so it cannot be combined with ${listed(names)}.`;
    if (names.length > 0) throw new UsageError(message, 'Remove --adopt or the other options.');
  }
  const named = adopt ?? subnetId;
  const ofId = named === undefined ? undefined : subscriptionIn(named);
  if (subscription !== undefined && ofId !== undefined && ofId !== subscription.toLowerCase()) {
    throw new UsageError(`The id is of subscription ${ofId}, not of ${subscription}.`, 'Remove --subscription.');
  }
  const tags = parseTags(tag, {
    cloud: 'Azure',
    reserved: /^(?:microsoft|azure|windows|atlas-pe-)/i,
    invalid: /[<>%&\\?/]/,
    longest: { key: 512, value: 256 },
  });
  return { subscription: subscription ?? ofId, subnetId, subnet: name, vnet, resourceGroup, tags, adopt };
}

/** Throws a usage error if it is no id of a subscription. */
export function checkSubscription(id: string): string {
  if (guid.test(id)) return id;
  const text = 'Example: 00000000-0000-0000-0000-000000000000. This command lists your subscriptions:';
  const hint = { text, commands: ['az account list --output table'] };
  throw new UsageError(`'${id}' is not a valid subscription id.`, hint);
}
