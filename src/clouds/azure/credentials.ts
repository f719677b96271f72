import { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { CliError, reasonOf } from '../../base/errors.js';
import { at, parseJson, text } from '../../base/json.js';
import { once } from '../../base/once.js';
import { networkHint } from '../../http/ask.js';
import { RequestError } from '../../http/request-error.js';
import type { SignInContext } from '../cloud.js';

type Options = NonNullable<ConstructorParameters<typeof DefaultAzureCredential>[0]>;
type Policy = NonNullable<Options['additionalPolicies']>[number]['policy'];

/** Access tokens from where Azure's other tools, or Terraform, get them. `subscription` may be in another tenant. */
export function openAzureTokens(
  { env, clock, signal, agent, trace }: SignInContext,
  { authority, scope, subscription }: { authority: string; scope: string; subscription: string | undefined },
) {
  const https = once(() => agent({ setting: 'NODE_EXTRA_CA_CERTS' }));
  /** Why the last request failed, which the library hides. */
  let fault: CliError | undefined;
  const policy: Policy = {
    name: 'atlas-pe',
    sendRequest: async (request, next) => {
      // The library's own time-out would keep the program waiting after a failure.
      request.abortSignal ??= AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
      delete request.agent;
      // The hosts of managed identities are on this machine, or next to it, and have no TLS and no proxy.
      if (request.url.startsWith('http:')) return next(request);
      request.agent = await https();
      try {
        const answer = await next(request);
        trace?.(`Azure ${request.method} ${new URL(request.url).host} ${answer.status}`);
        fault = refusalIn(answer.bodyAsText ?? '');
        return answer;
      } catch (error) {
        const details = { hint: networkHint, cause: error, isSignIn: true };
        fault = new RequestError(`Cannot get an Azure access token: ${reasonOf(error)}.`, details);
        throw error;
      }
    },
  };
  const options: Options = {
    authorityHost: authority,
    // The authority is Microsoft's, or one that the user trusts.
    disableInstanceDiscovery: true,
    additionalPolicies: [{ policy, position: 'perRetry' }],
    retryOptions: { maxRetries: 1 },
  };
  // The library keeps the tokens of one object.
  const open = () => createCredential(env, options, subscription);
  let credential = open();

  const find = async () => {
    try {
      return await credential.getToken(scope, { abortSignal: signal });
    } catch (cause) {
      signal.throwIfAborted();
      const places = 'environment variables, workload identity, managed identity, Visual Studio Code, Azure CLI';
      const what = `No valid Azure credentials found. Searched: ${places}, Azure PowerShell, Azure Developer CLI.`;
      const hint = { text: 'Sign in:', commands: ['az login'] };
      throw fault ?? new CliError('notAllowed', what, { hint, cause });
    }
  };
  let held = once(find);
  return async (isRefused = false) => {
    if (isRefused) [credential, held] = [open(), once(find)];
    // A token that ends within 5 minutes is not used.
    if ((await held()).expiresOnTimestamp < clock.now() + 300_000) held = once(find);
    return (await held()).token;
  };
}

function createCredential(env: SignInContext['env'], options: Options, subscription: string | undefined) {
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = env;
  try {
    if (!env.AZURE_CLIENT_ID && tenant && client && secret)
      return new ClientSecretCredential(tenant, client, secret, options);
    const more = { processTimeoutInMs: 30_000, ...(subscription && { subscription }) };
    return new DefaultAzureCredential({ ...options, ...more });
  } catch (cause) {
    const hint = 'Check AZURE_TOKEN_CREDENTIALS, and the AZURE_ and ARM_ variables for the tenant.';
    // The rest is advice of the library.
    const [why = ''] = reasonOf(cause).split(/\.(?: |$)/);
    throw new CliError('usage', `The Azure credentials are not valid: ${why}.`, { hint, cause });
  }
}

/** What Microsoft Entra ID says about credentials that it refuses. */
function refusalIn(answer: string) {
  const [said] = text(at(parseJson(answer), 'error_description'))?.split(/[\r\n]|\.? Trace ID:/) ?? [];
  const hint = 'Renew the credentials, or sign in with az login.';
  const message = `Microsoft Entra ID refused the Azure credentials: ${said}.`;
  return said === undefined ? undefined : new CliError('notAllowed', message, { hint });
}
