import { join } from 'node:path';
import { version } from '../package.json';
import type { Credentials } from './atlas/auth.js';
import type { Atlas } from './atlas/client.js';
import type { Trace } from './atlas/http.js';
import type { Clock } from './clock.js';
import { configDir, dataDir } from './config/paths.js';
import { type Resolved, resolve, resolveCredentials, type Sources, sandboxProfile } from './config/resolve.js';
import type { SettingName } from './config/settings.js';
import { type ConfigStore, openConfig } from './config/store.js';
import { CliError, UsageError } from './errors.js';
import { type Format, formats, parseFormat } from './formats.js';
import { findProject, projectIdOf } from './project.js';
import type { Sandbox } from './sandbox/server.js';
import { didYouMean } from './suggest.js';
import type { Env, System } from './system.js';
import { createIo, type Io } from './ui/io.js';
import { printable } from './ui/streams.js';

/** The options that every command takes. */
export interface Globals {
  project?: string | undefined;
  profile?: string | undefined;
  sandbox?: boolean | undefined;
  output?: string | undefined;
  json?: boolean | undefined;
  fields?: string | undefined;
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
  color?: boolean | undefined;
}

/** What a command is given beside its options. Whatever costs time is a function that does it when first called. */
export interface Context {
  io: Io;
  env: Env;
  clock: Clock;
  /** Aborts, with the error to throw, when the user or the system wants an end. */
  signal: AbortSignal;
  /** The profile in use, whether or not it holds anything yet. */
  profile: string;
  /** The folder of the sandbox's saved state. */
  sandboxFile: string;
  config(): Promise<ConfigStore>;
  /** The value of a setting that wins, and where it came from. */
  setting(name: SettingName): Promise<Resolved | null>;
  credentials(): Promise<{ credentials: Credentials; origin: string }>;
  baseUrl(): Promise<string>;
  atlas(): Promise<Atlas>;
  /** The id of the project in question; one given by name is looked up. */
  projectId(): Promise<string>;
  /** A command line that means the same project and profile as this one. */
  commandLine(command: string): string;
  /** Ends what was started for this command. */
  close(): Promise<void>;
}

/** Makes the context of one command. Throws a usage error where the options or the output setting make no sense. */
export async function createContext(
  system: System,
  clock: Clock,
  signal: AbortSignal,
  globals: Globals,
): Promise<Context> {
  const { env } = system;
  const { profile, isSandbox, mustExist } = chooseProfile(globals, env);
  const config = once(() => openConfig(configDir(env)));
  const flags = { ...(globals.project !== undefined && { project: globals.project }) };
  const sources = once(async (): Promise<Sources> => {
    const { profiles } = await config();
    if (mustExist && !profiles[profile]) {
      const names = [...new Set(['default', sandboxProfile, ...Object.keys(profiles)])];
      throw new UsageError(`There is no profile '${profile}'.`, didYouMean(profile, names));
    }
    return { flags, env, profile: { name: profile, values: profiles[profile] ?? {} } };
  });
  const setting = async (name: SettingName) => resolve(name, await sources());

  const io = createIo(system, env, signal, {
    format: await chooseFormat(globals, env, async () => {
      const value = (await config()).profiles[profile]?.output;
      return value === undefined ? undefined : { value, origin: `profile ${profile}` };
    }),
    fields: globals.fields === undefined ? undefined : parseFields(globals.fields),
    quiet: globals.quiet,
    color: globals.color,
  });

  const sandboxFile = join(dataDir(env), 'sandbox.json');
  const ending = new AbortController();
  let running: Sandbox | undefined;
  const sandbox = once(async () => {
    const [{ createSandbox }, { fileStore }, { sandboxKeys }] = await Promise.all([
      import('./sandbox/server.js'),
      import('./sandbox/store.js'),
      import('./sandbox/gate.js'),
    ]);
    const store = fileStore(sandboxFile);
    // State that can't be read is told here, rather than by an answer of the API.
    await store.read();
    running = createSandbox({
      ...{ store, clock },
      // In one process the trouble itself is told, instead of the answer that says there is some.
      onTrouble: (error) => ending.abort(error),
    });
    const { publicKey, privateKey } = sandboxKeys;
    return { baseUrl: await running.listen(0), credentials: { kind: 'api-key', publicKey, privateKey } as const };
  });

  const credentials = async () =>
    isSandbox
      ? { credentials: (await sandbox()).credentials, origin: 'the sandbox' }
      : resolveCredentials(await sources());
  const baseUrl = async () => (isSandbox ? (await sandbox()).baseUrl : ((await setting('base-url'))?.value ?? ''));

  const atlas = once(async () => {
    const isVerbose = globals.verbose === true || env.ATLAS_PE_DEBUG === '1';
    const trace = ({ method, url, status, ms, note }: Trace) => {
      const line = `${method} ${url} ${status ?? '-'} ${Math.round(ms)} ms${note ? ` (${note})` : ''}`;
      system.stderr.write(`${printable(line)}\n`);
    };
    // Both are checked before the client is loaded, so that what is missing is said at once.
    const host = await baseUrl();
    const signedIn = await credentials();
    const { createAtlas } = await import('./atlas/client.js');
    return createAtlas(signedIn.credentials, {
      baseUrl: host,
      userAgent: `atlas-pe/${version} (node ${process.versions.node}; ${process.platform})`,
      signal: AbortSignal.any([signal, ending.signal]),
      ...{ clock, warn: io.warn },
      proxies: {
        https: env.HTTPS_PROXY || env.https_proxy,
        http: env.HTTP_PROXY || env.http_proxy,
        none: env.NO_PROXY || env.no_proxy,
      },
      trace: isVerbose ? trace : undefined,
    });
  });

  const projectId = once(async () => {
    const given = await setting('project');
    if (!given) {
      if (isSandbox) return (await import('./sandbox/world.js')).defaultProject;
      const hint = 'Name it: --project ID, ATLAS_PE_PROJECT, or atlas-pe config set project ID';
      throw new UsageError('No project is named.', hint);
    }
    const id = projectIdOf(given);
    if (id !== undefined) return id;
    if (!isSandbox) checkSignedIn(given, await sources());
    // A name from elsewhere than the command line is that of a real project.
    else if (!given.origin.startsWith('flag')) return (await import('./sandbox/world.js')).defaultProject;
    return findProject(await atlas(), given);
  });

  return {
    ...{ io, env, clock, signal, profile, sandboxFile, config, setting, credentials, baseUrl, atlas, projectId },
    commandLine: (command) => {
      const chosen = globals.sandbox ? ' --sandbox' : globals.profile ? ` --profile ${quote(globals.profile)}` : '';
      const project = globals.project ? ` --project ${quote(globals.project)}` : '';
      return `atlas-pe ${command}${project}${chosen}`;
    },
    close: async () => {
      // Of requests that were sent together, one that failed leaves others under way.
      ending.abort(new Error('The command has ended.'));
      await running?.close();
    },
  };
}

/**
 * Ours is named by a flag or ATLAS_PE_PROFILE and must exist, unless it is `default` or the sandbox. MONGODB_ATLAS_PROFILE
 * may name one that only the official CLI has, and never means the sandbox.
 */
function chooseProfile({ profile, sandbox }: Globals, env: Env) {
  if (sandbox && profile !== undefined && profile !== sandboxProfile) {
    throw new UsageError('--sandbox and --profile exclude each other: the sandbox is a profile itself.');
  }
  const ours = sandbox ? sandboxProfile : (profile ?? (env.ATLAS_PE_PROFILE || undefined));
  const theirs = env.MONGODB_ATLAS_PROFILE === sandboxProfile ? undefined : env.MONGODB_ATLAS_PROFILE || undefined;
  const chosen = ours ?? theirs ?? 'default';
  if (!/^[\w.-]{1,64}$/.test(chosen) || chosen === '__proto__') {
    throw new UsageError(`'${chosen}' is no profile name.`, 'Letters, digits, dots, dashes and underscores, up to 64.');
  }
  const isSandbox = ours === sandboxProfile;
  return { profile: chosen, isSandbox, mustExist: ours !== undefined && ours !== 'default' && !isSandbox };
}

/**
 * --json, --output, the environment, then the profile: which is not read where one of the others settles it, and need not
 * exist yet, since this is asked for `config set` too.
 */
async function chooseFormat(
  { output, json }: Globals,
  env: Env,
  configured: () => Promise<Resolved | undefined>,
): Promise<Format> {
  const format = output === undefined ? undefined : parseFormat(output);
  if (json && format !== undefined && format !== 'json') {
    throw new UsageError(`--json and --output ${format} exclude each other.`);
  }
  if (json) return 'json';
  if (format) return format;
  if (env.ATLAS_PE_OUTPUT) return readFormat(env.ATLAS_PE_OUTPUT, 'environment ATLAS_PE_OUTPUT');
  const kept = await configured();
  return kept === undefined ? 'table' : readFormat(kept.value, kept.origin);
}

function readFormat(value: string, origin: string): Format {
  try {
    return parseFormat(value);
  } catch {
    throw new UsageError(
      `${origin}: '${value}' is no output format.`,
      `Accepted: ${formats.join(', ')}. Kept ones are corrected by: atlas-pe config set output table --output table`,
    );
  }
}

function parseFields(text: string): string[] {
  const fields = text.split(',').map((field) => field.trim());
  if (fields.every((field) => field !== '')) return fields;
  throw new UsageError('--fields has an empty name in it.', 'For example --fields id,status');
}

/** A project's name means nothing without credentials to look it up with: then it is a malformed id. */
function checkSignedIn({ value, origin }: Resolved, sources: Sources): void {
  try {
    resolveCredentials(sources);
  } catch (error) {
    throw new UsageError(
      `'${value}' is no project id (${origin}), and to look a project up by its name takes credentials.`,
      error instanceof CliError ? error.hint : undefined,
    );
  }
}

/** A word that a shell reads back as it is. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
