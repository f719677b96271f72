import { UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import { longName } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { checkId } from '../../clouds/shapes.js';
import { parseTags } from '../tags.js';
import { partsOf } from './model.js';

/** The options, as they are given. */
export type AzureFlags = { [Name in 'subscription' | 'vnet' | 'resourceGroup' | 'adopt']?: string | undefined } & {
  [Name in 'subnet' | 'tag']?: readonly string[] | undefined;
};

const zeros = '00000000-0000-0000-0000-000000000000';
const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const subnetShape = {
  pattern: new RegExp(
    `^/subscriptions/${guid}/resourceGroups/[\\w.()-]+/providers/Microsoft\\.Network/virtualNetworks/[\\w.-]+/subnets/[\\w.-]+$`,
    'i',
  ),
  what: 'a valid resource id of a subnet',
  example: `/subscriptions/${zeros}/resourceGroups/GROUP/providers/Microsoft.Network/virtualNetworks/VNET/subnets/SUBNET`,
};

/** What the command line says of the user's network in Azure. */
export type AzureWanted = ReturnType<typeof readAzureWanted>;

/** Reads the options. Throws usage errors, before anything is sent. */
export function readAzureWanted(flags: AzureFlags) {
  const { subscription, subnet = [], vnet, resourceGroup, tag = [], adopt } = flags;
  const [given, ...others] = subnet;
  const subnetId = given?.includes('/') ? checkId(subnetShape, given) : undefined;
  const name = subnetId === undefined ? given : undefined;
  if (subscription !== undefined) checkSubscription(subscription);
  if (adopt !== undefined) checkId(clouds.AZURE.interfaces.shape, adopt);
  for (const [option, value] of Object.entries({ '--subnet': name, '--vnet': vnet, '--resource-group': resourceGroup }))
    if (value !== undefined && !/^[\w.()-]+$/.test(value))
      throw new UsageError(`'${value}' is not valid for ${option}.`, 'Give the name, without the rest of the id.');
  const named = adopt ?? subnetId;
  const ofId = named === undefined ? undefined : partsOf(named).subscription.toLowerCase();
  const useless = Object.entries({ subnet, vnet, resourceGroup, tag }).filter(([, value]) => value?.length);
  const unlike = `--adopt changes nothing in Azure, so it cannot be combined with ${listed(useless.map(([key]) => longName(key)))}.`;
  const wrong: readonly [boolean, string, string][] = [
    [others.length > 0, 'An Azure private endpoint is in one subnet.', 'Choose one of them.'],
    [adopt !== undefined && useless.length > 0, unlike, 'Remove --adopt or the other options.'],
    [subnetId !== undefined && vnet !== undefined, 'The id of a subnet names its virtual network.', 'Remove --vnet.'],
    [
      resourceGroup !== undefined && subnetId === undefined && vnet === undefined,
      '--resource-group needs --vnet or the id of a subnet.',
      'Add --vnet.',
    ],
    [
      ofId !== undefined && subscription !== undefined && ofId !== subscription.toLowerCase(),
      `The id is of subscription ${ofId}, not of ${subscription}.`,
      'Remove --subscription.',
    ],
  ];
  for (const [isWrong, what, hint] of wrong) if (isWrong) throw new UsageError(what, hint);
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
  if (new RegExp(`^${guid}$`, 'i').test(id)) return id;
  const text = `Example: ${zeros}. This command lists your subscriptions:`;
  const hint = { text, commands: ['az account list --output table'] };
  throw new UsageError(`'${id}' is not a valid subscription id.`, hint);
}
