import { getServers } from 'node:dns';
import { existsSync } from 'node:fs';
import { access, constants, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname } from 'node:path';
import { version } from '../../package.json';
import { checkClusterName } from '../atlas/clusters.js';
import { formatDuration, parseDuration } from '../base/duration.js';
import { CliError, ignoreFailure, reasonOf, UsageError, writingHint } from '../base/errors.js';
import { type Json, texts } from '../base/json.js';
import { counted, listed } from '../base/lists.js';
import { isLoopback } from '../base/loopback.js';
import { once } from '../base/once.js';
import { providers } from '../clouds/all.js';
import { sideOf } from '../clouds/entries.js';
import type { OptionsOf } from '../command.js';
import { readAuthority } from '../config/authority.js';
import type { Checked } from '../connections/doctor/check.js';
import type { Vantage } from '../connections/doctor/facts.js';
import { openFacts, openPath } from '../connections/doctor/open-facts.js';
import { doctorView, problemsIn, reportOf } from '../connections/doctor/report.js';
import { categoriesOf, pathCategories, runChecks } from '../connections/doctor/run-checks.js';
import {
  isConnectionString,
  parseConnectionString,
  parseNode,
  readConnectionString,
} from '../connections/doctor/strings.js';
import type { Context } from '../context.js';
import { readInterfaceName } from '../endpoints/interfaces/find.js';
import { readNames } from '../endpoints/name.js';
import { symbolsOf } from '../ui/view.js';
import { gapWhenUnknown } from '../wait/schedule.js';
import { inspectorsOf, openEach, signInWords } from './cloud-access.js';
import type { doctor } from './connections.js';

type Options = OptionsOf<typeof doctor>;

/** Checks private endpoints from the credentials to the connections. Exits with 6 if it finds an error. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io, signal } = context;
  const waitMs = options.wait === undefined ? 0 : parseDuration(options.wait);
  const { report } = options;
  // Before anything is checked. Creates no file.
  if (report !== undefined)
    await toReport(report, access(existsSync(report) ? report : dirname(report), constants.W_OK));
  const { categories, check } = await prepare(context, options);

  const { checks, errors, elapsedMs } = await checkUntilWell(context, waitMs, check);
  signal.throwIfAborted();
  const isFull = options.verbose === true || context.env.ATLAS_PE_DEBUG === '1';
  const problems = `${counted(errors.length, 'problem')}: ${problemsIn(errors, 3)}.`;
  await io.print(doctorView(categories, checks, { isFull, isQuiet: options.quiet === true, elapsedMs }));
  if (report !== undefined) {
    const page = { color: false, symbols: symbolsOf({}, 'linux'), width: Number.POSITIVE_INFINITY };
    const all = reportOf(categories, checks, page, { isFull: true, isQuiet: false, elapsedMs });
    const end = errors.length === 0 ? '' : `${problems} The checks took ${(elapsedMs / 1000).toFixed(1)}s.\n`;
    await writeReport(context, report, all + end);
  }
  if (errors.length === 0) return;
  // A request that failed says nothing about the connection.
  const exit = errors.every(({ isUnknown }) => isUnknown) ? 'unexpected' : 'endpointFailed';
  throw new CliError(exit, problems);
}

/** Runs the checks once, and names each category before. */
type RunOnce = (onCategory: (title: string) => void) => Promise<Checked[]>;

async function prepare(context: Context, options: Options) {
  const { cluster, provider } = options;
  const hidden = await readHidden(context, options);
  // As it is pasted from a file of settings.
  const endpoint = (hidden ?? options.endpoint)?.trim().replace(/^(['"])(.*)\1$/, '$2');
  const isGiven = options.cloud === true || options.client !== undefined;
  const hasCloud = isGiven || providers.some((each) => signInWords(each, options).length > 0);
  if (hasCloud) for (const each of providers) (await sideOf(each).load()).checkOptions(options);
  checkClusterName(cluster);
  if (endpoint !== undefined && (hidden !== undefined || isConnectionString(endpoint))) {
    const string = readConnectionString(endpoint);
    const refused = Object.entries({
      '--client': options.client,
      '--cloud': hasCloud,
      '--cluster': cluster,
      '--provider': provider,
    }).find(([, given]) => given)?.[0];
    if (refused !== undefined)
      throw new UsageError(`${refused} cannot be combined with a connection string.`, `Remove ${refused}.`);
    const vantage = await readVantage(context, options);
    const path = () => openPath(context, { ...vantage, isHere: true }, async () => [string]);
    const check: RunOnce = (onCategory) => runChecks(pathCategories, path(), onCategory);
    return { categories: pathCategories, check };
  }
  const name = readInterfaceName({ endpoint });
  const [named] = readNames(name.endpoint === undefined ? [] : [name.endpoint], { provider });
  // The checks have no time for a question.
  const limits = { tries: 1, timeoutMs: 2000 };
  if (context.io.isInteractive && !named?.projectId) await context.projectId(limits).catch(ignoreFailure);
  const open = openEach(context, options, context.io.isInteractive);
  // It may ask for an MFA code, which the checks have no time for.
  const asking = providers.filter((each) => sideOf(each).mayAsk);
  if (hasCloud && context.io.isInteractive) await Promise.all(asking.map((each) => open(each).catch(ignoreFailure)));
  const vantage = await readVantage(context, options);
  const examined = { ...name, ...vantage, cluster, provider, signIn: context.signIn, openRegion: inspectorsOf(open) };
  const categories = categoriesOf({ hasCloud });
  // The note only once, however many rounds a wait has.
  const remembered = once(() => shownLast(context));
  const check: RunOnce = async (onCategory) => {
    const facts = await openFacts(context, examined);
    const checked = await runChecks(categories, facts, onCategory).finally(facts.close);
    const isRefused = checked.some(({ category, result }) => category === 'key' && result === 'error');
    const strings = isRefused && (endpoint ?? cluster) === undefined ? await remembered() : [];
    if (strings.length === 0) return checked;
    // In the time that is left.
    const path = { ...facts, strings: async () => strings };
    const more = await runChecks(pathCategories, path, onCategory);
    return [...checked.filter(({ category }) => more.every((each) => each.category !== category)), ...more];
  };
  return { categories, check };
}

/** The connection string from stdin or a variable, so that the command line has no password. Undefined if neither is meant. */
async function readHidden({ env, io }: Context, { endpoint, fromEnv }: Options): Promise<string | undefined> {
  if (fromEnv === undefined) {
    if (endpoint !== '-') return undefined;
    const piped = await io.readPiped('connection string');
    if (piped.trim() === '') throw new UsageError('stdin is empty.', 'Pipe a connection string to doctor.');
    return piped;
  }
  if (endpoint !== undefined)
    throw new UsageError('--from-env cannot be combined with an argument.', 'Remove one of them.');
  // Anything else may be the connection string itself, so it isn't repeated.
  if (!/^[\w.-]+$/.test(fromEnv))
    throw new UsageError('--from-env takes the name of a variable.', 'Example: --from-env MONGODB_URI');
  const value = Object.hasOwn(env, fromEnv) ? env[fromEnv] : undefined;
  if (value?.trim()) return value;
  const what = value === undefined ? 'not set' : 'empty';
  throw new UsageError(`The variable ${fromEnv} is ${what}.`, 'Check the spelling, and that the variable is exported.');
}

/** The connection strings that were shown last, with a note. The cache may have anything. */
async function shownLast({ lastStrings, io }: Context) {
  const saved = texts((await (await lastStrings())?.read()) as Json).slice(0, mostStrings);
  const strings = saved.flatMap((text) => parseConnectionString(text) ?? []);
  const names = listed(strings.map(({ name }) => name ?? ''));
  if (names !== '') io.note(`Checking the connection strings that were shown last, without Atlas: ${names}.`);
  return strings;
}

const mostStrings = 50;

/** Where the checks run. A connection string alone needs neither credentials nor Atlas. */
async function readVantage(context: Context, options: Options): Promise<Vantage> {
  const dnsServer = dnsServerOf(options.dnsServer);
  const authority = readAuthority(options.tlsCaFile, '--tls-ca-file');
  const own = context.profile.isSandbox ? await context.sandboxNetwork() : undefined;
  return {
    dnsServer: dnsServer ?? own?.dnsServer,
    authority: authority ?? own?.authority,
    ownAddresses: context.ownAddresses(),
    isLocalAtlas:
      own !== undefined || isLoopback((await context.setting('base-url').catch(ignoreFailure))?.value ?? ''),
    hasNetwork: options.noNetwork !== true,
    isHere: options.fromHere === true,
  };
}

/** Reads --dns-server: an address with an optional port, as Node takes it. Throws a usage error. */
function dnsServerOf(text: string | undefined): string | undefined {
  // A name may end with a dot, but an address may not.
  const host = text === undefined || /\.(?::|$)/.test(text) ? undefined : parseNode(text)?.host;
  if (text === undefined || isIP(text) > 0 || isIP(host ?? '') > 0) return text;
  throw new UsageError(`'${text}' is not a valid DNS server.`, 'Examples: 10.0.0.2, 127.0.0.1:5353, [fd00::2]:53');
}

/** Runs the checks once, or repeats them until there is no error or the time is over. Returns the last ones, and their time. */
async function checkUntilWell({ io, clock, signal, baseUrl }: Context, waitMs: number, check: RunOnce) {
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
      const gap = Math.min(gapWhenUnknown(elapsed, !isLoopback(await baseUrl().catch(() => ''))), waitMs - elapsed);
      if (errors.length === 0 || errors.some(({ isFinal }) => isFinal) || gap <= 0)
        return { checks, errors, elapsedMs };
      const found = problemsIn(errors, 3);
      if (found !== last) io.note(`Waiting. Current problems: ${found}.`);
      last = found;
      doing = `Next check in ${formatDuration(gap)}`;
      await clock.sleep(gap, signal);
    }
  } finally {
    progress.stop();
  }
}

/** Writes all checks of doctor to a file, for others: with versions and addresses, and without secrets. */
async function writeReport({ clock, ownAddresses, io }: Context, file: string, checks: string): Promise<void> {
  const head = [
    `atlas-pe ${version} on Node ${process.versions.node}, ${process.platform} ${process.arch}, ${new Date(clock.now()).toISOString()}`,
    `Addresses of this machine: ${listed(ownAddresses())}`,
    `DNS servers of this machine: ${listed(getServers())}`,
  ];
  await toReport(file, writeFile(file, `${head.join('\n')}\n\n${checks}`, { mode: 0o600 }));
  io.note(`Wrote the report to ${file}.`);
}

async function toReport(file: string, writing: Promise<void>): Promise<void> {
  await writing.catch((error: unknown) => {
    const hint = writingHint(error, 'Check the folder and its permissions.');
    throw new CliError('unexpected', `Cannot write the report ${file}: ${reasonOf(error)}.`, { hint, cause: error });
  });
}
