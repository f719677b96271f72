import { parseBaseUrl } from '../atlas/base-url.js';
import { isLoopback } from '../base/loopback.js';
import { onceByKey } from '../base/once.js';
import { longName, option } from '../base/shell.js';
import { checkCloudOptions, checkValues, signInWith } from '../clouds/access.js';
import { clouds, type Provider } from '../clouds/all.js';
import type { CloudOptions, CloudTarget, OpenCloud, SignInContext } from '../clouds/cloud.js';
import { parseRegion } from '../clouds/regions.js';
import type { Exchange } from '../clouds/rest.js';
import type { OpenRegion } from '../connections/doctor/open-facts.js';
import type { Context } from '../context.js';
import { startDeadline } from '../endpoints/goal.js';
import { openHost } from '../http/host.js';
import { proxyOf } from '../http/proxy.js';
import type { RouteOptions } from '../http/route.js';
import type { Deadline } from '../wait/deadline.js';

/** Signs in to a cloud of the user. Throws a usage error if this program can't set it up. */
async function signInTo(
  context: Context,
  provider: Provider,
  options: CloudOptions,
  isAsking = context.io.isInteractive,
) {
  const { io, settings, clock, signal } = context;
  const { env, profile } = settings;
  const baseUrl = await settings.baseUrl();
  const signIn: SignInContext = {
    io,
    clock,
    signal,
    env,
    onCall: io.awaitAnswer,
    trace: settings.isVerbose ? io.trace : undefined,
    sandbox: profile.isSandbox ? await sandboxVariables(baseUrl) : undefined,
    localAtlas: isLoopback(baseUrl) ? baseUrl : undefined,
    exchange: openExchange({ env, clock, signal }),
    agent: async ({ file, setting }) => {
      const [{ proxiedAgent }, { readAuthority }] = await Promise.all([
        import('../http/proxied-agent.js'),
        import('../config/authority.js'),
      ]);
      return proxiedAgent(env, signal, readAuthority(file, setting));
    },
    proxyTo: (url) => proxyOf(parseBaseUrl(url), env)?.host,
    readSecret: isAsking ? io.readSecret : undefined,
  };
  return signInWith(provider, signIn, options);
}

/** Throws usage errors for the options of the user's networks in these clouds. `own`: those that each can have. */
export async function checkNetworkOptions(providers: readonly Provider[], options: CloudOptions, own = options) {
  checkCloudOptions(providers, options);
  for (const provider of providers) elsewhereOf(provider, options);
  await checkValues(providers, own);
}

/** Sends requests to the REST APIs of clouds: through the proxies, and only over TLS unless the host is this machine. */
function openExchange(options: RouteOptions): Exchange {
  const opened = onceByKey();
  return async ({ url, ...request }, attempt, limit) => {
    const { origin, pathname, search } = new URL(url);
    const exchange = opened(origin, () =>
      openHost(parseBaseUrl(origin), { ...options, urlSetting: 'the URL of the API' }),
    );
    return exchange({ ...request, path: `${pathname}${search}` }, attempt, limit);
  };
}

async function sandboxVariables(baseUrl: string): Promise<Record<string, string | null>> {
  const { environmentOf } = await import('./sandbox/environment.js');
  return Object.assign({}, ...environmentOf(baseUrl, '', null).map(({ values }) => values));
}

export function elsewhereOf(provider: Provider, options: CloudOptions) {
  const { elsewhere = '' } = clouds[provider].setup;
  const region = options[elsewhere];
  return typeof region === 'string' ? parseRegion(provider, region, { isOnlyCloud: true }) : undefined;
}

/** The options that sign in to the account, also if only the id of a subnet or an endpoint names it. */
export function signInValues(provider: Provider, options: CloudOptions): [name: string, value: string][] {
  const { signIn, accountInId } = clouds[provider].setup;
  const [, account] = accountInId?.exec(`${options.subnet} ${options.adopt}`) ?? [];
  return Object.keys(signIn).flatMap((name): [string, string][] => {
    const value = options[name] ?? account;
    return typeof value === 'string' ? [[name, value]] : [];
  });
}

/** The options with which another command line signs in to the same account; `too`: another option to repeat. */
export function signInWords(provider: Provider, options: CloudOptions, too = '') {
  const other = options[too];
  const more = typeof other === 'string' ? [[too, other] as const] : [];
  return [...more, ...signInValues(provider, options)].flatMap(([name, value]) => option(longName(name), value));
}

/** `account`: options that say which account, in the place of those of the command line. */
type SignInOnce = (provider: Provider, account?: CloudOptions) => Promise<OpenCloud>;

/** Signs in to each cloud, or each account there, once. Without `isAsking`, it asks for no secret. */
export function openEach(context: Context, options: CloudOptions, isAsking: boolean): SignInOnce {
  const opened = onceByKey();
  return (provider, account = {}) => {
    const all = { ...options, ...account };
    return opened(`${provider} ${JSON.stringify(account)}`, () => signInTo(context, provider, all, isAsking));
  };
}

export type OpenedClouds = ReturnType<typeof openClouds>;

/** The same, for a command that opens regions, which close when it ends. Their time limit starts with `start`, after the question. */
export function openClouds(context: Context, options: CloudOptions) {
  const signIn = openEach(context, options, context.io.isInteractive);
  let deadline: Deadline | undefined;
  const remainingMs = () => deadline?.remainingMs() ?? context.remainingMs();
  return {
    open: async (provider: Provider, target: CloudTarget, account?: CloudOptions) =>
      (await signIn(provider, account))(target, { remainingMs }),
    start: (timeoutMs: number) => {
      deadline = startDeadline(context, { timeoutMs });
      return deadline;
    },
  };
}

export function regionsOf(signIn: SignInOnce): OpenRegion {
  return async ({ provider, region, account }, remainingMs = () => 5000) =>
    (await signIn(provider, account))({ region }, { remainingMs, tries: 2 });
}
