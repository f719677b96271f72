import { type AccessToken, ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { CliError } from '../../base/errors.js';
import { text } from '../../base/json.js';
import { readText } from '../../base/read-text.js';
import type { SignInContext } from '../entry.js';
import { CloudError } from '../errors.js';
import { parseJson } from '../rest.js';
import { at } from './model.js';

interface SignIn extends SignInContext {
  authority: string;
  /** Whether Microsoft doesn't know the authority. */
  isPrivate: boolean;
  scope: string;
  /** The subscription, if the Azure CLI knows it: its tenant may not be the default one. */
  subscription: string | undefined;
}

type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof DefaultAzureCredential>[0]>['httpClient']>;

/** A token that ends sooner is not used. */
const leastMs = 5 * 60_000;

/** Access tokens from where Azure's other tools get them, or Terraform. Each is valid for some minutes. */
export function openAzureTokens(signIn: SignIn): () => Promise<string> {
  const { env, clock, signal, authority, isPrivate, scope, subscription } = signIn;
  let fault: CliError | undefined;
  const httpClient = openClient(signIn, (latest) => {
    fault = latest;
  });
  const shared = { authorityHost: authority, disableInstanceDiscovery: isPrivate, httpClient };
  const options = { ...shared, retryOptions: { maxRetries: 1 } };
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
      throw fault ?? noCredentials(error);
    }
  }

  let held: Promise<AccessToken> | undefined;
  return async () => {
    const known = await held?.catch(() => undefined);
    if (!known || known.expiresOnTimestamp < clock.now() + leastMs) held = find();
    return (await held)?.token ?? '';
  };
}

function noCredentials(cause: unknown): CloudError {
  const places = 'environment variables, workload identity, managed identity, Visual Studio Code, Azure CLI';
  return new CloudError(
    `No valid Azure credentials found. Searched: ${places}, Azure PowerShell, Azure Developer CLI.`,
    {
      exit: 'notAllowed',
      hint: { text: 'Sign in:', commands: ['az login'] },
      cause,
    },
  );
}

/** What Microsoft Entra ID says about credentials that it refuses; undefined if it doesn't. */
function refusalIn(answer: string): CloudError | undefined {
  const read = parseJson(answer);
  const [errorCode, said] = [text(at(read, 'error')), text(at(read, 'error_description'))];
  if (errorCode === null || said === null) return undefined;
  const [first] = said.split(/[\r\n]|\.? Trace ID:/);
  return new CloudError(`Microsoft Entra ID refused the Azure credentials: ${first} (${errorCode}).`, {
    exit: 'notAllowed',
    errorCode,
    hint: 'Renew the credentials, or sign in with az login.',
  });
}

/** Whether this is certainly no machine of Azure, where nothing answers at the address of its metadata service. */
function isElsewhere(): boolean {
  try {
    return readText('/sys/class/dmi/id/chassis_asset_tag').trim() !== '7783-7084-3265-9085-8269-3286-77';
  } catch {
    return false;
  }
}

/** Sends the library's requests over the program's own connections. The library hides what fails, so `onFault` gets it. */
function openClient({ exchange, clock, trace }: SignIn, onFault: (error: CliError | undefined) => void): HttpClient {
  return {
    sendRequest: async (request) => {
      const { url, method, timeout, abortSignal } = request;
      const { host, hostname, protocol } = new URL(url);
      const headers = request.headers.toJSON();
      const body = typeof request.body === 'string' ? request.body : undefined;
      const limitMs = timeout > 0 ? timeout : 30_000;
      const signals = abortSignal ? [abortSignal as AbortSignal] : [];
      const limit = AbortSignal.any([AbortSignal.timeout(limitMs), ...signals]);
      const answered = (status: number, text: string, found: Iterable<[string, string]>) => {
        const read = Object.assign(new Map(found), { toJSON: () => Object.fromEntries(found) });
        return { request, status, bodyAsText: text, headers: read };
      };
      // The hosts of managed identities are on this machine, or next to it, and have no TLS.
      if (protocol === 'http:') {
        if (hostname === '169.254.169.254' && isElsewhere()) throw new Error('This is no machine of Azure.');
        const answer = await fetch(url, { method, headers, signal: limit, ...(body !== undefined && { body }) });
        return answered(answer.status, await answer.text(), answer.headers);
      }
      const started = clock.monotonic();
      const tell = (what: string | number) =>
        trace?.(`Azure ${method} ${host} ${what} ${Math.round(clock.monotonic() - started)} ms`);
      try {
        const verb = method === 'POST' ? 'POST' : 'GET';
        const answer = await exchange({ method: verb, url, headers, body, limit, limitMs });
        tell(answer.status);
        onFault(answer.status < 400 ? undefined : refusalIn(answer.text));
        const all = Object.entries(answer.headers);
        return answered(
          answer.status,
          answer.text,
          all.map(([name, value]) => [name, String(value)]),
        );
      } catch (error) {
        tell('-');
        if (error instanceof CliError) onFault(error);
        throw error;
      }
    },
  };
}
