import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import { at, claimsOf, objects, text, texts } from '../../base/json.js';
import { isLoopback } from '../../base/loopback.js';
import { once } from '../../base/once.js';
import type { SignInContext } from '../cloud.js';
import { baseUrlOf, warnOfRealCloud } from '../rest.js';
import { checkId, isSameId, parseTags } from '../shapes.js';
import type { AzureAccess } from './arm.js';
import { openAzureCloud } from './cloud.js';
import { azureSubnetShape, azureSubscriptionShape, groupCharacters, idParts } from './facts.js';

export const azureAccess = { readOptions, signIn, open: openAzureCloud };

type AzureFlags = { [Name in 'subscription' | 'vnet' | 'resourceGroup' | 'adopt']?: string | undefined } & {
  [Name in 'subnet' | 'tag']?: readonly string[] | undefined;
};

export type AzureWanted = ReturnType<typeof readOptions>;

function readOptions({ subscription, subnet = [], vnet, resourceGroup, tag = [], adopt }: AzureFlags) {
  const [given, ...others] = subnet;
  if (others.length > 0) throw new UsageError('An Azure private endpoint is in one subnet.', 'Choose one of them.');
  const subnetId = given?.includes('/') ? checkId(azureSubnetShape, given) : undefined;
  const name = subnetId === undefined ? given : undefined;
  for (const [option, value] of Object.entries({
    '--subnet': name,
    '--vnet': vnet,
    '--resource-group': resourceGroup,
  }))
    if (value !== undefined && !new RegExp(`^${groupCharacters}+$`).test(value))
      throw new UsageError(`'${value}' is not valid for ${option}.`, 'Give the name, without the rest of the id.');
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

function signIn(context: SignInContext, options: AzureFlags): AzureAccess {
  const { env, sandbox, exchange } = context;
  const setting = (name: string) => (sandbox ?? env)[name] || undefined;
  const authority = baseUrlOf(context, 'AZURE_AUTHORITY_HOST', 'https://login.microsoftonline.com');
  const manager = 'https://management.azure.com';
  const baseUrl = baseUrlOf(context, 'AZURE_RESOURCE_MANAGER_ENDPOINT', manager);
  if (!isLoopback(baseUrl)) warnOfRealCloud(context, 'Azure', 'AZURE_*');
  const profile = () => (sandbox ? [] : subscriptionsOf(env.AZURE_CONFIG_DIR || join(homedir(), '.azure')));
  const named =
    readOptions(options).subscription ?? setting('AZURE_SUBSCRIPTION_ID') ?? setting('ARM_SUBSCRIPTION_ID');
  const credentials = once(async () => {
    const { openAzureTokens } = await import('./credentials.js');
    const subscription = profile().some(({ id }) => id === named) ? named : undefined;
    return openAzureTokens(context, { authority, scope: `${manager}/.default`, subscription });
  });
  const ready = isLoopback(baseUrl) ? setting('AZURE_ACCESS_TOKEN') : undefined;
  const token = async (isRefused?: boolean) => ready ?? (await credentials())(isRefused);
  return {
    baseUrl,
    exchange,
    authorize: async (isRefused) => ({ authorization: `Bearer ${await token(isRefused)}` }),
    principal: async () => {
      const claims = claimsOf(await token());
      const names = ['upn', 'unique_name', 'app_displayname', 'appid', 'oid'].map((key) => at(claims, key));
      // The token of the sandbox doesn't say.
      return texts(names)[0] ?? 'sandbox';
    },
    subscription: () => {
      const found = named ?? text(profile().find(({ isDefault }) => isDefault === true)?.id);
      if (found) return checkId(azureSubscriptionShape, found);
      const how = 'Set it with --subscription or AZURE_SUBSCRIPTION_ID. This command lists your subscriptions:';
      throw new UsageError('Missing Azure subscription.', {
        text: how,
        commands: ['az account list --output table'],
      });
    },
  };
}

/** The subscriptions that the Azure CLI has signed in to. */
function subscriptionsOf(folder: string) {
  try {
    return objects(at(JSON.parse(readText(join(folder, 'azureProfile.json'))), 'subscriptions'));
  } catch {
    return [];
  }
}
