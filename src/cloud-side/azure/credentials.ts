import { type AccessToken, ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { reasonOf } from '../../base/errors.js';
import { text } from '../../base/json.js';
import { once } from '../../base/once.js';
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

type Options = NonNullable<ConstructorParameters<typeof DefaultAzureCredential>[0]>;
type Policy = NonNullable<Options['additionalPolicies']>[number]['policy'];

/** A token that ends sooner is not used. */
const leastMs = 5 * 60_000;

/** Access tokens from where Azure's other tools get them, or Terraform. Each is valid for some minutes. */
export function openAzureTokens(signIn: SignIn): () => Promise<string> {
  const { env, clock, signal, authority, isPrivate, scope, subscription } = signIn;
  let fault: CloudError | undefined;
  const policy = connecting(signIn, (latest) => {
    fault = latest;
  });
  const options: Options = {
    authorityHost: authority,
    disableInstanceDiscovery: isPrivate,
    additionalPolicies: [{ policy, position: 'perRetry' }],
    retryOptions: { maxRetries: 1 },
  };
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = env;
  const credential =
    !env.AZURE_CLIENT_ID && tenant && client && secret
      ? new ClientSecretCredential(tenant, client, secret, options)
      : new DefaultAzureCredential({ ...options, processTimeoutInMs: 30_000, ...(subscription && { subscription }) });

  async function find(): Promise<AccessToken> {
    try {
      return await credential.getToken(scope, { abortSignal: signal });
    } catch (cause) {
      signal.throwIfAborted();
      if (fault) throw fault;
      const places = 'environment variables, workload identity, managed identity, Visual Studio Code, Azure CLI';
      const what = `No valid Azure credentials found. Searched: ${places}, Azure PowerShell, Azure Developer CLI.`;
      throw new CloudError(what, { exit: 'notAllowed', hint: { text: 'Sign in:', commands: ['az login'] }, cause });
    }
  }

  let held: Promise<AccessToken> | undefined;
  return async () => {
    const known = await held?.catch(() => undefined);
    if (!known || known.expiresOnTimestamp < clock.now() + leastMs) held = find();
    return (await held)?.token ?? '';
  };
}

/** Connects the library through the proxies. It hides what Microsoft Entra ID says, so `onFault` gets it. */
function connecting({ agent, clock, signal, trace }: SignIn, onFault: (error: CloudError | undefined) => void): Policy {
  const https = once(() => agent({ setting: 'NODE_EXTRA_CA_CERTS' }));
  return {
    name: 'atlas-pe',
    sendRequest: async (request, next) => {
      const { protocol, host } = new URL(request.url);
      // The library's own time-out would keep the program waiting after a failure.
      request.abortSignal ??= AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
      // The hosts of managed identities are on this machine, or next to it, and have no TLS.
      if (protocol === 'http:') {
        delete request.agent;
        return next(request);
      }
      request.agent = await https();
      const started = clock.monotonic();
      const tell = (what: string | number) =>
        trace?.(`Azure ${request.method} ${host} ${what} ${Math.round(clock.monotonic() - started)} ms`);
      try {
        const answer = await next(request);
        tell(answer.status);
        onFault(answer.status < 400 ? undefined : refusalIn(answer.bodyAsText ?? ''));
        return answer;
      } catch (error) {
        tell('-');
        const hint = 'Check the network and the proxy settings, then try again.';
        onFault(new CloudError(`Cannot get an Azure access token: ${reasonOf(error)}.`, { hint, cause: error }));
        throw error;
      }
    },
  };
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
