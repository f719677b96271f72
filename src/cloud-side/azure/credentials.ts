import { existsSync } from 'node:fs';
import { type AccessToken, ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { CliError } from '../../base/errors.js';
import { text } from '../../base/json.js';
import { readText } from '../../base/read-text.js';
import type { SignInContext } from '../entry.js';
import { CloudError } from '../errors.js';
import { at } from './model.js';

interface Credentials {
  /** An access token that is valid for some minutes. Throws a `CloudError`. */
  token(): Promise<string>;
}

interface SignIn extends SignInContext {
  authority: string;
  scope: string;
  /** The subscription, if the Azure CLI knows it: its tenant may not be the default one. */
  subscription: string | undefined;
}

type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof DefaultAzureCredential>[0]>['httpClient']>;

/** A token that ends sooner is not used. */
const leastMs = 5 * 60_000;

/** Credentials as Azure's other tools find them, or as Terraform does. */
export function openCredentials(signIn: SignIn): Credentials {
  const { env, clock, signal, authority, scope, subscription } = signIn;
  let lost: CliError | undefined;
  const httpClient = openClient(signIn, (error) => {
    lost = error;
  });
  const options = { authorityHost: authority, httpClient, retryOptions: { maxRetries: 1 } };
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = env;
  const credential =
    !env.AZURE_CLIENT_ID && tenant && client && secret
      ? new ClientSecretCredential(tenant, client, secret, options)
      : new DefaultAzureCredential({ ...options, processTimeoutInMs: 30_000, ...(subscription && { subscription }) });

  async function find(): Promise<AccessToken> {
    try {
      return await credential.getToken(scope, { abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      if (lost) throw lost;
      throw noCredentials(error);
    }
  }

  let held: Promise<AccessToken> | undefined;
  return {
    token: async () => {
      held ??= find();
      const finding = held;
      const found = await finding.catch((error: unknown) => {
        held = undefined;
        throw error;
      });
      if (found.expiresOnTimestamp < clock.now() + leastMs && held === finding) held = undefined;
      return found.token;
    },
  };
}

/** What a failure to get a token means. */
function noCredentials(error: unknown): CloudError {
  const details = { exit: 'notAllowed', cause: error } as const;
  const hint = { text: 'Sign in:', commands: ['az login'] };
  // Microsoft Entra ID has refused what was found.
  const code = text(at(error, 'errorResponse', 'error'));
  if (code !== null) {
    const said = (text(at(error, 'errorResponse', 'errorDescription')) ?? '').split(/[\r\n]| Trace ID:/)[0]?.trim();
    return new CloudError(`Microsoft Entra ID refused the Azure credentials: ${said} (${code}).`, {
      ...details,
      errorCode: code,
      hint: 'Renew the credentials, or sign in with az login.',
    });
  }
  const looked =
    'environment variables, workload identity, managed identity, Visual Studio Code, Azure CLI, Azure PowerShell, Azure Developer CLI';
  return new CloudError(`No valid Azure credentials found. Searched: ${looked}.`, { ...details, hint });
}

/** The asset tag of each of Azure's virtual machines. */
const azureAssetTag = '7783-7084-3265-9085-8269-3286-77';
const assetTagFile = '/sys/class/dmi/id/chassis_asset_tag';

/** Whether this is certainly no machine of Azure: then nothing answers at the address of its metadata service. */
function isElsewhere(): boolean {
  try {
    return existsSync(assetTagFile) && readText(assetTagFile).trim() !== azureAssetTag;
  } catch {
    return false;
  }
}

/** Sends the library's requests over the program's own connections. The library hides what fails, so `onLost` gets it. */
function openClient({ exchange, clock, trace }: SignIn, onLost: (error: CliError | undefined) => void): HttpClient {
  return {
    sendRequest: async (request) => {
      const { url, method, body, timeout, abortSignal } = request;
      const { host, hostname, protocol } = new URL(url);
      const limitMs = timeout > 0 ? timeout : 30_000;
      const limit = AbortSignal.any([
        AbortSignal.timeout(limitMs),
        ...(abortSignal ? [abortSignal as AbortSignal] : []),
      ]);
      const started = clock.monotonic();
      const tell = (what: string | number) =>
        trace?.(`Azure ${method} ${host} ${what} ${Math.round(clock.monotonic() - started)} ms`);
      const about = { url, headers: request.headers.toJSON(), body: typeof body === 'string' ? body : undefined };
      try {
        if (hostname === '169.254.169.254' && isElsewhere()) throw new Error('This is no machine of Azure.');
        onLost(undefined);
        // The hosts of managed identities are on this machine, or next to it, and have no TLS.
        const isPlain = protocol === 'http:';
        const answer = isPlain
          ? await plain({ ...about, method, limit })
          : await exchange({ ...about, method: method === 'POST' ? 'POST' : 'GET', limit, limitMs });
        tell(answer.status);
        const headers = Object.entries(answer.headers).flatMap(([name, value]) => {
          return value === undefined ? [] : [[name, [value].flat().join(', ')] as const];
        });
        const read = Object.assign(new Map(headers), { toJSON: () => Object.fromEntries(headers) });
        return { request, status: answer.status, bodyAsText: answer.text, headers: read };
      } catch (error) {
        tell('-');
        if (error instanceof CliError) onLost(error);
        throw error;
      }
    },
  };
}

async function plain(request: {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  limit: AbortSignal;
}): ReturnType<SignIn['exchange']> {
  const { url, method, headers, body, limit } = request;
  const answer = await fetch(url, { method, headers, signal: limit, ...(body !== undefined && { body }) });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
}
