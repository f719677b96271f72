import { join } from 'node:path';
import type { Atlas } from './atlas/client.js';
import type { Clock } from './base/clock.js';
import type { Effort } from './base/effort.js';
import { UsageError } from './base/errors.js';
import { removeLeftovers } from './base/files.js';
import type { Env, System } from './base/host.js';
import type { Words } from './base/shell.js';
import type { Globals } from './command.js';
import { type AtlasCli, openAtlasCli } from './config/atlas-cli.js';
import { chooseFormat } from './config/choose-format.js';
import { type ChosenProfile, checkProfile, chooseProfile } from './config/choose-profile.js';
import type { Keychain } from './config/keychain.js';
import { cacheDir, configDir, dataDir } from './config/paths.js';
import type { Resolved } from './config/precedence.js';
import { findProject, nameless, noProject, projectIdOf } from './config/project.js';
import { resolve, type Sources } from './config/resolve.js';
import type { SettingName } from './config/settings.js';
import { NoCredentialsError, resolveSignIn, type SignIn } from './config/sign-in.js';
import { type ConfigStore, type Content, openConfig } from './config/store.js';
import { againOf, commandLineOf } from './context/command-lines.js';
import { type Connecting, connect, httpOptions, memoOf } from './context/connect.js';
import type { Machine } from './context/machine.js';
import { once } from './context/once.js';
import { ownSandbox } from './context/own-sandbox.js';
import { checkFits } from './ui/formats.js';
import { createIo, type Io } from './ui/io.js';
import type { Jq } from './ui/jq.js';
import { checkFields } from './ui/output.js';
import { readSort } from './ui/sort.js';

export { type Machine, thisMachine } from './context/machine.js';

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
  /** The id of the project in question; one given by name is looked up, with as much effort as the first one who asks has. */
  projectId(effort?: Effort): Promise<string>;
  /** Removes files that killed commands left behind, and that may hold secrets or tokens. */
  removeLeftovers(): Promise<void>;
  /** A command line that means the same project and profile as this one. */
  commandLine(command: Words): string;
  /** This command line as it was typed, and more options. */
  again(more: Words): string;
  /** Ends what was started for this command. */
  close(): Promise<void>;
}

/** What a command line says that matters to every command. */
export interface CommandLine {
  globals: Globals;
  /** As it was typed. */
  argv?: readonly string[] | undefined;
  /** The keys that the command's output can have. */
  fields?: readonly string[] | undefined;
  /** The value of its --sort. */
  sort?: string | undefined;
  /** Output formats that it has beside those of every command. */
  formats?: Readonly<Record<string, string>> | undefined;
  /** Whether it works without a configuration that can be read; `ignored` where it doesn't even look for one. */
  configuration?: 'tolerated' | 'ignored' | undefined;
}

/** Makes the context of one command. Throws a usage error where the options or the output setting make no sense. */
export async function createContext(
  system: System,
  machine: Machine,
  signal: AbortSignal,
  { argv = [], fields: keys = [], sort, formats = {}, configuration, ...asked }: CommandLine,
): Promise<Context> {
  const globals = configuration === 'ignored' ? withoutSettings(asked.globals) : asked.globals;
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
      if (configuration !== 'tolerated' || !isRead) throw error;
      return choose(async () => ({ profiles: {} }));
    });
  };
  const profile = await chosen((kept) => chooseProfile(globals, env, async () => (await kept()).profile));
  const commandLine = (command: Words) => commandLineOf(globals, command);
  const keychain = once(machine.keychain);
  const atlasCli = openAtlasCli(env, keychain);

  const io = createIo(system, clock, signal, {
    format: await chosen((kept) =>
      chooseFormat({
        output: globals.output,
        json: globals.json,
        jq: globals.jq,
        own: Object.keys(formats),
        env,
        commandLine,
        kept: async () => {
          const { name } = profile;
          const value = (await kept()).profiles[name]?.output;
          return value === undefined ? undefined : { value, origin: { kind: 'profile', name } };
        },
      }),
    ),
    keys,
    fields: globals.fields,
    header: globals.header,
    sort: sort === undefined ? undefined : readSort(sort, keys),
    jq: globals.jq === undefined ? undefined : await readJq(globals.jq, keys, signal),
    quiet: globals.quiet,
    color: globals.noColor ? false : undefined,
    foreground: machine.foreground,
  });

  for (const message of early) io.warn(message);
  warn = io.warn;

  checkFields(globals.fields, keys);
  checkFits(io.format, { fields: globals.fields, header: globals.header, sort });

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
  const sandbox = ownSandbox(sandboxFile, clock, (error) => ending.abort(error));
  const signIn = once(async () => {
    if (profile.isSandbox) return sandbox.signIn();
    return resolveSignIn(await sources()).catch(async (error: unknown) => {
      // Credentials may be anywhere, but where there are none a profile that isn't there is the reason.
      if (error instanceof NoCredentialsError)
        await checkProfile(profile, Object.keys((await config()).profiles), atlasCli);
      throw error;
    });
  });
  const isVerbose = globals.verbose === true || env.ATLAS_PE_DEBUG === '1';
  const line: Connecting = {
    env,
    clock,
    random,
    warn: io.warn,
    onCall: io.awaitAnswer,
    trace: isVerbose ? io.trace : undefined,
    signal: AbortSignal.any([signal, ending.signal]),
    lookup: machine.lookup,
    // A sandbox in this process ends with it, and its challenges too.
    cacheFile: profile.isSandbox ? null : join(cacheDir(env), 'cache.json'),
  };
  const ownAtlas = once(async () => connect(await signIn(), line));

  const projectId = once(async (effort?: Effort) => {
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
    if (profile.isSandbox && given.origin.kind !== 'flag') return (await import('./sandbox/world.js')).defaultProject;
    await signIn().catch((error: unknown) => {
      throw nameless(given, error);
    });
    return findProject(await ownAtlas(), given, effort);
  });

  return {
    io,
    env,
    clock,
    random,
    signal,
    profile,
    sandboxFile,
    config,
    keychain,
    atlasCli,
    setting,
    signIn,
    projectId,
    configFile,
    commandLine,
    again: (more) => againOf(argv, more),
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
      io.close();
      // Of requests that were sent together, one that failed leaves others under way.
      ending.abort(new Error('The command has ended.'));
      await sandbox.close();
    },
  };
}

/** Reads --jq. Throws a usage error where the expression makes no sense, or there is nothing for it. */
async function readJq(program: string, keys: readonly string[], signal: AbortSignal): Promise<Jq> {
  if (keys.length === 0) throw new UsageError('This command has no output for --jq to filter.', 'Leave out --jq.');
  const { startJq } = await import('./ui/jq.js');
  return startJq(program, signal);
}

/** Such that neither the configuration nor the environment matters. */
function withoutSettings({ output, json, sandbox, profile, ...globals }: Globals): Globals {
  return {
    ...globals,
    output: output ?? (json || globals.jq !== undefined ? 'json' : 'table'),
    profile,
    sandbox: sandbox ?? profile === undefined,
  };
}
