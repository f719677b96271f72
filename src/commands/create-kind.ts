import type { ApiRequest } from '../atlas/client.js';
import { isLeaving } from '../atlas/status.js';
import { CliError, ignoreFailure, reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/read-text.js';
import { cmd } from '../base/shell.js';
import { parseName } from '../base/suggest.js';
import { defaultProvider, type Provider } from '../clouds/all.js';
import { checkSameRegion, parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { sendOnce } from '../endpoints/create-once.js';
import type { AnyEndpoint } from '../endpoints/family.js';
import type { Kind, KindBody } from '../endpoints/kinds/kind.js';
import { explained, familyOf, readCreated, requestTo } from '../endpoints/kinds/requests.js';
import { nameOf } from '../endpoints/view.js';
import type { RequestLimits } from '../http/retries.js';
import type { create } from './services.js';

/** What to create, as it was typed. */
export interface Draft {
  request(projectId: string): ApiRequest;
  create(): Promise<AnyEndpoint>;
}

/** Reads what `create --kind` is to create. Throws usage errors. */
export async function draftOfKind(context: Context, kind: Kind, options: OptionsOf<typeof create>): Promise<Draft> {
  const content = options.file === undefined ? {} : readObject(options.file);
  const implied = kind.create.provider?.({ ...options, content });
  const provider = providerOf(kind, options.provider, implied ?? (await context.settings.get('provider'))?.value);
  const readRegion = (text: string) => parseRegion(provider, text);
  const { place: typed = options.region } = options;
  const place = typed === undefined ? undefined : readRegion(typed);
  if (typed !== undefined) checkSameRegion(provider, typed, options.region);
  const body = bodyOf(context, kind, { ...options, provider, place, content, readRegion });
  const request = (projectId: string): ApiRequest => ({
    method: 'POST',
    ...requestTo(kind, { projectId, provider }),
    body,
  });
  return { request, create: () => createKindOnce(context, kind, provider, body, options.ifNotExists) };
}

/** The body of the request. In the sandbox, an error has no line of a cloud's CLI. */
function bodyOf({ settings }: Context, { create }: Kind, creation: Parameters<Kind['create']['body']>[0]): KindBody {
  try {
    return create.body(creation);
  } catch (error) {
    const hasLines = error instanceof CliError && error.hint && error.hint.commands.length > 0;
    throw hasLines && settings.profile.isSandbox ? error.withHint(undefined) : error;
  }
}

/** Creates an endpoint, and never two: it looks for the same one first. If there is one, throws an error that names it. */
async function createKindOnce(
  context: Context,
  kind: Kind,
  provider: Provider,
  body: Record<string, unknown>,
  orExisting = false,
): Promise<AnyEndpoint> {
  const family = familyOf(kind);
  const place = { projectId: await context.settings.projectId(), provider };
  const atlas = await context.atlas();
  const find = async (limits?: RequestLimits) => {
    const all = await family.list(atlas, place, limits);
    return all.find((each) => kind.create.isSame(each, body) && !isLeaving(each.status, kind.statuses));
  };
  const existing = await find();
  if (existing) {
    const what = `${nameOf(existing)} already exists (${existing.status}).`;
    const hint = { text: 'To use it in a script:', commands: [context.settings.again(cmd`--if-not-exists`)] };
    if (!orExisting) throw new CliError('conflict', what, { hint });
    context.io.note(what);
    return existing;
  }
  const send = async () => {
    const answer = await explained(kind, atlas.send({ method: 'POST', ...requestTo(kind, place), body }));
    return readCreated(kind, place, answer, body);
  };
  const created = await sendOnce(context, { send, find, list: cmd`list ${family.flags}` });
  // Some creates are answered without a status.
  const read = created.status === 'UNKNOWN' ? await family.read(atlas, created).catch(ignoreFailure) : undefined;
  return read ?? created;
}

/** The cloud of a new endpoint: the given one, or the likely one if it has this kind. */
function providerOf({ name, providers }: Kind, given: string | undefined, likely = ''): Provider {
  if (given !== undefined) return parseName(`provider for --kind ${name}`, given, providers);
  return providers.find((each) => each === likely.toUpperCase()) ?? providers[0] ?? defaultProvider;
}

/** Reads a JSON file with an object. Throws a usage error. */
function readObject(file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readText(file, { mayBePipe: true }));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
    throw new Error('it has no object');
  } catch (error) {
    throw new UsageError(`Cannot read ${file} (${reasonOf(error)}).`, 'It must be a JSON file with the request.');
  }
}
