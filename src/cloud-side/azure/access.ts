import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { objects, text } from '../../base/json.js';
import { once } from '../../base/once.js';
import { readText } from '../../base/read-text.js';
import { isSameId } from '../../clouds/shapes.js';
import type { CloudAccess, CloudOptions, SignInContext } from '../entry.js';
import type { AzureAccess } from './arm.js';
import { openAzureInspector } from './inspect.js';
import { at } from './model.js';
import { openAzureSide } from './side.js';
import { openAzureTeardown } from './teardown.js';
import { type AzureFlags, type AzureWanted, checkSubscription, readAzureWanted } from './wanted.js';

export function checkOptions(options: CloudOptions): void {
  readAzureWanted(options as AzureFlags);
}

/** Finds out how to sign in to Azure. In the sandbox it does not look at the user's settings. */
export async function open(context: SignInContext, options: CloudOptions): Promise<CloudAccess> {
  const wanted = readAzureWanted(options as AzureFlags);
  const access = accessOf(context, wanted);
  return {
    side: (target, left) => openAzureSide({ ...target, access, wanted }, { ...context, left }),
    teardown: (region) => openAzureTeardown(region, access, context),
    inspector: (_, left) => openAzureInspector(access, { ...context, left, tries: 2 }),
  };
}

const publicAuthority = 'https://login.microsoftonline.com';

/** Where Azure Resource Manager is, by the host that signs in. */
const managers: Readonly<Record<string, string>> = {
  'login.microsoftonline.com': 'https://management.azure.com',
  'login.microsoftonline.us': 'https://management.usgovcloudapi.net',
  'login.chinacloudapi.cn': 'https://management.chinacloudapi.cn',
  'login.partner.microsoftonline.cn': 'https://management.chinacloudapi.cn',
};

function accessOf(context: SignInContext, wanted: AzureWanted): AzureAccess {
  const { env, sandbox, localAtlas, isLocal, io, exchange } = context;
  const setting = (name: string): string | undefined => (sandbox ?? env)[name] || undefined;
  const authority = setting('AZURE_AUTHORITY_HOST') ?? publicAuthority;
  if (!URL.canParse(authority) || new URL(authority).protocol !== 'https:')
    throw new UsageError('AZURE_AUTHORITY_HOST is not a valid https URL.', `Example: ${publicAuthority}`);
  const { hostname } = new URL(authority);
  const manager = managers[hostname] ?? 'https://management.azure.com';
  const baseUrl = checkManager(setting('AZURE_RESOURCE_MANAGER_ENDPOINT') ?? manager, isLocal);
  const isEmulator = isLocal(baseUrl);
  if (localAtlas !== undefined && !isEmulator) {
    io.warn(
      `Atlas requests go to ${localAtlas}, but Azure requests go to the real Azure. To use the sandbox's Azure, use sandbox exec, or set the AZURE_* variables that sandbox serve prints.`,
    );
  }
  // The Azure CLI's sign-in says which subscription is the default.
  const profile = () => (sandbox ? [] : subscriptionsOf(env.AZURE_CONFIG_DIR || join(homedir(), '.azure')));
  const known = wanted.subscription ?? setting('AZURE_SUBSCRIPTION_ID') ?? setting('ARM_SUBSCRIPTION_ID');
  const ready = isEmulator ? setting('AZURE_ACCESS_TOKEN') : undefined;
  const credentials = once(async () => {
    const { openAzureTokens } = await import('./credentials.js');
    const inCli = profile().find(({ id }) => known !== undefined && isSameId(id, known));
    return openAzureTokens({
      ...context,
      authority,
      isPrivate: !managers[hostname],
      scope: `${manager}/.default`,
      subscription: inCli?.id,
    });
  });
  const token = async () => ready ?? (await credentials())();
  return {
    baseUrl,
    exchange,
    token,
    principal: async () => principalIn(await token()) ?? 'sandbox',
    subscription: () => {
      const found = known ?? profile().find(({ isDefault }) => isDefault)?.id;
      if (found !== undefined) return checkSubscription(found);
      const text = 'Set it with --subscription or AZURE_SUBSCRIPTION_ID. This command lists your subscriptions:';
      throw new UsageError('Missing Azure subscription.', { text, commands: ['az account list --output table'] });
    },
  };
}

/** Credentials go to another host only over TLS, or to this machine. Throws a usage error. */
function checkManager(url: string, isLocal: SignInContext['isLocal']): string {
  const isSafe = URL.canParse(url) && (new URL(url).protocol === 'https:' || isLocal(url));
  if (isSafe) return url.replace(/\/+$/, '');
  throw new UsageError(
    'AZURE_RESOURCE_MANAGER_ENDPOINT is not a valid https URL.',
    'Plain HTTP is allowed only for localhost.',
  );
}

/** The subscriptions that the Azure CLI has signed in to. */
function subscriptionsOf(folder: string): { id: string; isDefault: boolean }[] {
  try {
    const read = JSON.parse(readText(join(folder, 'azureProfile.json')));
    return objects(at(read, 'subscriptions')).map(({ id, isDefault }) => {
      return { id: text(id) ?? '', isDefault: isDefault === true };
    });
  } catch {
    return [];
  }
}

/** Who an access token is for; undefined if it doesn't say. */
function principalIn(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const [name] = ['upn', 'unique_name', 'app_displayname', 'appid', 'oid'].flatMap(
      (key) => text(at(claims, key)) ?? [],
    );
    return name;
  } catch {
    return undefined;
  }
}
