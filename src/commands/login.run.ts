import type { Credentials } from '../atlas/auth.js';
import { defaultBaseUrl } from '../atlas/base-url.js';
import type { Project } from '../atlas/model.js';
import { CliError, UsageError } from '../base/errors.js';
import { hintText } from '../base/hint.js';
import { listed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import { credentialNames } from '../config/credential-kinds.js';
import { originText } from '../config/origin.js';
import { resolve } from '../config/resolve.js';
import { saveValues } from '../config/secrets.js';
import { type SettingName, setting } from '../config/settings.js';
import type { SignIn } from '../config/sign-in.js';
import type { Context } from '../context.js';
import { sourcesOf } from './config/end-sign-in.js';
import { checkKeepsSettings, whereSaved } from './config/saving.js';
import type { login } from './login.js';

type Options = OptionsOf<typeof login>;

/** A kind of credential: the settings that hold its halves, and how each is asked for and named in JSON. */
interface Kind {
  title: string;
  halves: readonly [Half, Half];
  make(first: string, second: string): Credentials;
}

interface Half {
  name: SettingName;
  question: string;
  key: string;
}

const kinds = {
  key: {
    title: 'API key',
    halves: [
      { name: 'public-key', question: 'Public key', key: 'publicKey' },
      { name: 'private-key', question: 'Private key', key: 'privateKey' },
    ],
    make: (publicKey, privateKey) => ({ kind: 'api-key', publicKey, privateKey }),
  },
  account: {
    title: 'Service account',
    halves: [
      { name: 'client-id', question: 'Client id', key: 'clientId' },
      { name: 'client-secret', question: 'Client secret', key: 'clientSecret' },
    ],
    make: (clientId, clientSecret) => ({ kind: 'service-account', clientId, clientSecret }),
  },
} as const satisfies Record<string, Kind>;

/** Asks for credentials, or reads them from a pipe, tries them, and only then saves them in the profile in use. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io, profile } = context;
  checkKeepsSettings(context);
  if (options.withKey && options.withServiceAccount) {
    throw new UsageError('--with-key and --with-service-account cannot be combined.', 'Leave one of them out.');
  }
  const named = options.withKey ? kinds.key : options.withServiceAccount ? kinds.account : undefined;
  const isPiped = named !== undefined && !io.isInteractive;
  if (!isPiped && !io.isInteractive) {
    throw new UsageError('There is no terminal to ask in.', {
      text: 'Pipe {"publicKey","privateKey"} or two lines:',
      commands: [`${context.commandLine(cmd`login --with-key`)} < FILE`],
    });
  }
  const config = await context.config();
  const sources = sourcesOf(context, profile.name, config.profiles[profile.name]);
  const host = await resolve('base-url', sources);
  const baseUrl = host?.value ?? defaultBaseUrl;
  if (host && baseUrl !== defaultBaseUrl && !isPiped) io.note(`Signing in to ${baseUrl} (${originText(host.origin)}).`);
  const { kind, first, second } = isPiped
    ? readHalves(named, await io.readPiped())
    : await io.askTogether(async () => askHalves(context, named ?? (await askKind(context)), baseUrl));

  const signIn: SignIn = { credentials: kind.make(first, second), origin: { kind: 'entered' }, baseUrl };
  const projects = await tryOut(context, signIn);
  io.note(`Signed in to ${baseUrl}: ${count(projects)} visible.`);
  const project =
    options.project === undefined ? await askProject(context, projects, isPiped) : find(projects, options.project);

  // Of another kind, or from elsewhere, nothing may be left: it would be a second pair that nobody asked for.
  const others = Object.fromEntries(credentialNames.map((name) => [name, undefined]));
  const [one, other] = kind.halves;
  const saved = await saveValues(config, context.keychain, profile.name, {
    ...others,
    [one.name]: first,
    [other.name]: second,
    'base-url': baseUrl === defaultBaseUrl ? undefined : baseUrl,
    ...(project && { project: project.id }),
  });
  io.note(`Saved ${one.name} and ${other.name} of profile ${profile.name} in ${whereSaved(saved, true)}.`);
  if (project) io.note(`Default project: ${project.name} (${project.id}).`);
  else if (!(await resolve('project', sources).catch(() => null))) hintProject(context, projects);
}

/** The next step of whoever has chosen no project yet. */
function hintProject(
  { io, commandLine }: Pick<Context, 'io' | 'commandLine'>,
  [only, ...others]: readonly Project[],
): void {
  if (!only) return;
  if (others.length > 0) {
    io.hint({ text: 'See which projects there are:', commands: [commandLine(cmd`projects`)] });
  } else
    io.hint({ text: `Use ${only.name} from now on:`, commands: [commandLine(cmd`config set project ${only.id}`)] });
}

async function askKind({ io }: Pick<Context, 'io'>): Promise<Kind> {
  io.note('Sign in with', [`1  ${kinds.key.title}`, `2  ${kinds.account.title}`]);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Which (1)', { isAgain });
    if (answer === '' || answer === '1') return kinds.key;
    if (answer === '2') return kinds.account;
  }
}

interface Entered {
  kind: Kind;
  first: string;
  second: string;
}

async function askHalves({ io }: Pick<Context, 'io'>, kind: Kind, baseUrl: string): Promise<Entered> {
  const [id, secret] = kind.halves;
  const first = check(id, await io.ask(id.question));
  const where = baseUrl === defaultBaseUrl ? '' : ` for ${baseUrl}`;
  return { kind, first, second: check(secret, await io.readSecret(`${secret.question}${where} (not shown)`)) };
}

/** `{"publicKey","privateKey"}`, or two lines. */
function readHalves(kind: Kind, text: string): Entered {
  const [id, secret] = kind.halves;
  const [first, second, ...more] = text.trim().startsWith('{')
    ? fromJson(text, id, secret)
    : text.trim().split(/\r?\n/);
  if (first === undefined || second === undefined || more.length > 0) {
    throw new UsageError(
      'What was piped in is not two lines.',
      `${id.question} in the first line, its secret in the second; or {"${id.key}","${secret.key}"}.`,
    );
  }
  return { kind, first: check(id, first), second: check(secret, second) };
}

function fromJson(text: string, id: Half, secret: Half): string[] {
  let given: Record<string, unknown>;
  try {
    given = Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    // What a parser says would quote what it read.
    throw new UsageError('What was piped in is not valid JSON.', `It should be {"${id.key}","${secret.key}"}.`);
  }
  return [id.key, secret.key].map((key) => {
    if (typeof given[key] === 'string') return given[key];
    throw new UsageError(`What was piped in lacks ${key}.`, `It should be {"${id.key}","${secret.key}"}.`);
  });
}

function check({ name }: Half, value: string): string {
  try {
    return setting(name).check(value);
  } catch (error) {
    throw error instanceof UsageError ? error.about(name).withHint('Nothing was saved.') : error;
  }
}

/** The projects that the credentials can see. Throws where Atlas doesn't take them. */
async function tryOut(context: Context, signIn: SignIn): Promise<Project[]> {
  try {
    return await (await context.atlas(signIn)).listProjects();
  } catch (error) {
    throw error instanceof CliError ? error.withHint(`${hintText(error.hint)} Nothing was saved.`.trim()) : error;
  }
}

async function askProject(
  { io }: Pick<Context, 'io'>,
  projects: readonly Project[],
  isPiped: boolean,
): Promise<Project | undefined> {
  if (isPiped || projects.length === 0) return undefined;
  const items = projects.map(({ id, name }, index) => `${String(index + 1).padEnd(3)} ${name}  ${id}`);
  io.note('Default project', items);
  for (let isAgain = false; ; isAgain = true) {
    const answer = await io.ask('Which (number, name or id; empty for none)', { isAgain });
    if (answer === '') return undefined;
    const chosen = projects[Number(answer) - 1] ?? match(projects, answer);
    if (chosen) return chosen;
    io.note('That is none of them.');
  }
}

function find(projects: readonly Project[], text: string): Project {
  const found = match(projects, text);
  if (found) return found;
  throw new UsageError(`These credentials see no project '${text}'. Nothing was saved.`, names(projects));
}

function match(projects: readonly Project[], text: string): Project | undefined {
  return projects.find(({ id, name }) => id === text.toLowerCase() || name === text);
}

function names(projects: readonly Project[]): string {
  return `They see ${projects.length === 0 ? 'none' : listed(projects.map(({ name }) => name))}.`;
}

function count({ length }: readonly Project[]): string {
  return length === 1 ? '1 project' : `${length} projects`;
}
