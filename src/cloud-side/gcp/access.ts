import { join } from 'node:path';
import { codeOf, reasonOf, UsageError } from '../../base/errors.js';
import type { Env } from '../../base/host.js';
import { text } from '../../base/json.js';
import { readText } from '../../base/read-text.js';
import { clouds } from '../../clouds/all.js';
import { gcpProjectShape } from '../../clouds/gcp.js';
import { checkId } from '../../clouds/shapes.js';
import type { CloudAccess, CloudOptions, SignInContext } from '../entry.js';
import { CloudError } from '../errors.js';
import { warnOfRealCloud } from '../real-cloud.js';
import type { GcpAccess, GcpCredentials } from './compute.js';
import { openGcpInspector } from './inspect.js';
import { pathOf, projectIn } from './model.js';
import type { GcpWanted } from './plan.js';
import { openGcpSide, openGcpTeardown } from './side.js';

export const gcpAccess = { checkOptions, open };

/** The options, as they are given. */
interface GcpFlags extends Partial<Omit<GcpWanted, 'subnet'>> {
  subnet?: readonly string[];
  gcpProject?: string;
}

/** Finds out how to sign in to GCP. In the sandbox it does not look at the settings of gcloud. */
async function open(context: SignInContext, options: CloudOptions): Promise<CloudAccess> {
  const wanted = checkOptions(options);
  const { gcpProject = projectIn(wanted.subnet ?? '') } = options as GcpFlags;
  const access = await accessOf(context, gcpProject);
  return {
    side: (target, left) => openGcpSide(target, access, wanted, { ...context, left }),
    teardown: (region, left) => openGcpTeardown(region, access, { ...context, left }),
    inspector: (region, left) => openGcpInspector(region, access, { ...context, left, tries: 2 }),
  };
}

function checkOptions(options: CloudOptions): GcpWanted {
  const { subnet = [], network, globalAccess = false, adopt, gcpProject } = options as GcpFlags;
  if (gcpProject !== undefined) checkId(gcpProjectShape, gcpProject);
  if (subnet.length > 1) throw new UsageError('GCP needs only one subnet.', 'Use --subnet once.');
  if (adopt !== undefined) checkId(clouds.GCP.interfaces.shape, adopt);
  if (adopt !== undefined && (subnet.length > 0 || network !== undefined || globalAccess)) {
    const what =
      '--adopt changes nothing in GCP, so it cannot be combined with --subnet, --network or --global-access.';
    throw new UsageError(what, 'Remove one of them.');
  }
  return {
    subnet: checkPlace('--subnet', subnet[0], 'regions/us-east4/subnetworks'),
    network: checkPlace('--network', network, 'global/networks'),
    globalAccess,
    adopt,
  };
}

/** The name or the path of a subnet or a network. `folder`: where it is in a project, as an example. */
function checkPlace(option: string, given: string | undefined, folder: string): string | undefined {
  const read = given?.includes('/') ? pathOf(given) : given;
  const parent = `projects/[a-z0-9.:-]+/${folder.replace('us-east4', '[a-z0-9-]+')}/`;
  if (read === undefined || new RegExp(`^(?:${parent})?[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$`).test(read)) return read;
  const examples = `Examples: default, projects/my-project-123/${folder}/default`;
  throw new UsageError(`'${given}' is not valid for ${option}.`, examples);
}

/** `given`: the project that the command line names. */
async function accessOf(context: SignInContext, given: string): Promise<GcpAccess> {
  const env = (context.sandbox ?? context.env) as Env;
  const compute = env.CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE;
  const manager = env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER;
  if (!compute) warnOfRealCloud(context, 'GCP', 'CLOUDSDK_* and GOOGLE_*');
  const ready = readyToken(env);
  const file = ready ? undefined : findCredentialFile(env);
  const named = env.GOOGLE_CLOUD_PROJECT || env.GCLOUD_PROJECT || env.CLOUDSDK_CORE_PROJECT || env.GOOGLE_PROJECT;
  const project = given || named || text(file?.content.project_id) || gcloudProject(env);
  const hint = 'Set it with --gcp-project, GOOGLE_CLOUD_PROJECT or gcloud config set project PROJECT.';
  // Not an error of the command line: doctor goes on.
  if (!project) throw new CloudError('Missing Google project.', { exit: 'usage', hint });
  const universe = env.GOOGLE_CLOUD_UNIVERSE_DOMAIN || text(file?.content.universe_domain) || 'googleapis.com';
  return {
    project: checkId(gcpProjectShape, project),
    compute: baseUrl(compute || `https://compute.${universe}/compute/v1`),
    resourceManager: baseUrl(manager || `https://cloudresourcemanager.${universe}`),
    exchange: context.exchange,
    // Google's library is loaded only if it is needed.
    ...(ready ?? (await (await import('./credentials.js')).findCredentials(context, file))),
  };
}

/** Without a slash at the end. */
function baseUrl(url: string): string {
  if (URL.canParse(url)) return url.replace(/\/+$/, '');
  const hint = 'Check the universe domain and CLOUDSDK_API_ENDPOINT_OVERRIDES_*.';
  throw new UsageError(`'${url}' is not a valid URL.`, hint);
}

/** A token that somebody else has got: Terraform's variable, or gcloud's. */
function readyToken(env: Env): GcpCredentials | undefined {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: token, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: file } = env;
  if (!token && !file) return undefined;
  const source = token ? 'GOOGLE_OAUTH_ACCESS_TOKEN' : 'CLOUDSDK_AUTH_ACCESS_TOKEN_FILE';
  const headers = async () => ({ authorization: `Bearer ${token || readSetting(file ?? '', source)?.trim()}` });
  return { headers, principal: null, who: `the owner of ${source}`, signIn: `Renew the token in ${source}.` };
}

export type CredentialFile = NonNullable<ReturnType<typeof findCredentialFile>>;

/** The file with credentials, as Google's libraries find it, and who signs in with it. Throws if it can't be read. */
function findCredentialFile(env: Env) {
  const { GOOGLE_APPLICATION_CREDENTIALS: given } = env;
  const setting = given ? 'GOOGLE_APPLICATION_CREDENTIALS' : undefined;
  const path = given || gcloudFile(env, 'application_default_credentials.json');
  const found = readSetting(path, setting);
  if (found === undefined) return undefined;
  try {
    const content: Record<string, unknown> = Object(JSON.parse(found));
    const [, impersonated] = /([^/]+):generateAccessToken$/.exec(`${content.service_account_impersonation_url}`) ?? [];
    const principal = impersonated ?? (text(content.client_email) || text(content.account) || null);
    const source = setting ?? 'application default credentials';
    return { path, content, principal, who: principal ? `${principal} (${source})` : `the owner of ${source}` };
  } catch {
    throw new CloudError(`${path} is not valid JSON.`, { exit: 'notAllowed', hint: `Check ${setting ?? 'the file'}.` });
  }
}

/** The project of gcloud's active configuration. */
function gcloudProject(env: Env): string | undefined {
  const active = env.CLOUDSDK_ACTIVE_CONFIG_NAME || readSetting(gcloudFile(env, 'active_config'))?.trim() || 'default';
  const config = readSetting(gcloudFile(env, 'configurations', `config_${active}`)) ?? '';
  const [core = ''] = /^\[core\]\s*$[^[]*/m.exec(config) ?? [];
  return /^\s*project\s*=\s*(.*?)\s*$/m.exec(core)?.[1];
}

/** A file in the folder of gcloud's settings. It is read here: gcloud itself takes seconds. */
function gcloudFile({ CLOUDSDK_CONFIG, APPDATA, HOME }: Env, ...names: readonly string[]): string {
  const [base, ...folders] = process.platform === 'win32' ? [APPDATA, 'gcloud'] : [HOME, '.config', 'gcloud'];
  return CLOUDSDK_CONFIG ? join(CLOUDSDK_CONFIG, ...names) : join(base || '/', ...folders, ...names);
}

/** The text of a file. Undefined if there is none, and no `setting` names it. */
function readSetting(file: string, setting?: string): string | undefined {
  try {
    return readText(file);
  } catch (error) {
    if (setting === undefined && codeOf(error) === 'ENOENT') return undefined;
    const message = `Cannot read ${file}: ${reasonOf(error)}.`;
    throw new CloudError(message, { exit: 'notAllowed', hint: `Check ${setting ?? 'its permissions'}.`, cause: error });
  }
}
