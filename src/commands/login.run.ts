import { defaultBaseUrl } from '../atlas/base-url.js';
import type { Project } from '../atlas/model.js';
import { advise, CliError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { counted, listed } from '../base/words.js';
import type { OptionsOf } from '../command.js';
import { accessPageFor, originText, resolve } from '../config/precedence.js';
import { apiKey, credentialNames, type SettingName, serviceAccount } from '../config/settings.js';
import { saveValues } from '../config/store.js';
import { askProject, matchProject } from '../context/project.js';
import type { Context } from '../context.js';
import { RequestError } from '../http/request-error.js';
import type { Io } from '../ui/io.js';
import type { login } from './account.js';
import { type CredentialPair, checkValue, type Entered, readPipedCredentials } from './read-piped.js';
import { checkKeepsSettings, otherOrigin, profileSources, whereSaved } from './saving.js';

export async function run(context: Context, options: OptionsOf<typeof login>) {
  const { io, settings } = context;
  const { profile, keychain } = settings;
  checkKeepsSettings(context);
  if (options.withKey && options.withServiceAccount) {
    throw new UsageError('--with-key and --with-service-account cannot be combined.', 'Use only one of them.');
  }
  const named = options.withKey ? apiKey : options.withServiceAccount ? serviceAccount : undefined;
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
  const page = isPiped ? undefined : await accessPageFor({ ...sources, flags });
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
  if (project || projects.length === 1 || (await resolve('project', sources).catch(() => null))) {
    io.hint(advise(context, 'List the private endpoints, or connect a region:', cmd`list`, cmd`connect REGION`));
  } else if (projects.length > 0) io.hint(advise(context, 'List the available projects:', cmd`projects`));
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
  const question = (name: SettingName) => name.replace('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
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
    throw error.withHint({ ...error.hint, text: `Nothing was saved. ${error.hint?.text ?? ''}`.trim() });
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
