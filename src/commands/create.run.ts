import { createServiceRequest, type ServiceRequest } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import { endpointKeys } from '../atlas/model.js';
import { type Provider, parseProvider } from '../atlas/provider.js';
import { knownRegions, parseRegion, type Region } from '../atlas/regions.js';
import { isAhead, untils } from '../atlas/status.js';
import type { Context } from '../context.js';
import { UsageError } from '../base/errors.js';
import { noProject } from '../project.js';
import type { View } from '../ui/view.js';
import { awaitEndpoints } from '../endpoints/await.js';
import { readGoal, type WaitFlags } from '../endpoints/awaiting.js';
import { createOnce } from '../endpoints/create-once.js';
import { endpointView } from '../endpoints/view.js';
import { hintNextStep } from '../endpoints/next-step.js';
import { readRemoteRegions } from '../endpoints/remote-regions.js';

export interface CreateOptions extends WaitFlags {
  region?: string | undefined;
  provider?: string | undefined;
  wait?: boolean | undefined;
  ifNotExists?: boolean | undefined;
  dryRun?: boolean | undefined;
  /** AWS: the regions that may connect from afar. */
  remoteRegion?: readonly string[] | undefined;
  /** GCP: one service attachment for all nodes instead of one for each. */
  portMapping?: boolean | undefined;
}

/** Requests a private endpoint service, and waits for it where that is asked for. */
export async function create(context: Context, options: CreateOptions): Promise<void> {
  const { io } = context;
  io.checkFields(options.dryRun ? requestKeys : endpointKeys);
  const provider = parseProvider(options.provider ?? (await context.setting('provider'))?.value ?? 'aws');
  if (options.region === undefined) {
    throw new UsageError(
      'The region is missing.',
      `For example: ${context.again(`--region ${knownRegions(provider)[0]}`)}`,
    );
  }
  const region = parseRegion(provider, options.region);
  const goal = readGoal(options);
  if (!isAhead(goal.until))
    throw new UsageError(
      `A new endpoint can't be awaited until ${goal.until}.`,
      `Accepted: ${untils.filter(isAhead).join(', ')}.`,
    );
  const isWaiting = options.wait === true || options.until !== undefined || options.timeout !== undefined;
  if (!region.known) io.warn(`${provider} region '${options.region}' is not known here; Atlas will judge it.`);
  const request = readRequest(context, provider, region, options);
  if (options.dryRun) {
    await io.print(await dryRunView(context, request));
    return;
  }

  const created = await createOnce(context, request, region, options.ifNotExists ?? false);
  const [endpoint = created] = isWaiting ? await awaitEndpoints(context, [created], goal) : [];
  await io.print(endpointView(endpoint), { isDone: true });
  await hintNextStep(context, endpoint);
}

function readRequest(
  context: Context,
  provider: Provider,
  region: Region,
  { remoteRegion, portMapping }: CreateOptions,
): ServiceRequest {
  if (remoteRegion && provider !== 'AWS')
    throw new UsageError('--remote-region is for AWS.', 'Leave it out, or use --provider aws.');
  if (portMapping && provider !== 'GCP')
    throw new UsageError('--port-mapping is for GCP.', 'Leave it out, or use --provider gcp.');
  return {
    ...{ provider, atlasRegion: region.atlasRegion, portMapping },
    remoteRegions: remoteRegion && readRemoteRegions(context, remoteRegion, region),
  };
}

export const requestKeys = ['method', 'url', 'body'];

/** The request as it would be sent. Nothing is, so a project must be given by id. */
async function dryRunView(context: Context, request: ServiceRequest): Promise<View> {
  const project = await context.setting('project');
  if (project && !isAtlasId(project.value.toLowerCase())) {
    throw new UsageError('--dry-run sends nothing, so it cannot look up a project by its name.', 'Give its id.');
  }
  // Nor does it take anyone who is signed in.
  if (!project && !context.profile.isSandbox) throw noProject(context.commandLine);
  const { method, path, body = {} } = createServiceRequest(await context.projectId(), request);
  return {
    single: true,
    rows: [{ method, url: `${await context.baseUrl()}${path}`, body: body as Record<string, string> }],
    keys: requestKeys,
    columns: requestKeys,
    id: 'url',
  };
}
