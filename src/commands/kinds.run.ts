import { deleted } from '../atlas/status.js';
import { InterruptedError, ReaderGoneError, reasonOf, UsageError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { readText } from '../base/read-text.js';
import { cmd, longName } from '../base/shell.js';
import { type Provider, parseProvider } from '../clouds/all.js';
import { parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { timedOut } from '../endpoints/await-all.js';
import { findUntilSure } from '../endpoints/find-until-sure.js';
import { goOnWaiting, readGoal, startDeadline } from '../endpoints/goal.js';
import { awaitKind, readKindUntil } from '../kinds/await.js';
import { createKindOnce, deleteKind } from '../kinds/change.js';
import { findKind } from '../kinds/find.js';
import type { Kind, KindEndpoint } from '../kinds/kind.js';
import { goneKind, isLeft } from '../kinds/requests.js';
import { kindsView, kindView, nameOfKind } from '../kinds/view.js';
import { approval, ignoreMissing } from './approval.js';
import { checkKindOptions } from './kinds.js';
import type { create, deleteCommand, get, wait } from './services.js';

/* What commands do with --kind. */

/** Throws a usage error for an option or an output format that is only for clusters' endpoints. */
export function refuse(
  { io }: Pick<Context, 'io'>,
  options: object,
  names: readonly string[],
  formats: readonly string[] = [],
) {
  const [option] = Object.entries(options).flatMap(([name, given]) => (given && names.includes(name) ? [name] : []));
  const what = option === undefined ? `--output ${io.format}` : longName(option);
  if (option !== undefined || formats.includes(io.format))
    throw new UsageError(`${what} cannot be combined with --kind.`, 'Use only one of them.');
}

export async function getKind(context: Context, kind: Kind, options: OptionsOf<typeof get>): Promise<void> {
  refuse(context, options, [], ['terraform']);
  const found = await findKind(context, kind, { args: argsOf(options), filter: options });
  const [endpoint] = found.endpoints;
  if (!endpoint) throw found.notFound(0);
  await context.io.print(kindView(endpoint, kind));
  hintStep(context, kind, endpoint);
}

/** Requests an endpoint, and waits for it if an option says so. */
export async function createKind(context: Context, kind: Kind, options: OptionsOf<typeof create>): Promise<void> {
  const { io } = context;
  refuse(context, options, ['remoteRegion', 'portMapping', 'noPortMapping', 'dryRun']);
  checkKindOptions(options, kind);
  const until = readKindUntil(kind, options.until);
  if (isLeft(kind, until) || kind.statuses[until] === 'failed')
    throw new UsageError(`create cannot wait for ${until}.`, 'Use ready, which is the default.');
  const { waits, timeoutMs } = readGoal({
    timeout: options.timeout,
    wait: options.wait || options.until !== undefined,
  });
  const content = options.file === undefined ? {} : readObject(options.file);
  const implied = kind.create.provider?.({ ...options, content });
  const provider = providerOf(kind, options.provider, implied ?? (await context.setting('provider'))?.value);
  const readRegion = (text: string) => parseRegion(provider, text);
  const { place: typed = options.region } = options;
  const place = typed === undefined ? undefined : readRegion(typed);
  const body = kind.create.body({ ...options, provider, place, content, readRegion });

  const created = await createKindOnce(context, kind, { provider, body, orExisting: options.ifNotExists ?? false });
  const deadline = startDeadline(context, { timeoutMs }, true);
  const [endpoint = created] = waits ? await awaitKind(context, kind, [created], { until, deadline }) : [];
  await io.print(kindView(endpoint, kind), { isDone: true });
  hintStep(context, kind, endpoint);
}

/** Asks first in a terminal. Elsewhere it requires --yes and an endpoint. */
export async function removeKind(
  context: Context,
  kind: Kind,
  options: OptionsOf<typeof deleteCommand>,
): Promise<void> {
  const { io } = context;
  refuse(context, options, ['cascade']);
  const { waits, timeoutMs } = readGoal(options);
  const args = argsOf(options);
  const name = { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: args.length > 0 };
  const approve = approval(context, { yes: options.yes, undone: 'Nothing was deleted', name });
  const { projectId, endpoints, notFound } = await findKind(context, kind, { args, filter: options });
  const endpoint = endpoints[0] ?? (options.ifExists && args[0] ? goneKind(kind, projectId, args[0]) : undefined);
  if (!endpoint) throw notFound(0).withHint(ignoreMissing(context));
  if (endpoint.status === deleted) io.note('Nothing to delete.');
  else await approve(`Delete the ${kind.noun} ${nameOfKind(endpoint)} (${endpoint.status})?`);
  const deadline = startDeadline(context, { timeoutMs }, true);
  const requested = await deleteKind(context, kind, endpoint, options.yes ? ['--yes'] : []);
  const isOver = !waits || requested.status === deleted;
  const [last = requested] = isOver ? [] : await awaitKind(context, kind, [requested], { until: deleted, deadline });
  await io.print(kindView(last, kind), { isDone: true });
  const again = cmd`wait --kind ${kind.name} ${last.id} --until DELETED`;
  if (last.status !== deleted) io.hint(advise(context, 'Wait until it is gone:', again));
}

/** Waits until each endpoint has reached a status or a later one. */
export async function waitForKind(context: Context, kind: Kind, options: OptionsOf<typeof wait>): Promise<void> {
  const { io } = context;
  const { endpoint: args, any = false, timeout } = options;
  refuse(context, options, ['interface']);
  const all = options.all || (any && args.length === 0);
  const until = readKindUntil(kind, options.until);
  const deadline = startDeadline(context, readGoal({ timeout }), false);
  const again = context.again(cmd``);
  const found = await findUntilSure(context, deadline, { until }, (limits) =>
    findKind(context, kind, { args, all, filter: options, limits }),
  ).catch((error: unknown) => {
    throw error instanceof InterruptedError ? error.withHint({ text: goOnWaiting, commands: [again] }) : error;
  });
  if (!found) throw timedOut('no response from Atlas', deadline, again);
  const { projectId, named, endpoints, notFound } = found;
  const missing = endpoints.findIndex((endpoint) => !endpoint);
  if (missing !== -1 && until !== deleted) throw notFound(missing);
  const gone = named.flatMap(({ id }, index) => (endpoints[index] ? [] : [goneKind(kind, projectId, id)]));
  const there = endpoints.flatMap((each) => each ?? []);
  const onRead = async (row: KindEndpoint) => {
    if (io.format === 'jsonl' && !(await io.print(kindView(row, kind)))) throw new ReaderGoneError();
  };
  for (const row of gone) await onRead(row);
  const reached =
    any && gone.length > 0 ? [] : await awaitKind(context, kind, there, { until, deadline, any, again, onRead });
  if (io.format === 'jsonl') return;
  const [first, ...others] = [...gone, ...reached];
  const isOne = first && (any || (args.length <= 1 && !all));
  await io.print(isOne ? kindView(first, kind) : kindsView(first ? [first, ...others] : [], kind));
}

function argsOf({ endpoint }: { endpoint: string | undefined }): string[] {
  return endpoint === undefined ? [] : [endpoint];
}

/** Hints at what the user has to do next. */
function hintStep({ io }: Context, kind: Kind, endpoint: KindEndpoint): void {
  const phase = kind.statuses[endpoint.status];
  const step = phase === 'needsUser' || phase === 'ready' ? kind.steps[phase]?.(endpoint) : undefined;
  if (step) io.hint({ text: step.text, commands: step.command ? [step.command.text] : [] });
}

/** The cloud of a new endpoint: the given one, or the likely one if it has this kind. */
function providerOf({ name, providers }: Kind, given: string | undefined, likely: string | undefined): Provider {
  const isOwn = (word: string) => providers.includes(parseProvider(word));
  if (given !== undefined && !isOwn(given)) {
    const hint = `Valid values: ${listed(providers.map((each) => each.toLowerCase()))}`;
    throw new UsageError(`--kind ${name} is not for --provider ${given}.`, hint);
  }
  const chosen = given ?? (likely !== undefined && isOwn(likely) ? likely : providers[0]);
  return parseProvider(chosen ?? '');
}

/** Reads a JSON file with an object. Throws a usage error. */
function readObject(file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readText(file));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
    throw new Error('it has no object');
  } catch (error) {
    throw new UsageError(`Cannot read ${file} (${reasonOf(error)}).`, 'It must be a JSON file with the request.');
  }
}
