import type { Endpoint } from '../atlas/model.js';
import { isLeaving, isReady } from '../atlas/status.js';
import { CliError } from '../base/errors.js';
import { advise, type Hint } from '../base/hint.js';
import { texts } from '../base/json.js';
import { mostListed } from '../base/listed.js';
import { cmd, option } from '../base/shell.js';
import { clouds } from '../clouds/all.js';
import { connectCommand, referrer, referTo } from './find.js';
import { isOlder, isOlderDisabled } from './port-mapping.js';
import type { Session } from './session.js';
import { nameOf } from './view.js';

type Hinting = Pick<Session, 'io' | 'commandLine'>;

/** Hinted commands that ask for confirmation need `--yes` if there is no terminal to ask in. */
export function yesOf({ io }: Pick<Session, 'io'>): readonly string[] {
  return io.isInteractive ? [] : ['--yes'];
}

/** Prints a hint for the next step with an endpoint. */
export async function hintNextStep(session: Session, endpoint: Endpoint): Promise<void> {
  const { io } = session;
  if (!io.givesHints) return;
  const reference = await referTo(session, endpoint);
  // Only a conversion helps.
  if (isOlder(endpoint) && isOlderDisabled(endpoint.provider, session.clock.now())) return;
  if (endpoint.status === 'FAILED') return io.hint(replacing(session, endpoint, reference));
  if (endpoint.interfaceEndpoints.length > 0) return;
  for (const way of waysToConnect(session, endpoint, reference)) io.hint(way);
}

/** The ways to connect a service, the easiest one first. None if it can't be connected. */
export function waysToConnect(session: Hinting, service: Endpoint, reference: string): readonly Hint[] {
  const { id, provider, region, status } = service;
  const { account, cli } = clouds[provider];
  // A region is easier to read than an id, but belongs to the usual project.
  const isConnectable = !isOlder(service);
  const connect = connectCommand(provider, reference === id ? region : reference);
  const what = `Create an interface endpoint in your ${account} and attach it`;
  const easiest = isConnectable ? [advise(session, `${what}:`, connect)] : [];
  if (status === 'INITIATING') {
    const text = 'Wait until it is ready, then show how to connect it:';
    return [...easiest, advise(session, text, cmd`wait ${reference}`, cmd`get ${reference}`)];
  }
  if (!isReady(status)) return [];
  const text = `${isConnectable ? `Or use ${cli}` : what}, in bash or zsh (edit the first line):`;
  const commands = connectScript(session, service, reference);
  return commands.length > 0 ? [...easiest, { text, commands }] : easiest;
}

/** A script that connects a ready service with the CLI of its cloud. Empty if Atlas doesn't say what to connect to. */
export function connectScript(session: Hinting, service: Endpoint, reference: string, project?: string): string[] {
  const script = clouds[service.provider].service.connect(service, project);
  if (!script) return [];
  const attach = cmd`interface add ${reference} ${script.attach} --wait`;
  return [...script.lines.map(({ text }) => text), session.commandLine(attach)];
}

/** Prints a hint on how to convert the endpoints without port mapping, if there are any. */
export async function hintConversion(session: Session, endpoints: readonly Endpoint[]): Promise<void> {
  const { io, clock } = session;
  const older = endpoints.filter((each) => isOlder(each) && !isLeaving(each.status));
  const [first] = older;
  const end = first && clouds[first.provider].older;
  if (!io.givesHints || !first || !end) return;
  const refer = await referrer(session);
  const verb = clock.now() >= end.endsAt ? 'disabled' : 'disables';
  const [what, it] =
    older.length === 1 ? [`${nameOf(first)} has`, 'it'] : [`${older.length} private endpoints have`, 'them'];
  const text = `${what} no port mapping. Atlas ${verb} ${it} on ${end.day}. To convert ${it}:`;
  io.hint(advise(session, text, ...older.slice(0, mostListed).map((each) => cmd`convert ${refer(each)}`)));
}

/** The error for an endpoint that failed. */
export function failedError(session: Hinting, endpoint: Endpoint, reference: string): CliError {
  const why = (endpoint.errorMessage ?? 'Atlas gave no reason').replace(/\.$/, '');
  const hint = replacing(session, endpoint, reference);
  return new CliError('endpointFailed', `${nameOf(endpoint)} failed: ${why}.`, { hint });
}

/** How to delete an endpoint and create it again. */
export function replacing(session: Hinting, endpoint: Endpoint, reference: string): Hint {
  const { provider, region, id, projectId, supportedRemoteRegions: remote } = endpoint;
  const more = [
    ...option('--remote-region', texts(remote).join()),
    // An import id contains the project.
    ...option('--project', reference === id ? undefined : projectId),
  ];
  const remove = cmd`delete ${reference} --wait ${yesOf(session)}`;
  const create = cmd`create ${region} --provider ${provider.toLowerCase()} ${more}`;
  return advise(session, 'Delete it, then create it again:', remove, create);
}
