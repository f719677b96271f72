import { createServiceRequest } from '../atlas/client.js';
import { AnswerError, ApiError, isAlreadyThere, NetworkError } from '../atlas/errors.js';
import { isAtlasId } from '../atlas/ids.js';
import { type Endpoint, endpointKeys } from '../atlas/model.js';
import { type Provider, parseProvider } from '../atlas/provider.js';
import { parseRegion, type Region } from '../atlas/regions.js';
import { isAhead } from '../atlas/status.js';
import type { Context } from '../context.js';
import { type CliError, InterruptedError, UsageError } from '../errors.js';
import type { View } from '../ui/view.js';
import { awaitEndpoints, readGoal, type WaitFlags } from './shared/awaiting.js';
import { endpointView, nameOf, nextStep } from './shared/endpoint-view.js';
import { referTo } from './shared/endpoints.js';

export interface CreateOptions extends WaitFlags {
  region?: string | undefined;
  provider?: string | undefined;
  wait?: boolean | undefined;
  ifNotExists?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** Requests a private endpoint service, and waits for it where that is asked for. */
export async function create(context: Context, options: CreateOptions): Promise<void> {
  const { io } = context;
  io.checkFields(options.dryRun ? requestKeys : endpointKeys);
  const provider = parseProvider(options.provider ?? (await context.setting('provider'))?.value ?? 'aws');
  if (options.region === undefined) {
    throw new UsageError('The region is missing.', 'For example: atlas-pe create --region us-east-1');
  }
  const region = parseRegion(provider, options.region);
  const goal = readGoal(options);
  if (!isAhead(goal.until)) throw new UsageError(`A new endpoint can't be awaited until ${goal.until}.`);
  const isWaiting = options.wait === true || options.until !== undefined || options.timeout !== undefined;
  if (!region.known) io.warn(`${provider} region '${options.region}' is not known here; Atlas will judge it.`);
  if (options.dryRun) return io.print(await dryRunView(context, provider, region));

  const created = await request(context, provider, region, options.ifNotExists ?? false);
  const [endpoint = created] = isWaiting ? await awaitEndpoints(context, [created], goal) : [];
  await io.print(endpointView(endpoint));
  const next = nextStep(endpoint, await referTo(context, endpoint), context.commandLine);
  if (next !== undefined) io.hint(next);
}

/** Sends the one POST. Where the region has a service already, that is an error that names it, or the answer. */
async function request(context: Context, provider: Provider, region: Region, orExisting: boolean): Promise<Endpoint> {
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  try {
    return await atlas.createService(projectId, provider, region.atlasRegion);
  } catch (error) {
    if (isUnknown(error)) {
      const look = context.commandLine(`list --provider ${provider.toLowerCase()} --region ${region.region}`);
      error.hint = `${error instanceof AnswerError ? `${error.hint} ` : ''}Whether Atlas created the endpoint is not known. Look before you try again: ${look}`;
    }
    if (!isAlreadyThere(error)) throw error;

    const services = await atlas.listServices(projectId, provider);
    const existing = services.find(({ atlasRegion }) => atlasRegion === region.atlasRegion);
    if (!existing) throw error;
    const isLeaving = existing.status === 'DELETING';
    if (orExisting && !isLeaving) {
      context.io.note(`${nameOf(existing)} exists already (${existing.status}).`);
      return existing;
    }
    const wait = context.commandLine(`wait ${existing.id} --until DELETED`);
    error.hint = isLeaving
      ? `${existing.id} is being deleted; wait until it is gone: ${wait}`
      : `It is ${existing.id} (${existing.status}); to use that one: --if-not-exists`;
    throw error;
  }
}

/** True where the answer to the create was lost, so that it may or may not have taken effect. */
function isUnknown(error: unknown): error is CliError {
  return (
    (error instanceof NetworkError && error.mayHaveArrived) ||
    (error instanceof ApiError && error.status >= 500) ||
    error instanceof AnswerError ||
    error instanceof InterruptedError
  );
}

const requestKeys = ['method', 'url', 'body'];

/** The request as it would be sent. Nothing is, so a project must be given by id. */
async function dryRunView(context: Context, provider: Provider, region: Region): Promise<View> {
  const project = await context.setting('project');
  if (project && !isAtlasId(project.value.toLowerCase())) {
    throw new UsageError('--dry-run sends nothing, so it cannot look up a project by its name.', 'Give its id.');
  }
  const { method, path, body = {} } = createServiceRequest(await context.projectId(), provider, region.atlasRegion);
  return {
    single: true,
    rows: [{ method, url: `${await context.baseUrl()}${path}`, body: body as Record<string, string> }],
    keys: requestKeys,
    columns: requestKeys,
    id: 'url',
  };
}
