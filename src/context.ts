import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import type { Atlas } from './atlas/client.js';
import type { Patience } from './atlas/http.js';
import { type ChosenProfile, chooseFormat, chooseProfile, commandLineOf, type Globals } from './choices.js';
import { type Clock, systemClock } from './base/clock.js';
import { type AtlasCli, openAtlasCli } from './config/atlas-cli.js';
import { type Keychain, openKeychain } from './config/keychain.js';
import { cacheDir, configDir, dataDir } from './config/paths.js';
import {
  NoCredentialsError,
  type Resolved,
  resolve,
  resolveSignIn,
  type SignIn,
  type Sources,
} from './config/resolve.js';
import type { SettingName } from './config/settings.js';
import { type ConfigStore, type Content, openConfig } from './config/store.js';
import { connect, httpOptions, type Line, memoOf } from './connect.js';
import { CliError, NotFoundError, UsageError } from './base/errors.js';
import { removeLeftovers } from './base/files.js';
import { mostListed } from './base/listed.js';
import { findProject, noProject, projectIdOf } from './project.js';
import type { Sandbox } from './sandbox/server.js';
import { commandLine as ownLine, quote } from './base/shell.js';
import { didYouMean } from './base/suggest.js';
import type { Env, System } from './base/host.js';
import { createIo, type Io } from './ui/io.js';
import { withoutRepeats } from './ui/repeats.js';

export type { Globals } from './choices.js';

/** What of the machine a test replaces. */
export interface Machine {
  clock: Clock;
  /** Null where this machine has no keychain. */
  keychain: () => Promise<Keychain | null>;
  /** Numbers from 0 to 1, for jitter. */
  random: () => number;
  /** When this process began; milliseconds since 1970. */
  startedAt: number;
  /** What tells, whenever it is asked, whether this process is in the foreground of its terminal. */
  foreground(): Promise<() => boolean>;
  /** How host names are looked up; the system's way where it is left out. */
  lookup?: LookupFunction | undefined;
  /** Ends the process by force should it be there still after so many milliseconds. */
  killAfter(ms: number): Promise<void>;
}

/** What a command is given beside its options. Whatever costs time is a function that does it when first called. */
export interface Context {
  io: Io;
  env: Env;
  clock: Clock;
  random: () => number;
  /** Aborts, with the error to throw, when the user or the system wants an end. */
  signal: AbortSignal;
  /** The profile in use, whether or not it holds anything yet. */
  profile: ChosenProfile;
  /** The file of the sandbox's saved state. */
  sandboxFile: string;
  /** Where the configuration is kept, whether or not it can be read. */
  configFile: string;
  config(): Promise<ConfigStore>;
  keychain(): Promise<Keychain | null>;
  atlasCli: AtlasCli;
  /** The value of a setting that wins, and where it came from. */
  setting(name: SettingName): Promise<Resolved | null>;
  /** Credentials, and the host they belong to. */
  signIn(): Promise<SignIn>;
  baseUrl(): Promise<string>;
  /** The Atlas API as the profile in use signs in to it, or with other credentials. */
  atlas(signIn?: SignIn): Promise<Atlas>;
  /** Forgets what signing in with these credentials left behind; a token is taken back at Atlas too. */
  forget(signIn: SignIn): Promise<void>;
  /** The id of the project in question; one given by name is looked up, with as much patience as the first one who asks has. */
  projectId(patience?: Patience): Promise<string>;
  /** Removes files that killed commands left behind, and that may hold secrets or tokens. */
  removeLeftovers(): Promise<void>;
  /** A command line that means the same project and profile as this one. */
  commandLine(command: string): string;
  /** This command line as it was typed, and more options. */
  again(more: string): string;
  /** Ends what was started for this command. */
  close(): Promise<void>;
}

export const thisMachine: Machine = {
  ...{ clock: systemClock, keychain: openKeychain, random: Math.random, startedAt: performance.timeOrigin },
  foreground: async () => (await import('./base/foreground.js')).isInForeground,
  // From another thread: a native call that never returns holds up this one's timers, and its end too.
  killAfter: async (ms) => {
    const { Worker } = await import('node:worker_threads');
    const script = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${ms})`;
    new Worker(script, { eval: true }).unref();
  },
};

/** Makes the context of one command. Throws a usage error where the options or the output setting make no sense. */
export async function createContext(
  system: System,
  machine: Machine,
  signal: AbortSignal,
  globals: Globals,
  argv: readonly string[] = [],
): Promise<Context> {
  const { env } = system;
  const { clock, random } = machine;
  const configFile = join(configDir(env), 'config.json');
  // What is read before anything can be said is told as soon as it can.
  const early: string[] = [];
  let warn = (message: string): unknown => early.push(message);
  const config = once(async () => {
    const opened = await openConfig(configFile);
    for (const warning of opened.warnings) warn(warning);
    return opened;
  });
  /** Chooses by what is kept; a command that tolerates what is wrong there gets what is chosen without it. */
  const chosen = <T>(choose: (kept: () => Promise<Content>) => Promise<T>): Promise<T> => {
    let isRead = false;
    const read = async () => {
      isRead = true;
      return config();
    };
    return choose(read).catch((error: unknown) => {
      if (!globals.toleratesConfig || !isRead) throw error;
      return choose(async () => ({ profiles: {} }));
    });
  };
  const profile = await chosen((kept) => chooseProfile(globals, env, async () => (await kept()).profile));
  const keychain = once(machine.keychain);
  const atlasCli = openAtlasCli(env, keychain);

  const plain = createIo(system, env, signal, {
    format: await chosen((kept) =>
      chooseFormat(globals, env, async () => {
        const value = (await kept()).profiles[profile.name]?.output;
        return value === undefined ? undefined : { value, origin: `profile ${profile.name}` };
      }),
    ),
    fields: globals.fields,
    quiet: globals.quiet,
    color: globals.color,
    foreground: machine.foreground,
  });
  const io: Io = { ...plain, warn: withoutRepeats(plain.warn, clock) };

  for (const message of early) io.warn(message);
  warn = io.warn;

  const sources = once(async (): Promise<Sources> => {
    const { profiles } = await config();
    if (profile.isNamed) await checkProfile(profile, Object.keys(profiles), atlasCli);
    const flags = { ...(globals.project !== undefined && { project: globals.project }) };
    const values = profiles[profile.name] ?? {};
    return { flags, env, profile: { name: profile.name, values }, atlasCli, keychain };
  });
  const setting = async (name: SettingName) => resolve(name, await sources());

  const ending = new AbortController();
  const sandboxFile = join(dataDir(env), 'sandbox.json');
  let running: Sandbox | undefined;
  const sandbox = once(async (): Promise<SignIn> => {
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
    const credentials = { kind: 'api-key', publicKey, privateKey } as const;
    return { credentials, origin: 'the sandbox', baseUrl: await running.listen(0) };
  });

  const signIn = once(async () => {
    if (profile.isSandbox) return sandbox();
    return resolveSignIn(await sources()).catch(async (error: unknown) => {
      // Credentials may be anywhere, but where there are none a profile that isn't there is the reason.
      if (error instanceof NoCredentialsError)
        await checkProfile(profile, Object.keys((await config()).profiles), atlasCli);
      throw error;
    });
  });
  const isVerbose = globals.verbose === true || env.ATLAS_PE_DEBUG === '1';
  const line: Line = {
    ...{ env, clock, random, warn: io.warn, trace: isVerbose ? io.trace : undefined },
    signal: AbortSignal.any([signal, ending.signal]),
    lookup: machine.lookup,
    // A sandbox in this process ends with it, and its challenges too.
    cacheFile: profile.isSandbox ? null : join(cacheDir(env), 'cache.json'),
  };
  const ownAtlas = once(async () => connect(await signIn(), line));

  const commandLine = (command: string) => commandLineOf(globals, command);
  const projectId = once(async (patience?: Patience) => {
    const given = await setting('project');
    if (!given) {
      if (profile.isSandbox) return (await import('./sandbox/world.js')).defaultProject;
      // Whoever isn't signed in has that to do first.
      await signIn();
      throw noProject(commandLine);
    }
    const id = projectIdOf(given);
    if (id !== undefined) return id;
    // A name from elsewhere than the command line is that of a real project.
    if (profile.isSandbox && !given.origin.startsWith('flag'))
      return (await import('./sandbox/world.js')).defaultProject;
    await signIn().catch((error: unknown) => {
      throw nameless(given, error);
    });
    return findProject(await ownAtlas(), given, patience);
  });

  return {
    ...{ io, env, clock, random, signal, profile, sandboxFile, config, keychain, atlasCli, setting, signIn, projectId },
    configFile,
    commandLine,
    again: (more) => {
      // Behind `--` options are none.
      const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
      return ownLine([...argv.slice(0, end).map(quote), more, ...argv.slice(end).map(quote)].join(' '));
    },
    baseUrl: async () => {
      const known = await signIn().catch(() => null);
      return known?.baseUrl ?? (await setting('base-url'))?.value ?? '';
    },
    // To try credentials out, nothing that is known of them counts.
    atlas: (other) => (other ? connect(other, { ...line, cacheFile: null }) : ownAtlas()),
    forget: async (old) => {
      const memo = line.cacheFile === null ? undefined : memoOf(old, line.cacheFile, clock);
      if (!memo) return;
      const { keptToken } = await import('./atlas/auth.js');
      const token = keptToken(await memo.read());
      await memo.write(undefined);
      if (!token || old.credentials.kind !== 'service-account') return;
      const { revokeToken } = await import('./atlas/client.js');
      await revokeToken(old.credentials, token.value, httpOptions(old, line));
    },
    removeLeftovers: async () => {
      await (await config()).removeLeftovers();
      if (line.cacheFile !== null) removeLeftovers(line.cacheFile);
    },
    close: async () => {
      // Of requests that were sent together, one that failed leaves others under way.
      ending.abort(new Error('The command has ended.'));
      await running?.close();
    },
  };
}

/** Throws a not-found error unless the profile is built in, ours or one of the Atlas CLI. */
async function checkProfile(
  { name, origin }: ChosenProfile,
  ours: readonly string[],
  atlasCli: AtlasCli,
): Promise<void> {
  if (origin === undefined || ours.includes(name)) return;
  const theirs = await atlasCli.profiles();
  if (theirs.includes(name)) return;
  throw new NotFoundError(
    `There is no profile '${name}' (${origin}).`,
    didYouMean(name, [...new Set(['default', 'sandbox', ...ours, ...theirs])], mostListed),
  );
}

/** A project's name means nothing without credentials to look it up with: then it is a malformed id. */
function nameless({ value, origin }: Resolved, error: unknown): unknown {
  if (!(error instanceof CliError)) return error;
  const message = `'${value}' is not a project id (${origin}), and looking a project up by its name takes credentials.`;
  const usage = new UsageError(message);
  usage.advise(error.hint, error.commands);
  return usage;
}

/** Makes a thing when it is first asked for. A failure is not kept: whoever asks again may be luckier. */
function once<T, A extends unknown[]>(make: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let made: Promise<T> | undefined;
  return (...args) => {
    made ??= make(...args).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
