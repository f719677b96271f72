import type { ApiRequest } from '../../atlas/client.js';
import { isLeaving } from '../../atlas/model.js';
import { CliError, orNone, reasonOf, UsageError } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import { cmd } from '../../base/shell.js';
import { parseName } from '../../base/words.js';
import { defaultProvider, type Provider } from '../../clouds/all.js';
import { parsePlace, parseRegion } from '../../clouds/regions.js';
import type { RequestLimits } from '../../http/ask.js';
import type { Context } from '../context.js';
import type { Draft } from '../family.js';
import type { Filter } from '../name.js';
import { sendOnce } from '../reconcile.js';
import { nameOf } from '../view.js';
import type { Kind, KindOptions } from './kind.js';
import { explained, familyOf, readCreated, requestTo } from './requests.js';

/** The options of `create` that all kinds have, besides their own. */
interface Options extends KindOptions, Filter {
  place?: string | undefined;
}

/** Reads what `create --kind` is to create. Throws usage errors. */
export async function draftOfKind(context: Context, kind: Kind, options: Options): Promise<Draft> {
  const { name, providers, create } = kind;
  const content = options.file === undefined ? {} : readObject(options.file);
  const implied = create.provider?.({ ...options, content }) ?? (await context.settings.get('provider'))?.value;
  // A cloud that is not typed counts only if it has this kind.
  const likely = providers.find((each) => each === implied?.toUpperCase()) ?? providers[0] ?? defaultProvider;
  const given = options.provider;
  const what = `provider for --kind ${name}, which does not exist on all clouds`;
  const provider = given === undefined ? likely : parseName(what, given, providers);
  const { place: typed = options.region } = options;
  const place = typed === undefined ? undefined : parsePlace(provider, typed, options.region);
  const readRegion = (text: string) => parseRegion(provider, text);
  const { isSandbox } = context.settings.profile;
  const body = create.body({ ...options, provider, place, content, readRegion, isSandbox });
  const request = (projectId: string): ApiRequest => ({
    method: 'POST',
    ...requestTo(kind, { projectId, provider }),
    body,
  });
  return { request, create: (orExisting) => createKindOnce(context, kind, request, provider, orExisting) };
}

/** Creates an endpoint, and never two: it looks for the same one first. If there is one, throws an error that names it. */
async function createKindOnce(
  context: Context,
  kind: Kind,
  request: Draft['request'],
  provider: Provider,
  orExisting: boolean,
) {
  const family = familyOf(kind);
  const place = { projectId: await context.settings.projectId(), provider };
  const asked = request(place.projectId);
  const { body = {} } = asked;
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
  const send = async () => readCreated(kind, place, await explained(kind, atlas.send(asked)), body);
  const created = await sendOnce(context, { send, find, list: cmd`list ${family.flags}` });
  // Some creates are answered without a status.
  const read = created.status === 'UNKNOWN' ? await orNone(family.read(atlas, created)) : undefined;
  return read ?? created;
}

function readObject(file: string) {
  try {
    const content: unknown = JSON.parse(readText(file, { mayBePipe: true }));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
    throw new Error('it has no object');
  } catch (error) {
    throw new UsageError(`Cannot read ${file} (${reasonOf(error)}).`, 'It must be a JSON file with the request.');
  }
}
