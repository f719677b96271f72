import { UsageError } from '../../base/errors.js';
import type { Env } from '../../base/host.js';
import { text } from '../../base/json.js';
import { clouds } from '../../clouds/all.js';
import { gcpProjectShape } from '../../clouds/gcp.js';
import { checkId } from '../../clouds/shapes.js';
import type { CloudAccess, CloudOptions, SignInContext } from '../entry.js';
import { CloudError } from '../errors.js';
import { warnOfRealCloud } from '../real-cloud.js';
import type { GcpAccess } from './compute.js';
import { openGcpInspector } from './inspect.js';
import { pathOf, projectIn } from './model.js';
import type { GcpWanted } from './plan.js';
import { findCredentialFile, gcloudProject, readyToken } from './settings.js';
import { openGcpSide } from './side.js';
import { openGcpTeardown } from './teardown.js';

/** The options, as they are given. */
interface GcpFlags {
  subnet?: readonly string[];
  network?: string;
  globalAccess?: boolean;
  adopt?: string;
  gcpProject?: string;
}

/** Finds out how to sign in to GCP. In the sandbox it does not look at the settings of gcloud. */
export async function open(context: SignInContext, options: CloudOptions): Promise<CloudAccess> {
  const wanted = checkOptions(options);
  const { gcpProject = projectIn(wanted.subnet ?? '') } = options as GcpFlags;
  const access = await accessOf(context, gcpProject);
  return {
    side: (target, left) => openGcpSide({ ...target, access, wanted }, { ...context, left }),
    teardown: (region) => openGcpTeardown(region, access, context),
    inspector: (region, left) => openGcpInspector(region, access, { ...context, left, tries: 2 }),
  };
}

export function checkOptions(options: CloudOptions): GcpWanted {
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
  const {
    CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE: compute,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER: resourceManager,
  } = env;
  if (!compute) warnOfRealCloud(context, 'GCP', 'CLOUDSDK_* and GOOGLE_*');
  const ready = readyToken(env);
  const file = ready ? undefined : findCredentialFile(env);
  const named = env.GOOGLE_CLOUD_PROJECT || env.GCLOUD_PROJECT || env.CLOUDSDK_CORE_PROJECT || env.GOOGLE_PROJECT;
  const project = given || named || text(file?.content.project_id) || gcloudProject(env);
  if (!project) {
    const about = 'Set it with --gcp-project or GOOGLE_CLOUD_PROJECT, or:';
    const hint = { text: about, commands: ['gcloud config set project PROJECT'] };
    // Not an error of the command line: doctor goes on.
    throw new CloudError('Missing Google project.', { exit: 'usage', hint });
  }
  const universe = env.GOOGLE_CLOUD_UNIVERSE_DOMAIN || text(file?.content.universe_domain) || 'googleapis.com';
  return {
    project: checkId(gcpProjectShape, project),
    compute: baseUrl(compute || `https://compute.${universe}/compute/v1`),
    resourceManager: baseUrl(resourceManager || `https://cloudresourcemanager.${universe}`),
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
