import { join } from 'node:path';
import { CliError, codeOf, reasonOf, UsageError } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import type { Env } from '../../base/host.js';
import { parseJson, text } from '../../base/json.js';
import type { SignInContext } from '../cloud.js';
import { isNotAllowed } from '../errors.js';
import { baseUrlOf, warnOfRealCloud } from '../rest.js';
import { checkId } from '../shapes.js';
import { openGcpCloud } from './cloud.js';
import type { GcpAccess } from './compute.js';
import { gcpProjectShape } from './facts.js';
import { pathOf, projectIn } from './model.js';

export const gcpAccess = { readOptions, signIn, open: openGcpCloud };

type GcpFlags = { [Name in 'gcpProject' | 'network' | 'adopt']?: string } & {
  subnet?: readonly string[];
  globalAccess?: boolean;
};

/** What the command line says of the user's network in GCP. Networks and subnets are names, or paths. */
export type GcpWanted = ReturnType<typeof readOptions>;

function readOptions({ subnet = [], network, globalAccess = false, adopt, gcpProject }: GcpFlags) {
  if (gcpProject !== undefined) checkId(gcpProjectShape, gcpProject);
  if (subnet.length > 1) throw new UsageError('GCP needs only one subnet.', 'Use --subnet once.');
  return {
    subnet: checkPlace('--subnet', subnet[0], 'regions/us-east4/subnetworks'),
    network: checkPlace('--network', network, 'global/networks'),
    globalAccess,
    adopt,
  };
}

/** The name or the path of a subnet or a network. `folder`: where it is in a project, as an example. */
function checkPlace(option: string, given: string | undefined, folder: string) {
  const parent = `projects/[a-z0-9.:-]+/${folder.replace('us-east4', '[a-z0-9-]+')}/`;
  const pattern = new RegExp(`^(?:${parent})?[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$`);
  const shape = {
    pattern,
    what: `valid for ${option}`,
    example: `default, projects/my-project-123/${folder}/default`,
  };
  if (given === undefined) return undefined;
  return checkId(shape, given.includes('/') ? pathOf(given) : given);
}

async function signIn(context: SignInContext, options: GcpFlags): Promise<GcpAccess> {
  const env = (context.sandbox ?? context.env) as Env;
  if (!env.CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE) warnOfRealCloud(context, 'GCP', 'CLOUDSDK_* and GOOGLE_*');
  const ready = readyToken(env);
  const file = ready ? undefined : findCredentialFile(env);
  checkUniverse(env.GOOGLE_CLOUD_UNIVERSE_DOMAIN || text(file?.content.universe_domain));
  const named = env.GOOGLE_CLOUD_PROJECT || env.GCLOUD_PROJECT || env.CLOUDSDK_CORE_PROJECT || env.GOOGLE_PROJECT;
  const given = options.gcpProject ?? projectIn(readOptions(options).subnet ?? '');
  const project = given || named || text(file?.content.project_id) || gcloudProject(env);
  const hint = 'Set it with --gcp-project, GOOGLE_CLOUD_PROJECT or gcloud config set project PROJECT.';
  // Google's library is loaded only if it is needed.
  const found = ready ?? (await (await import('./credentials.js')).findCredentials(context, file).catch(withoutAny));
  // Not a usage error: doctor continues.
  if (!project && found.principal !== null) throw new CliError('usage', 'Missing Google project.', { hint });
  const urlOf = (api: string, path = '') => {
    const usual = `https://${api}.googleapis.com${path}`;
    return baseUrlOf(context, `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`, usual);
  };
  return {
    project: project ? checkId(gcpProjectShape, project) : '',
    compute: urlOf('compute', '/compute/v1'),
    resourceManager: urlOf('cloudresourcemanager'),
    exchange: context.exchange,
    ...found,
  };
}

/** Credentials of another operator of Google's cloud must not go to Google itself. */
function checkUniverse(domain: string | null) {
  const own = 'googleapis.com';
  if (!domain || domain === own) return;
  const message = `The Google credentials are for the universe domain ${domain}.`;
  throw new CliError('notAllowed', message, { hint: `atlas-pe supports only ${own}.` });
}

/** In the place of credentials: a plan needs none, so not the sign-in fails, but each request. */
function withoutAny(error: unknown) {
  if (!isNotAllowed(error)) throw error;
  return { authorize: () => Promise.reject(error), principal: null, signIn: '' };
}

/** A token that somebody else has got: Terraform's variable, or gcloud's. */
function readyToken(env: Env) {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: token, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file } = env;
  if (!token && !file) return undefined;
  const source = token ? 'GOOGLE_OAUTH_ACCESS_TOKEN' : 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE';
  const authorize = async () => ({ authorization: `Bearer ${token || readSetting(file ?? '', source)?.trim()}` });
  return { authorize, principal: `the owner of ${source}`, signIn: `Renew the token in ${source}.` };
}

export type CredentialFile = NonNullable<ReturnType<typeof findCredentialFile>>;

/** The file with credentials, as Google's libraries find it, and who signs in with it. Throws if it can't be read. */
function findCredentialFile(env: Env) {
  const setting = env.GOOGLE_APPLICATION_CREDENTIALS ? 'GOOGLE_APPLICATION_CREDENTIALS' : undefined;
  const path = env.GOOGLE_APPLICATION_CREDENTIALS || gcloudFile(env, 'application_default_credentials.json');
  const found = readSetting(path, setting);
  if (found === undefined) return undefined;
  const content = parseJson(found) as Record<string, unknown> | undefined;
  const hint = `Check ${setting ?? 'the file'}.`;
  if (!content) throw new CliError('notAllowed', `${path} is not valid JSON.`, { hint });
  const [, impersonated] = /([^/]+):generateAccessToken$/.exec(`${content.service_account_impersonation_url}`) ?? [];
  const named = impersonated ?? (text(content.client_email) || text(content.account));
  return { path, content, principal: named || `the owner of ${setting ?? 'application default credentials'}` };
}

function gcloudProject(env: Env) {
  const active =
    env.CLOUDSDK_ACTIVE_CONFIG_NAME || readSetting(gcloudFile(env, 'active_config'))?.trim() || 'default';
  const config = readSetting(gcloudFile(env, 'configurations', `config_${active}`)) ?? '';
  const [core = ''] = /^\[core\]\s*$[^[]*/m.exec(config) ?? [];
  return /^\s*project\s*=\s*(.*?)\s*$/m.exec(core)?.[1];
}

/** A file in the folder of gcloud's settings. It is read here: gcloud itself takes seconds. */
function gcloudFile({ CLOUDSDK_CONFIG, APPDATA, HOME }: Env, ...names: readonly string[]) {
  const [base, ...folders] = process.platform === 'win32' ? [APPDATA, 'gcloud'] : [HOME, '.config', 'gcloud'];
  return CLOUDSDK_CONFIG ? join(CLOUDSDK_CONFIG, ...names) : join(base || '/', ...folders, ...names);
}

/** The text of a file. Undefined if there is none, and no `setting` names it. */
function readSetting(file: string, setting?: string) {
  try {
    return readText(file);
  } catch (error) {
    if (setting === undefined && codeOf(error) === 'ENOENT') return undefined;
    const message = `Cannot read ${file}: ${reasonOf(error)}.`;
    throw new CliError('notAllowed', message, { hint: `Check ${setting ?? 'its permissions'}.`, cause: error });
  }
}
