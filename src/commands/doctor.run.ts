import { isIP } from 'node:net';
import { checkClusterName } from '../atlas/clusters.js';
import { formatDuration, parseDuration } from '../base/duration.js';
import { CliError, orNone, UsageError } from '../base/errors.js';
import { isLoopback } from '../base/loopback.js';
import { once } from '../base/once.js';
import { longName } from '../base/shell.js';
import { counted, listed, oneOf } from '../base/words.js';
import { checkValues, foreignOptions } from '../clouds/access.js';
import { clouds, type Provider, providers } from '../clouds/all.js';
import type { OptionsOf } from '../command.js';
import { readAuthority } from '../config/authority.js';
import { savedSandbox } from '../config/paths.js';
import { type Checked, runChecks } from '../connections/doctor/check.js';
import { noteOnUser, readGivenString, readVariable, stringCategory } from '../connections/doctor/given-string.js';
import { type Facts, keyCategory, openFacts } from '../connections/doctor/open-facts.js';
import type { Vantage } from '../connections/doctor/path.js';
import { doctorView, problemsIn } from '../connections/doctor/report.js';
import {
  type Asked,
  type CheckStrings,
  categoriesOf,
  checkStrings,
  pathCategories,
  projectCategories,
} from '../connections/doctor/run-checks.js';
import { isConnectionString, parseNode } from '../connections/doctor/strings.js';
import { openVia, type Via } from '../connections/via/open.js';
import type { CommandHost, Context } from '../context.js';
import { type InterfaceName, readInterfaceName } from '../endpoints/interfaces.js';
import { type Named, readNames } from '../endpoints/name.js';
import { unknownGapMs } from '../wait/schedule.js';
import { openEach, regionsOf, signInWords } from './cloud-access.js';
import type { doctor } from './connections.js';

type Options = OptionsOf<typeof doctor>;

/** Checks private endpoints from the credentials to the connections. Exits with 6 if it finds an error. */
export async function run(context: Context, options: Options, { addresses }: CommandHost) {
  const { io, settings, signal } = context;
  const waitMs = options.wait === undefined ? 0 : parseDuration(options.wait);
  const { via, timeout = '2m' } = options;
  const timeoutMs = parseDuration(timeout) + waitMs;
  const { given, variable, isForString, hasCloud, name, named } = await readAsked(context, options);
  const { close, ...vantage } = await openVantage(context, options, addresses);
  let there: Via | undefined;
  try {
    there = via === undefined ? undefined : await openVia(context, via, timeoutMs, options.executable);
    // A connection string needs neither credentials nor Atlas.
    const note = given ? given.note : noteOnUser;
    const categories = isForString ? [{ ...stringCategory, note }, ...pathCategories] : categoriesOf({ hasCloud });
    const checkThere = there?.checking(vantage);
    const checkOwn = checkThere ?? checkStrings(context, vantage);
    const asked = given ? { strings: [given.string], findings: given.findings } : { strings: [], variable };
    const check: Check = isForString
      ? (onCategory) => checkOwn(asked, onCategory)
      : await checkOfEndpoints(context, { ...options, hasCloud, name, named }, vantage, checkThere);
    const { checks, errors, elapsedMs } = await checkUntilWell(context, waitMs, check);
    signal.throwIfAborted();
    const problems = `${counted(errors.length, 'problem')}: ${problemsIn(errors)}.`;
    // Without a key there is a string. With one, Atlas may have none yet.
    const isReached = checks.some(({ id, result }) => id === 'network-driver' && result === 'success');
    const hasString = isForString || checks.some(({ id, result }) => id === 'dns-srv' && result === 'success');
    const isTried = isReached || options.noNetwork === true || !hasString;
    const view = {
      isTried,
      isFull: settings.isVerbose,
      isQuiet: options.quiet === true,
      elapsedMs,
      place: there?.title(),
    };
    await io.print(doctorView(categories, checks, view));
    if (errors.length === 0 && isTried) return;
    if (errors.length === 0) throw new CliError('unexpected', 'Could not check whether a program can connect.');
    // A request that failed says nothing about the connection.
    const exit = errors.every(({ isUnknown }) => isUnknown) ? 'unexpected' : 'endpointFailed';
    throw new CliError(exit, problems);
  } finally {
    await there?.close();
    await close();
  }
}

/** What is to be checked: a connection string, the variable that has it on another machine, or endpoints. Throws usage errors. */
async function readAsked(context: Context, options: Options) {
  const { via } = options;
  const ofVia = options.timeout ? '--timeout' : options.executable && '--executable';
  if (via === undefined && ofVia)
    throw new UsageError(
      `${ofVia} is only for --via.`,
      `Remove it${options.timeout ? ', or repeat the checks with --wait' : ''}.`,
    );
  const hidden = await readHidden(context, options);
  // It is read there.
  const variable = via === undefined ? undefined : options.fromEnv;
  const argument = hidden ?? options.endpoint;
  const hasCloud =
    options.cloud === true ||
    options.client !== undefined ||
    providers.some((each) => signInWords(each, options).length > 0);
  if (hasCloud) await checkValues(providers, options);
  checkClusterName(options.cluster);
  const isString = argument !== undefined && (hidden !== undefined || isConnectionString(argument));
  const isForString = isString || variable !== undefined;
  if (via !== undefined && hasCloud)
    throw new UsageError('--via cannot be combined with --cloud and options that imply it.', 'Remove --via.');
  if (isForString) checkStringOptions(options, hasCloud);
  const given = isString ? await readGivenString(argument, hidden === undefined) : undefined;
  const name = isForString ? {} : readInterfaceName({ endpoint: argument });
  const [named] = readNames([name.endpoint], options);
  return { given, variable, isForString, hasCloud, name, named };
}

type Check = (onCategory: (title: string) => void) => Promise<Checked[]>;

/** All checks: those of a project, then those of the strings that Atlas has for it. */
async function checkOfEndpoints(
  context: Context,
  options: Options & { hasCloud: boolean; name: InterfaceName; named: Named | undefined },
  vantage: Vantage,
  checkThere: CheckStrings | undefined,
): Promise<Check> {
  const { io, settings } = context;
  const { cluster, provider, hasCloud, name, named } = options;
  // The checks have no time for a question.
  const limits = { tries: 3, timeoutMs: 2000, totalMs: 2000 };
  if (io.isInteractive && !named?.projectId) await orNone(settings.projectId(limits));
  const open = openEach(context, options, io.isInteractive);
  // It may ask for an MFA code, which the checks have no time for.
  const asking = providers.filter((each) => clouds[each].setup.mayAsk);
  if (hasCloud && io.isInteractive) await Promise.all(asking.map((each) => orNone(open(each))));
  const words = (each: Provider) => signInWords(each, options);
  const signingIn = { openRegion: regionsOf(open), signInWords: words };
  const examined = { ...name, ...vantage, ...signingIn, cluster, provider };
  // Only once, however many rounds a wait has.
  const warn = once(async (used: readonly Provider[]) => {
    const ignored = used.length === 0 ? [] : foreignOptions(used, options).map(longName);
    const titles = oneOf(used.map((each) => clouds[each].title));
    if (ignored.length > 0) io.warn(`Ignored: ${listed(ignored)} (not an option for ${titles}).`);
  });
  return async (onCategory) => {
    const facts = await openFacts(context, examined);
    const own = checkThere ? [keyCategory, ...projectCategories] : categoriesOf({ hasCloud });
    const checked = await runChecks<Facts>(own, facts, onCategory);
    if (checkThere) checked.push(...(await checkThere(await askedOf(facts, checked), onCategory)));
    const isRefused = checked.some(({ category, result }) => category === 'key' && result === 'error');
    const services = isRefused ? [] : await orNone(facts.services(), []);
    await warn([...new Set(services.map(({ provider }) => provider))]);
    return checked;
  };
}

/** What another machine needs for its checks: the strings of clusters that are good so far. */
async function askedOf(facts: Facts, checked: readonly Checked[]): Promise<Asked> {
  const blocked = checked.flatMap(({ id, blocks, key }) => (id === 'cluster-string' && blocks ? key : []));
  const strings = (await facts.strings()).filter(({ within }) => !within.some((key) => blocked.includes(key)));
  const records = strings.map(async (each) => ({ ids: each.endpointIds, addresses: await facts.recorded(each) }));
  return { strings, records: await Promise.all(records) };
}

/** Throws a usage error for an option that is of no use with a connection string. */
function checkStringOptions({ client, cluster, provider }: Options, hasCloud: boolean) {
  const options = { '--client': client, '--cloud': hasCloud, '--cluster': cluster, '--provider': provider };
  const refused = Object.entries(options).find(([, given]) => given)?.[0];
  if (refused !== undefined)
    throw new UsageError(`${refused} cannot be combined with a connection string.`, `Remove ${refused}.`);
}

/** The connection string from stdin or a variable, so that the command line has no password. Undefined if neither is meant. */
async function readHidden({ io, settings }: Context, { endpoint, fromEnv, via }: Options) {
  if (fromEnv === undefined) {
    if (endpoint !== '-') return undefined;
    const piped = await io.readPiped('connection string');
    if (piped.trim() === '') throw new UsageError('stdin is empty.', 'Pipe a connection string to doctor.');
    // As echo ends it.
    return piped.replace(/\r?\n$/, '');
  }
  if (endpoint !== undefined)
    throw new UsageError('--from-env cannot be combined with an argument.', 'Remove one of them.');
  // Anything else may be the connection string itself, so it isn't repeated.
  if (!/^[\w.-]+$/.test(fromEnv))
    throw new UsageError('--from-env takes the name of a variable.', 'Example: --from-env MONGODB_URI');
  // With --via, it is read there.
  return via === undefined ? readVariable(settings.env, fromEnv) : undefined;
}

/**
 * Where the checks run. In the built-in sandbox, `close` ends the network to its clusters. In `sandbox exec` and beside
 * `sandbox serve`, variables name the network.
 */
async function openVantage({ settings, clock }: Context, options: Options, addresses: () => readonly string[]) {
  const { env, profile } = settings;
  const isServed = isLoopback((await orNone(settings.get('base-url')))?.value ?? '');
  const served = isServed && options.via === undefined ? env : {};
  const dnsServer = dnsServerOf(options.dnsServer ?? served.ATLAS_PE_SANDBOX_DNS_SERVER);
  const authority = readAuthority(options.tlsCaFile ?? served.ATLAS_PE_SANDBOX_TLS_CA_FILE, '--tls-ca-file');
  const own = profile.isSandbox
    ? await (await import('../context/atlas.js')).startOwnNetwork(savedSandbox(env), clock)
    : undefined;
  return {
    dnsServer: dnsServer ?? own?.dnsServer ?? undefined,
    authority: authority ?? own?.authority ?? undefined,
    ownAddresses: addresses(),
    isLocalAtlas: own !== undefined || isServed,
    hasNetwork: options.noNetwork !== true,
    isHere: options.fromHere === true,
    close: async () => own?.close(),
  };
}

function dnsServerOf(text: string | undefined) {
  // A name may end with a dot, but an address may not.
  const host = text === undefined || /\.(?::|$)/.test(text) ? undefined : parseNode(text)?.host;
  if (text === undefined || isIP(text) > 0 || isIP(host ?? '') > 0) return text;
  throw new UsageError(`'${text}' is not a valid DNS server.`, 'Examples: 10.0.0.2, 127.0.0.1:5353, [fd00::2]:53');
}

/** Runs the checks once, or repeats them until there is no error or the time is over. Returns the last ones, and their time. */
async function checkUntilWell({ io, settings, clock, signal }: Context, waitMs: number, check: Check) {
  const started = clock.monotonic();
  let doing = 'Checking';
  let last = '';
  const progress = await io.progress(() => [[doing]]);
  try {
    for (;;) {
      const begun = clock.monotonic();
      const checks = await check((title) => {
        doing = `Checking: ${title}`;
      });
      const elapsedMs = clock.monotonic() - begun;
      const errors = checks.filter(({ result }) => result === 'error');
      const elapsed = clock.monotonic() - started;
      const isAtlas = !isLoopback(await settings.baseUrl().catch(() => ''));
      const gap = Math.min(unknownGapMs(elapsed, isAtlas), waitMs - elapsed);
      if (errors.length === 0 || errors.some(({ isFinal }) => isFinal) || gap <= 0)
        return { checks, errors, elapsedMs };
      const found = problemsIn(errors);
      if (found !== last) io.note(`Waiting. Current problems: ${found}.`);
      last = found;
      doing = `Next check in ${formatDuration(gap)}`;
      await clock.sleep(gap, signal);
    }
  } finally {
    progress.stop();
  }
}
