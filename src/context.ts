import { columnsBeside } from './atlas/keys.js';
import { interfaceKind } from './atlas/model.js';
import type { Clock } from './base/clock.js';
import { parseDuration } from './base/duration.js';
import { orNone, UsageError } from './base/errors.js';
import type { Env, Host, Interruption } from './base/host.js';
import { once } from './base/once.js';
import { cmd, commandLine, option, type Words } from './base/shell.js';
import { parseName } from './base/words.js';
import { type Definition, fieldsOf, type Given, type Globals, optionWithField } from './command.js';
import { openSettings } from './config/open-settings.js';
import { savedSandbox } from './config/paths.js';
import type { SignIn } from './config/precedence.js';
import { isSandboxChosen, unknownVariables } from './config/settings.js';
import type { HostParts } from './context/host-parts.js';
import { openProject } from './context/project.js';
import type { Context } from './endpoints/context.js';
import { checkOneCloud } from './endpoints/name.js';
import { checkFits, readField, readSort } from './ui/formats.js';
import { createIo } from './ui/io.js';
import { logFormats } from './ui/messages.js';

export { type HostParts, hostParts } from './context/host-parts.js';
export type { Context } from './endpoints/context.js';

/** What few commands need of the host: the third argument of their `run`. */
export type CommandHost = Pick<HostParts, 'addresses'> & Pick<Interruption, 'takeSignals'>;

interface CommandLine {
  argv?: readonly string[];
  /** The command; undefined while its line is still being typed. */
  definition?: Definition;
  options: Given;
}

/** Throws a usage error if an option or the output setting is not valid. `close` stops all that was started, also after an error. */
export async function createContext(
  host: Host,
  { clock, keychain, foreground, lookup }: HostParts,
  interruption: AbortSignal,
  line: CommandLine,
): Promise<Context & { close(error?: unknown): Promise<void> }> {
  const { env } = host;
  const { argv = [], definition, options } = line;
  const { formats = {}, configuration, changes } = definition ?? {};
  const globals = configuration === 'ignored' ? withoutSettings(options) : withSandbox(options, env);
  const { columns, ...shown } = shownBy(line, globals);

  const opened = await openSettings({
    globals,
    env,
    keychain,
    now: clock.now,
    ownFormats: Object.keys(formats),
    isTolerant: configuration === 'tolerated',
  });

  const { query, quiet, verbose: isVerbose = false } = globals;
  const io = createIo(host, clock, interruption, {
    ...shown,
    format: opened.format,
    logFormat: parseName('log format', globals.logFormat ?? (env.ATLAS_PE_LOG_FORMAT || 'text'), logFormats),
    query:
      query === undefined
        ? undefined
        : (await import('./ui/query.js')).readQuery(query, shown.keys, (message) => io.warn(message)),
    quiet,
    color: globals.noColor ? false : undefined,
    foreground,
  });
  if (definition && configuration !== 'ignored') for (const warning of unknownVariables(env)) io.warn(warning);

  const ending = new AbortController();
  const signal = AbortSignal.any([interruption, ending.signal]);
  const sandbox = openSandbox(env, clock, (error) => ending.abort(error));
  const settings = {
    ...opened,
    signIn: opened.profile.isSandbox ? sandbox.signIn : opened.signIn,
    baseUrl: async () => {
      // The built-in sandbox has no URL if its state is damaged.
      const known = opened.profile.isSandbox ? await sandbox.signIn() : await opened.signIn().catch(() => null);
      return known?.baseUrl ?? (await opened.get('base-url'))?.value ?? '';
    },
    commandLine: (command: Words) =>
      commandLineOf({ ...globals, project: project.choice() ?? globals.project }, command),
    again: (more: Words, ...without: string[]) => againOf(argv, more, without),
    isVerbose,
  };

  const startedAt = clock.monotonic();
  // With --via, it begins with the first answer of the other machine.
  const hasLimit = typeof options.timeout === 'string' && options.via === undefined;
  const limitMs = hasLimit ? parseDuration(`${options.timeout}`) : Number.POSITIVE_INFINITY;
  const remainingMs = () => startedAt + limitMs - clock.monotonic();

  const connect = async (as: SignIn, cacheFile: string | null) => {
    const trace = isVerbose ? io.trace : undefined;
    const asking = { clock, remainingMs, warn: io.warn, onCall: io.awaitAnswer, trace, signal };
    return (await import('./context/atlas.js')).connectAtlas(as, { ...asking, env, lookup, cacheFile });
  };
  const { own, end } = openOwn(async () => connect(await settings.signIn(), settings.cacheFile()));
  const atlas = async (as?: SignIn) => (as ? (await connect(as, null)).atlas : own());

  const isAsked = globals.project === true;
  const isChange = changes !== undefined && !options.dryRun;
  const project = openProject({ io, settings, atlas, clock, isAsked, isChange });
  const { projectId, usualProject } = project;
  const all = { ...settings, projectId, usualProject };
  const context: Context = { io, settings: all, atlas, clock, remainingMs, signal };
  if (isAsked && !io.isInteractive && (changes === 'always' || (changes && options[changes])))
    throw new UsageError('--project requires a value without a terminal.', 'Check for an unset variable.');
  if (definition) checkRegionIsClear(definition, options, context);
  checkFits(io.format, shown.fields, shown.sort, columns);
  return {
    ...context,
    close: async (error) => {
      io.close();
      await project.dropAfter(error);
      // If a request failed, others at the same time may still be running.
      ending.abort(new Error('The command has ended.'));
      await end();
      await sandbox.close();
    },
  };
}

function shownBy({ definition, options }: CommandLine, { query, fields }: Globals) {
  const keys = definition ? fieldsOf(definition, options) : [];
  const columns = columnsBeside(keys);
  // --query sees the JSON, which has only keys.
  const names = query === undefined ? [...keys, ...Object.keys(columns)] : keys;
  const optionWith = (key: string) => definition && optionWithField(definition, options, key);
  return {
    keys,
    columns,
    fields: fields?.map((name) => readField(name, names, optionWith)),
    sort: typeof options.sort === 'string' ? readSort(options.sort, names) : undefined,
  };
}

/** Connects to Atlas once. `end` ends what has begun. */
function openOwn<T>(connect: () => Promise<{ atlas: T; end(): Promise<void> }>) {
  let end = async (): Promise<void> => undefined;
  const own = once(async () => {
    const connected = await connect();
    end = connected.end;
    return connected.atlas;
  });
  return { own, end: () => end() };
}

function openSandbox(env: Env, clock: Clock, onTrouble: (error: unknown) => void) {
  let starting: Promise<{ close(): Promise<void> }> | undefined;
  const signIn = once(async () => {
    const { startOwnSandbox } = await import('./context/atlas.js');
    const sandbox = startOwnSandbox(savedSandbox(env), clock, onTrouble);
    starting = sandbox;
    return (await sandbox).signIn;
  });
  return { signIn, close: async () => (await (starting && orNone(starting)))?.close() };
}

/** The options, completed so that neither the configuration nor the environment matters. */
function withoutSettings({ output, json, sandbox, profile, ...globals }: Globals) {
  return {
    ...globals,
    output: output ?? (json || globals.query !== undefined ? 'json' : 'table'),
    profile,
    sandbox: sandbox ?? profile === undefined,
  };
}

function withSandbox({ sandbox, ...globals }: Globals, env: Env) {
  return { ...globals, sandbox: sandbox ?? (globals.profile === undefined && isSandboxChosen(env)) };
}

function commandLineOf({ project, profile, sandbox }: Globals, command: Words) {
  const chosen = sandbox ? ['--sandbox'] : option('--profile', profile);
  const inProject = typeof project === 'string' ? option('--project', project) : [];
  return commandLine(cmd`${command} ${inProject} ${chosen}`);
}

function againOf(given: readonly string[], more: Words, without: readonly string[]) {
  const isOut = (word = '') => without.includes(word);
  const argv = given.filter((word, index) => !isOut(word.split('=')[0]) && !isOut(given[index - 1]));
  // There are no options after `--`, and a word after --project would be its value.
  const last = argv.findIndex((word, index) => word === '--' || (word === '--project' && index === argv.length - 1));
  const end = last < 0 ? argv.length : last;
  return commandLine(cmd`${argv.slice(0, end)} ${more} ${argv.slice(end)}`);
}

/** A setting doesn't make the region clear: a command line must not remove something else on another machine. */
function checkRegionIsClear({ args = {}, changes }: Definition, options: Given, context: Context) {
  const ofEndpoints: unknown[] = ['endpoints', 'interfaces', 'connectable'];
  const takesEndpoint = Object.values(args).some(({ from }) => ofEndpoints.includes(from));
  // A cluster has nodes on only one of the clouds, or the command asks.
  if (!changes || !takesEndpoint || (options.provider ?? options.cluster) !== undefined) return;
  const words = [...Object.keys(args), 'region'].flatMap((name) => options[name] ?? []).map(String);
  // The id of an interface endpoint shows its cloud. Without an argument, --region is the first word.
  if (!words.some(interfaceKind)) checkOneCloud(context, words[0] ?? '');
}
