import { join } from 'node:path';
import { columnsBeside } from './atlas/keys.js';
import { CliError, UsageError } from './base/errors.js';
import { removeLeftovers } from './base/files.js';
import type { Env, Host, Signal } from './base/host.js';
import { onSignals } from './base/host.js';
import { once } from './base/once.js';
import { cmd, commandLine, option, type Words } from './base/shell.js';
import { parseName } from './base/suggest.js';
import type { Exchange } from './clouds/rest.js';
import { type Definition, fieldsOf, type Given, type Globals, optionWithField } from './command.js';
import { openAtlasCli } from './config/atlas-cli.js';
import { checkProfileExists, chooseFormat, chooseProfile } from './config/choose.js';
import { ownFolder } from './config/paths.js';
import { fromProfile, resolve, type Sources } from './config/precedence.js';
import type { SettingName } from './config/settings.js';
import { checkNotExpired, resolveSignIn, type SignIn } from './config/sign-in.js';
import { type Content, openConfig } from './config/store.js';
import { isSandboxChosen, unknownVariables } from './config/variables.js';
import { type Connecting, connectAtlas, httpOptions } from './context/connect.js';
import { openCurrentProject } from './context/current-project.js';
import type { HostParts } from './context/host-parts.js';
import { ownSandbox } from './context/own-sandbox.js';
import { checkRegionIsClear } from './context/region-is-clear.js';
import type { Session } from './endpoints/session.js';
import { checkFits, readField } from './ui/formats.js';
import { createIo } from './ui/io.js';
import { logFormats } from './ui/messages.js';
import { readSort } from './ui/sort.js';

export { type HostParts, hostParts } from './context/host-parts.js';

/** What a command gets besides its options. Everything slow is a function that does its work on first call. */
export type Context = Awaited<ReturnType<typeof createContext>>;

/** The parts of a command line that matter to every command. */
interface CommandLine {
  /** As the user typed it. */
  argv?: readonly string[] | undefined;
  /** The command; undefined while its line is still being typed. */
  definition?: Definition;
  /** All options given, the global ones too. */
  options: Given;
}

/** Creates the context of one command. Throws a usage error if an option or the output setting is not valid. */
export async function createContext(
  host: Host,
  parts: HostParts,
  { signal, end }: { signal: AbortSignal; end(): void },
  { argv = [], definition, options }: CommandLine,
) {
  const { formats = {}, configuration, changes } = definition ?? {};
  const keys = definition ? fieldsOf(definition, options) : [];
  const columns = columnsBeside(keys);
  const sort = options.sort as string | undefined;
  const given = options as Globals;
  const globals = configuration === 'ignored' ? withoutSettings(given) : withSandbox(given, host.env);
  // --query sees the JSON, which has only keys.
  const names = globals.query === undefined ? [...keys, ...Object.keys(columns)] : keys;
  const optionWith = (key: string) => definition && optionWithField(definition, options, key);
  const fields = globals.fields?.map((name) => readField(name, names, optionWith));
  const { env } = host;
  const { clock, random } = parts;
  const configFile = join(ownFolder('config', env), 'config.json');
  // Nothing can be printed yet, so keep these warnings for later.
  const early: string[] = [];
  let warn = (message: string): unknown => early.push(message);
  const config = once(async () => {
    const opened = await openConfig(configFile);
    // The sandbox uses nothing from the configuration.
    if (!globals.sandbox) for (const warning of opened.warnings) warn(warning);
    return opened;
  });
  /** Makes a choice that may read the configuration. Does without, if that fails and the command tolerates it. */
  const chosen = <T>(choose: (saved: () => Promise<Content>) => Promise<T>): Promise<T> =>
    choose(config).catch((error: unknown) => {
      if (configuration !== 'tolerated') throw error;
      return choose(async () => ({ profiles: {} }));
    });
  const profile = await chosen((saved) => chooseProfile(globals, env, async () => (await saved()).profile));
  /** The project that the user chose. */
  let choice: string | undefined;
  const commandLine = (command: Words) => commandLineOf({ ...globals, project: choice ?? globals.project }, command);
  const again = (more: Words) => againOf(argv, more);
  const keychain = once(parts.keychain);
  const atlasCli = openAtlasCli(env, keychain);

  const io = createIo(host, clock, signal, {
    format: await chosen((saved) =>
      chooseFormat({
        ...globals,
        own: Object.keys(formats),
        env,
        commandLine,
        saved: async () =>
          fromProfile({ name: profile.name, values: (await saved()).profiles[profile.name] ?? {} }, 'output'),
      }),
    ),
    logFormat: parseName('log format', globals.logFormat ?? (env.ATLAS_PE_LOG_FORMAT || 'text'), logFormats),
    keys,
    fields,
    sort: sort === undefined ? undefined : readSort(sort, names),
    query:
      globals.query === undefined
        ? undefined
        : (await import('./ui/query.js')).readQuery(globals.query, keys, (message) => warn(message)),
    quiet: globals.quiet,
    color: globals.noColor ? false : undefined,
    foreground: parts.foreground,
  });

  if (definition && configuration !== 'ignored') early.push(...unknownVariables(env));
  for (const message of early) io.warn(message);
  warn = io.warn;

  if (globals.project === true && !io.isInteractive && (changes === 'always' || (changes && options[changes])))
    throw new UsageError('--project requires a value without a terminal.', 'Check for an unset variable.');
  if (definition) checkRegionIsClear(definition, options, { again });
  checkFits(io.format, fields, sort, columns);

  const sources = once(async (): Promise<Sources> => {
    const { profiles } = await config();
    if (profile.isNamed) await checkExists();
    const flags = { ...(typeof globals.project === 'string' && { project: globals.project }) };
    const values = profiles[profile.name] ?? {};
    return { flags, env, profile: { name: profile.name, values }, atlasCli, keychain };
  });
  const setting = async (name: SettingName) => resolve(name, await sources());

  const [ending, trouble] = [new AbortController(), new AbortController()];
  const alive = AbortSignal.any([signal, trouble.signal]);
  const sandboxFile = join(ownFolder('data', env), 'sandbox.json');
  const sandbox = ownSandbox(sandboxFile, clock, (error) => trouble.abort(error));
  const checkExists = async () => checkProfileExists(profile.name, await config(), atlasCli, profile.origin);
  const signIn = once(async () => {
    if (profile.isSandbox) return sandbox.signIn();
    const found = await resolveSignIn(await sources()).catch(async (error: unknown) => {
      // Credentials may come from anywhere. If there are none and the profile doesn't exist, that is the reason.
      if (error instanceof CliError && error.reason === 'noCredentials') await checkExists();
      throw error;
    });
    checkNotExpired(found, clock.now());
    return found;
  });
  const isVerbose = globals.verbose === true || env.ATLAS_PE_DEBUG === '1';
  const line: Connecting = {
    env,
    clock,
    random,
    warn: io.warn,
    onCall: io.awaitAnswer,
    trace: isVerbose ? io.trace : undefined,
    signal: AbortSignal.any([alive, ending.signal]),
    lookup: parts.lookup,
    // This sandbox ends with the process, and so do its challenges.
    cacheFile: profile.isSandbox ? null : join(ownFolder('cache', env), 'cache.json'),
  };
  const ownAtlas = once(async () => connectAtlas(await signIn(), line));

  const exchange = once(async () => (await import('./context/exchange.js')).openExchange(line));

  const project = openCurrentProject({
    io,
    commandLine,
    isAsked: globals.project === true,
    changes: changes !== undefined && !options.dryRun,
    isSandbox: profile.isSandbox,
    clock,
    cacheFile: line.cacheFile,
    setting,
    signIn,
    atlas: ownAtlas,
    onChoice: (id) => {
      choice = id;
    },
  });

  return {
    io,
    clock,
    random,
    signal: alive,
    atlas: ownAtlas,
    baseUrl: async () => {
      // The built-in sandbox has no URL if its state is damaged.
      const known = profile.isSandbox ? await signIn() : await signIn().catch(() => null);
      return known?.baseUrl ?? (await setting('base-url'))?.value ?? '';
    },
    projectId: project.projectId,
    usualProject: project.usualProject,
    commandLine,
    again,
    env,
    /** From now on, calls this for these signals. Signals don't interrupt the command any longer. */
    takeSignals: (signals: readonly Signal[], listener: (signal: Signal) => void) => {
      end();
      onSignals(host, Object.fromEntries(signals.map((each) => [each, () => listener(each)])));
    },
    /** The profile in use. It may have no settings yet. */
    profile,
    /** The file with the sandbox's saved state. */
    sandboxFile,
    /** The path of config.json. The file may be missing or unreadable. */
    configFile,
    config,
    keychain,
    atlasCli,
    /** The effective value of a setting and its origin; null if it isn't set. */
    setting,
    /** The credentials and the host they belong to. */
    signIn,
    /** The Atlas API with other credentials, and without anything cached, to test them. */
    atlasAs: (other: SignIn) => connectAtlas(other, { ...line, cacheFile: null }),
    /** How to reach the clusters of the sandbox. Only for a profile that is the sandbox. */
    sandboxNetwork: sandbox.network,
    /** Sends requests to the REST APIs of clouds. */
    exchange: async (...request: Parameters<Exchange>) => (await exchange())(...request),
    /** The IPv4 addresses of this host, without loopback. */
    ownAddresses: parts.addresses,
    /** The private connection strings that were shown last on this machine, by any project. None in the sandbox. */
    lastStrings: async () => {
      const { cacheEntry } = await import('./context/auth-cache.js');
      return cacheEntry(line.cacheFile, `connection strings ${profile.name}`, clock);
    },
    /** Removes what was saved for these credentials. Also revokes a token at Atlas. */
    forget: async (old: SignIn) => {
      const { authCacheOf } = await import('./context/auth-cache.js');
      await project.forget(old);
      const cache = authCacheOf(old, line.cacheFile, clock);
      if (!cache) return;
      const { savedToken } = await import('./atlas/auth.js');
      const token = savedToken(await cache.read());
      await cache.write(undefined);
      if (!token || old.credentials.kind !== 'service-account') return;
      const { revokeToken } = await import('./atlas/client.js');
      await revokeToken(old.credentials, token.value, httpOptions(old, line));
    },
    /** Removes temporary files that killed commands left behind. They may contain secrets or tokens. */
    removeLeftovers: async () => {
      await (await config()).removeLeftovers();
      if (line.cacheFile !== null) removeLeftovers(line.cacheFile);
    },
    /** Stops everything that was started for this command. After some errors, the saved project may be gone: drops it. */
    close: async (error?: unknown) => {
      io.close();
      await project.dropAfter(error);
      // If a request failed, others at the same time may still be running.
      ending.abort(new Error('The command has ended.'));
      await sandbox.close();
    },
  } satisfies Session & Record<string, unknown>;
}

/** The options, completed so that neither the configuration nor the environment matters. */
function withoutSettings({ output, json, sandbox, profile, ...globals }: Globals): Globals {
  return {
    ...globals,
    output: output ?? (json || globals.query !== undefined ? 'json' : 'table'),
    profile,
    sandbox: sandbox ?? profile === undefined,
  };
}

/** The options with --sandbox if the environment has it and no option names a profile. */
function withSandbox({ sandbox, ...globals }: Globals, env: Env): Globals {
  return { ...globals, sandbox: sandbox ?? (globals.profile === undefined && isSandboxChosen(env)) };
}

/** A command line with the same project and profile options. */
function commandLineOf({ project, profile, sandbox }: Globals, command: Words): string {
  const chosen = sandbox ? ['--sandbox'] : option('--profile', profile);
  const inProject = typeof project === 'string' ? option('--project', project) : [];
  return commandLine(cmd`${command} ${inProject} ${chosen}`);
}

/** The current command line with more words. */
function againOf(argv: readonly string[], more: Words): string {
  // There are no options after `--`, and a word after --project would be its value.
  const last = argv.findIndex((word, index) => word === '--' || (word === '--project' && index === argv.length - 1));
  const end = last < 0 ? argv.length : last;
  return commandLine(cmd`${argv.slice(0, end)} ${more} ${argv.slice(end)}`);
}
