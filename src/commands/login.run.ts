import { accessPage, defaultBaseUrl } from '../atlas/base-url.js';
import type { Project } from '../atlas/model.js';
import { advise, CliError, toHint, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { counted, listed } from '../base/words.js';
import type { OptionsOf } from '../command.js';
import { fromEnv, originText, resolve } from '../config/precedence.js';
import { apiKey, credentialNames, projectIdOf, serviceAccount, setting, variablesOf } from '../config/settings.js';
import { saveValues } from '../config/store.js';
import { askProject, matchProject } from '../context/project.js';
import type { Context } from '../context.js';
import { RequestError } from '../http/request-error.js';
import type { Io } from '../ui/io.js';
import type { login } from './account.js';
import { checkKeepsSettings, otherOrigin, profileSources, whereSaved } from './saving.js';

export async function run(context: Context, options: OptionsOf<typeof login>) {
  const { io, settings } = context;
  const { profile, keychain } = settings;
  checkKeepsSettings(context);
  const named = namedPair(options);
  const isPiped = named !== undefined && !io.isInteractive;
  if (!isPiped && !io.isInteractive) {
    throw new UsageError('Cannot prompt for credentials without a terminal.', {
      text: 'Pipe {"publicKey":"…","privateKey":"…"}, or the two values on two lines, to stdin:',
      commands: [`${settings.commandLine(cmd`login --with-key`)} < FILE`],
    });
  }
  const config = await settings.config();
  const sources = profileSources(context, profile.name, config.profiles[profile.name]);
  const host = await resolve('base-url', sources);
  const baseUrl = host?.value ?? defaultBaseUrl;
  if (host && baseUrl !== defaultBaseUrl && !isPiped)
    io.note(`Signing in to ${baseUrl} (${originText(host.origin)}).`);
  const flags = typeof options.project === 'string' ? { project: options.project } : {};
  const known = await resolve('project', { ...sources, flags }).catch(() => null);
  const page = isPiped ? undefined : accessPage(baseUrl, projectIdOf(known?.value ?? ''));
  if (page) io.note('Create an API key or a service account, with the role Project Owner, on this page:', [page]);

  const isRefused = (error: CliError) => error instanceof RequestError && error.status === 401;
  const ask = async () => askValues(io, named ?? (await askPair(io)), baseUrl);
  const { pair, values, projects } = isPiped
    ? await tryOut(context, await readPipedCredentials(context, named, baseUrl), baseUrl)
    : await askAgain(io, isRefused, async () => tryOut(context, await io.askTogether(ask), baseUrl));
  io.note(`Signed in to ${baseUrl}: ${counted(projects.length, 'project')} accessible.`);
  const picked = typeof options.project === 'string' ? pickProject(projects, options.project) : undefined;

  // Credentials of the other kind, or from before, must not remain: they would be a second pair.
  const others = Object.fromEntries(credentialNames.map((name) => [name, undefined]));
  const [id, secret] = pair.names;
  const entered = { [id]: values[0], [secret]: values[1] };
  const saved = await saveValues(config, keychain, profile.name, {
    ...others,
    ...entered,
    'base-url': baseUrl === defaultBaseUrl ? undefined : baseUrl,
  });
  io.note(`Saved ${id} and ${secret} for profile ${profile.name} in ${whereSaved(saved, true)}.`);
  const stronger = await otherOrigin(context, profile.name, entered);
  if (stronger) io.warn(`Commands use the credentials from ${stronger}, not the saved ones.`);

  // This question comes last: an interrupt here must not discard the credentials.
  const question = 'Number, name or id (leave empty for none)';
  const isAsked = !picked && !isPiped && projects.length > 0;
  const project = isAsked ? await askProject(io, projects, 'Choose a default project:', question) : picked;
  if (project) {
    await saveValues(config, keychain, profile.name, { project: project.id });
    io.note(`The default project is ${project.name} (${project.id}).`);
  }
  // If there is only one project, commands use it.
  if (project || projects.length === 1 || known) {
    io.hint(advise(context, 'List the private endpoints, or connect a region:', cmd`list`, cmd`connect REGION`));
  } else if (projects.length > 0) io.hint(advise(context, 'List the available projects:', cmd`projects`));
}

function namedPair({ withKey, withServiceAccount }: OptionsOf<typeof login>) {
  if (withKey && withServiceAccount) {
    throw new UsageError('--with-key and --with-service-account cannot be combined.', 'Use only one of them.');
  }
  if (withKey) return apiKey;
  return withServiceAccount ? serviceAccount : undefined;
}

async function askPair(io: Io) {
  io.note('Sign in with:', ['1  API key', '2  Service account']);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Choice (default: 1)', { isAgain });
    if (answer === '' || answer === '1') return apiKey;
    if (answer === '2') return serviceAccount;
    io.note('Enter 1 or 2.');
  }
}

const mostTries = 3;

async function askAgain<T>(io: Io, isWrong: (error: CliError) => boolean, ask: (isAgain: boolean) => Promise<T>) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(tries > 1);
    } catch (error) {
      if (!(error instanceof CliError) || !isWrong(error) || tries === mostTries) throw error;
      io.note(`${error.message} Try again.`);
    }
  }
}

async function askValues(io: Io, pair: CredentialPair, baseUrl: string): Promise<Entered> {
  const [id, secret] = pair.names;
  const question = (name: string) => name.replace('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  const where = baseUrl === defaultBaseUrl ? '' : ` for ${baseUrl}`;
  const isWrong = (error: CliError) => error instanceof UsageError;
  const first = await askAgain(io, isWrong, async (isAgain) =>
    checkValue(id, await io.ask(question(id), { isAgain })),
  );
  const second = await askAgain(io, isWrong, async () =>
    checkValue(secret, await io.readSecret(`${question(secret)}${where} (not shown)`)),
  );
  return { pair, values: [first, second] };
}

async function tryOut(context: Context, entered: Entered, baseUrl: string) {
  try {
    const credentials = entered.pair.make(entered.values);
    const atlas = await context.atlas({ credentials, origin: { kind: 'entered' }, baseUrl });
    return { ...entered, projects: await atlas.listProjects() };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { text, commands } = error.hint ?? toHint('');
    throw error.withHint({ text: `Nothing was saved. ${text}`.trim(), commands });
  }
}

function pickProject(projects: readonly Project[], text: string) {
  const found = matchProject(projects, text);
  if (found) return found;
  const names = listed(projects.map(({ name }) => name));
  throw new UsageError(
    `These credentials cannot access project '${text}'. Nothing was saved.`,
    names === '' ? 'They cannot access any project.' : `Available projects: ${names}`,
  );
}

type CredentialPair = typeof apiKey | typeof serviceAccount;

interface Entered {
  pair: CredentialPair;
  values: readonly [string, string];
}

/** Names say which kind of credentials they are, so it may differ from `named`. Throws usage errors, which contain no values. */
async function readPipedCredentials(context: Context, named: CredentialPair, baseUrl: string): Promise<Entered> {
  const text = (await context.io.readPiped()).trim();
  const [first, second] = named.names.map((name) => name.replace('-', ' '));
  const hint = `Put the ${first} on line 1 and the ${second} on line 2, or use JSON or lines NAME=value.`;
  if (text === '') throw new UsageError('stdin is empty.', hint);
  const lines = text.split(/\r?\n/);
  const table = text.startsWith('{') ? parseTable(text, hint) : assignmentsIn(lines);
  // Atlas gives both parts of a service account this prefix.
  const pairOfLines = lines[0]?.startsWith('mdb_sa_') ? serviceAccount : named;
  const all = table
    ? [named, apiKey, serviceAccount].map((pair) => ({ pair, values: valuesIn(table, pair) }))
    : [{ pair: pairOfLines, values: lines }];
  const found = all.find(({ values }) => values.length === 2);
  if (!found) {
    const names = listed(Object.keys(table ?? {})) || 'nothing';
    const what = table ? `a ${first} and a ${second}. It contains: ${names}.` : 'two lines.';
    throw new UsageError(`stdin does not contain ${what}`, hint);
  }
  const variable = fromEnv(table ?? {}, Object.values(variablesOf('base-url')).flat());
  const host = setting('base-url').check(variable?.value ?? baseUrl);
  if (host !== baseUrl) {
    const hint = advise(context, 'Save that base URL first:', cmd`config set base-url ${host}`);
    throw new UsageError(`stdin is for ${host}, not for ${baseUrl}.`, hint);
  }
  const [one = '', other = ''] = found.values;
  const [id, secret] = found.pair.names;
  return { pair: found.pair, values: [checkValue(id, one), checkValue(secret, other)] };
}

/** The texts by name. What is no text is empty. */
type Table = Record<string, string>;

function parseTable(text: string, hint: string): Table {
  try {
    const given = JSON.parse(text);
    // When Atlas creates a service account, it returns its secrets as a list.
    const [created] = Array.isArray(given.secrets) ? given.secrets : [];
    const entries = Object.entries({ ...given, ...(created?.secret && { clientSecret: created.secret }) });
    return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value : '']));
  } catch {
    // The error of the parser could quote the secret.
    throw new UsageError('stdin is not valid JSON.', hint);
  }
}

const assignment =
  /^\s*(?:export\s+|set\s+|\$env:)?([a-z_]\w*)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s=]\S*))\s*(?:#.*)?$/i;

/** The lines `NAME=value`; undefined if there are none. */
function assignmentsIn(lines: readonly string[]): Table | undefined {
  const all = lines.map((line) => assignment.exec(line) ?? []);
  // Of two lines, the second one may be a secret that contains a `=`.
  if (lines.length === 2 && !all[0]?.[1]) return undefined;
  const entries = all.flatMap(([, name, ...values]) => (name ? [[name, values.find(Boolean)]] : []));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The values of both settings, under names such as `publicKey`, `public_api_key` or `MONGODB_ATLAS_PUBLIC_API_KEY`. */
function valuesIn(table: Table, { names }: CredentialPair) {
  const plain = (key: string) => key.replace(/^(?:ATLAS_PE|MONGODB_ATLAS)_|api(?=_?key$)|[_-]/gi, '').toLowerCase();
  const entries = Object.entries(table).filter(([, value]) => value !== '');
  return names.flatMap((name) => entries.find(([key]) => plain(key) === plain(name))?.[1] ?? []);
}

function checkValue(name: CredentialPair['names'][number], value: string) {
  try {
    return setting(name).check(value);
  } catch (error) {
    throw error instanceof UsageError ? error.about(name).withHint('Nothing was saved.') : error;
  }
}
