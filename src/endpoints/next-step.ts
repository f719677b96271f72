import { canUse, regionText } from '../atlas/clusters.js';
import { type Endpoint, isLeaving, isReady } from '../atlas/model.js';
import { advise, CliError, type Hint, orNone } from '../base/errors.js';
import { texts } from '../base/json.js';
import { cmd, option } from '../base/shell.js';
import { mostListed } from '../base/words.js';
import { clouds, defaultProvider, type Provider, parseProvider } from '../clouds/all.js';
import type { CloudFacts } from '../clouds/facts.js';
import { cloudsOf, regionsNamed } from '../clouds/regions.js';
import { pollLimits } from '../http/ask.js';
import type { Context } from './context.js';
import { type Filter, type Named, referrer, referTo } from './name.js';
import { isOlder, isOlderDisabled } from './port-mapping.js';
import { nameOf } from './view.js';

type Hinting = Pick<Context, 'io' | 'settings'>;

/** Hinted commands that ask for confirmation need `--yes` if there is no terminal to ask in. */
export function yesOf({ io }: Pick<Context, 'io'>) {
  return io.isInteractive ? [] : ['--yes'];
}

export function ignoreMissing({ settings }: Pick<Context, 'settings'>): Hint {
  return { text: 'To succeed if it does not exist:', commands: [settings.again(cmd`--if-exists`)] };
}

/** Hints at the next steps. `isUsable`: whether a cluster can use it. If not, connect refuses the region. */
export async function hintNext(context: Context, endpoint: Endpoint, isUsable = true) {
  const { io } = context;
  if (!io.givesHints) return;
  const reference = await referTo(context, endpoint);
  // Only a conversion helps.
  if (isOlder(endpoint) && isOlderDisabled(endpoint.provider, context.clock.now())) return;
  if (endpoint.status === 'FAILED') return io.hint(replacing(context, endpoint, reference));
  if (endpoint.interfaceEndpoints.length > 0) return;
  for (const way of waysToConnect(context, endpoint, reference, isUsable)) io.hint(way);
}

/** Warns if no cluster can use a new service. Returns whether one can. */
export async function warnOfNoCluster({ io, atlas }: Context, endpoint: Endpoint) {
  const clusters = await orNone((await atlas()).listClusters(endpoint.projectId, pollLimits));
  if (!clusters || clusters.some((cluster) => canUse(cluster, endpoint))) return true;
  const where = regionText(endpoint);
  io.warn(`No dedicated cluster has nodes in ${where} yet, so nothing can use ${endpoint.id}. Atlas bills it.`);
  return false;
}

export async function hintConversion(context: Context, endpoints: readonly Endpoint[]) {
  const { io, clock } = context;
  const older = endpoints.filter((each) => isOlder(each) && !isLeaving(each.status));
  const [first] = older;
  const end = first && clouds[first.provider].older;
  if (!io.givesHints || !first || !end) return;
  const refer = await referrer(context);
  const verb = clock.now() >= end.endsAt ? 'disabled' : 'disables';
  const [what, it] =
    older.length === 1 ? [`${nameOf(first)} has`, 'it'] : [`${older.length} private endpoints have`, 'them'];
  const text = `${what} no port mapping. Atlas ${verb} ${it} on ${end.day}. To convert ${it}:`;
  io.hint(advise(context, text, ...older.slice(0, mostListed).map((each) => cmd`convert ${refer(each)}`)));
}

/** The ways to connect a service, the easiest one first. None if it can't be connected. */
export function waysToConnect(context: Hinting, service: Endpoint, reference: string, isUsable = true) {
  const { id, provider, region, status } = service;
  const { account, cli } = clouds[provider];
  const canBeConnected = isUsable && !isOlder(service);
  // A region is easier to read than an id, but belongs to the usual project.
  const connect = connectCommand(provider, reference === id ? region : reference);
  const what = `Create an interface endpoint in your ${account} and attach it`;
  const easiest = canBeConnected ? [advise(context, `${what}:`, connect)] : [];
  if (status === 'INITIATING') {
    const text = 'Wait until it is ready, then show how to connect it:';
    return [...easiest, advise(context, text, cmd`wait ${reference}`, cmd`get ${reference}`)];
  }
  if (!isReady(status) || context.settings.profile.isSandbox) return easiest;
  const attach = cmd`interface add ${reference} INTERFACE`;
  if (!canBeConnected) return [advise(context, `${what}:`, attach)];
  const text = `Or print the command lines for ${cli}, then attach what they create:`;
  return [...easiest, advise(context, text, cmd`${connect} --dry-run`, attach)];
}

export function failedError(context: Hinting, endpoint: Endpoint, reference: string) {
  const why = (endpoint.errorMessage ?? 'Atlas gave no reason').replace(/\.$/, '');
  const hint = replacing(context, endpoint, reference);
  return new CliError('endpointFailed', `${nameOf(endpoint)} failed: ${why}.`, { hint });
}

export function replacing(context: Hinting, endpoint: Endpoint, reference: string): Hint {
  const { provider, region, id, projectId, supportedRemoteRegions: remote } = endpoint;
  const more = [
    ...option('--remote-region', texts(remote).join()),
    // An import id contains the project.
    ...option('--project', reference === id ? undefined : projectId),
  ];
  const remove = cmd`delete ${reference} --wait ${yesOf(context)}`;
  const create = cmd`create ${region} --provider ${provider.toLowerCase()} ${more}`;
  return advise(context, 'Delete it, then create it again:', remove, create);
}

/** How to create the endpoint that an argument or a filter names: both sides if this program can, or only Atlas's side. */
export function adviceToCreate(
  context: Pick<Context, 'settings'>,
  { region, provider }: Named,
  filter: Filter,
  project?: string,
): Hint {
  const typed = region ?? filter.region;
  const [likely] = typed === undefined ? [] : cloudsOf(typed);
  const cloud = provider ?? (filter.provider === undefined ? likely : parseProvider(filter.provider));
  // In the spelling of the cloud, if others have the same name.
  const named = regionsNamed(typed ?? '');
  const place = named.length > 1 ? named.find((each) => each.provider === cloud)?.region : typed;
  const more = option('--project', project);
  const create = cmd`create ${place ?? 'REGION'} ${providerOption(cloud)} ${more}`;
  const connect = connectCommand(cloud, place ?? 'REGION');
  const text = 'Create one and connect it to your network, or create only the Atlas side:';
  return advise(context, text, cmd`${connect} ${more}`, create);
}

export function connectCommand(provider: Provider = defaultProvider, endpoint: string) {
  return cmd`connect ${endpoint} ${providerOption(provider)}`;
}

export function providerOption(provider: Provider | undefined) {
  return option('--provider', provider === defaultProvider ? undefined : provider?.toLowerCase());
}

/* Command lines that remove what stays in the user's cloud, and is billed. `signIn`: the options that sign in to it. */

export function deletingOurs(context: Hinting, serviceId: string, id: string, signIn: readonly string[]) {
  return context.settings.commandLine(cmd`disconnect ${serviceId} ${id} --keep-service ${signIn} ${yesOf(context)}`);
}

export function deletingLeftovers(
  context: Hinting,
  { serviceId, region }: { serviceId: string; region: string },
  signIn: readonly string[],
) {
  return context.settings.commandLine(cmd`disconnect ${serviceId} --region ${region} ${signIn} ${yesOf(context)}`);
}

/** With the cloud's CLI, what an interface endpoint used, whoever created it. None in the sandbox. */
export function deletingAny(
  { settings }: Pick<Context, 'settings'>,
  provider: Provider,
  attached: Parameters<CloudFacts['interfaces']['cleanUp']>[0],
) {
  const lines = settings.profile.isSandbox ? [] : clouds[provider].interfaces.cleanUp(attached);
  return lines.map(({ text }) => text);
}
