import { UsageError } from '../../base/errors.js';
import { clouds } from '../../clouds/all.js';
import { azureSubnetShape, azureSubscriptionShape, idParts } from '../../clouds/azure.js';
import { checkId, isSameId } from '../../clouds/shapes.js';
import { parseTags } from '../tags.js';

/** The options, as they are given. */
export type AzureFlags = { [Name in 'subscription' | 'vnet' | 'resourceGroup' | 'adopt']?: string | undefined } & {
  [Name in 'subnet' | 'tag']?: readonly string[] | undefined;
};

/** What the command line says of the user's network in Azure. */
export type AzureWanted = ReturnType<typeof readAzureWanted>;

/** Reads the options. Throws usage errors, before anything is sent. */
export function readAzureWanted({ subscription, subnet = [], vnet, resourceGroup, tag = [], adopt }: AzureFlags) {
  const [given, ...others] = subnet;
  if (others.length > 0) throw new UsageError('An Azure private endpoint is in one subnet.', 'Choose one of them.');
  const subnetId = given?.includes('/') ? checkId(azureSubnetShape, given) : undefined;
  const name = subnetId === undefined ? given : undefined;
  for (const [option, value] of Object.entries({ '--subnet': name, '--vnet': vnet, '--resource-group': resourceGroup }))
    if (value !== undefined && !/^[\w.()-]+$/.test(value))
      throw new UsageError(`'${value}' is not valid for ${option}.`, 'Give the name, without the rest of the id.');
  if (adopt !== undefined) {
    checkId(clouds.AZURE.interfaces.shape, adopt);
    const message = '--adopt cannot be combined with --subnet, --vnet, --resource-group or --tag: it changes nothing.';
    if (given ?? vnet ?? resourceGroup ?? tag[0]) throw new UsageError(message, 'Remove --adopt or the others.');
  }
  const named = adopt ?? subnetId;
  const ofId = named && idParts(named).subscription;
  if (subscription !== undefined && !isSameId(checkId(azureSubscriptionShape, subscription), ofId ?? subscription))
    throw new UsageError(`The id is of subscription ${ofId}, not of ${subscription}.`, 'Remove --subscription.');
  const tags = parseTags(tag, {
    cloud: 'Azure',
    reserved: /^(?:microsoft|azure|windows|atlas-pe-)/i,
    invalid: /[<>%&\\?/]/,
    longest: { key: 512, value: 256 },
  });
  return { subscription: subscription ?? ofId, subnetId, subnet: name, vnet, resourceGroup, tags, adopt };
}
