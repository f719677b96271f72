import { once } from 'node:events';
import type { Readable } from 'node:stream';
import spawn from 'cross-spawn';
import { type AuthClient, Compute, GoogleAuth, gcpMetadata } from 'google-auth-library';
import { CliError } from '../../base/errors.js';
import { readAll } from '../../base/files.js';
import type { Env } from '../../base/host.js';
import { at, text } from '../../base/json.js';
import { RequestError } from '../../http/request-error.js';
import type { SignInContext } from '../cloud.js';
import { withoutSecrets } from '../errors.js';
import { isSafe } from '../rest.js';
import type { CredentialFile } from './access.js';

const scopes = ['https://www.googleapis.com/auth/cloud-platform'];
const signIn = { text: 'Sign in again:', commands: ['gcloud auth application-default login'] };
const variables = 'GOOGLE_OAUTH_ACCESS_TOKEN, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE, GOOGLE_APPLICATION_CREDENTIALS';
const places = "application_default_credentials.json in the folder of gcloud, Google's metadata server";
/** A client of the library, which may have others in it. Each opens connections of its own. */
type Connecting = Pick<AuthClient, 'transporter'> & { [Name in 'sourceClient' | 'stsCredential']?: Connecting };

/** Credentials that Google's library reads from the file, or gets from the metadata server of a machine of Google. */
export async function findCredentials(context: SignInContext, file?: CredentialFile) {
  const { agent, signal, env } = context;
  // A request that looks for the server takes seconds elsewhere, and the library warns on stderr then.
  if (!file && !env.GCE_METADATA_HOST && !gcpMetadata.getGCPResidency()) {
    let token = await printedToken(context);
    const authorize = async (isRefused?: boolean) => {
      if (isRefused) token = await printedToken(context);
      return { authorization: `Bearer ${token}` };
    };
    return { authorize, principal: env.CLOUDSDK_CORE_ACCOUNT || 'the account of gcloud auth login', signIn };
  }
  // The library sends secrets to these.
  const urls = Object.entries({ ...Object(file?.content.source_credentials), ...file?.content });
  const unsafe = urls.find(([key, url]) => /_ur[il]$/.test(key) && !isSafe(`${url}`));
  if (file && unsafe) {
    const message = `${unsafe[0]} in ${file.path} is not a valid https URL.`;
    throw new CliError('notAllowed', message, { hint: 'It would get the credentials without encryption.' });
  }
  const https = await agent({ setting: 'NODE_EXTRA_CA_CERTS' });
  const through = ({ protocol }: URL) => (protocol === 'https:' ? https : undefined);
  // With a project, and with the content of the file, the library doesn't run gcloud.
  const from = () => (file ? { credentials: file.content } : { authClient: new Compute({ scopes }) });
  const open = () => new GoogleAuth({ projectId: 'unused', scopes, ...from() });
  let auth = open();
  const authorize = async (isRefused?: boolean) => {
    // The library keeps the token of one object.
    if (isRefused) auth = open();
    try {
      const client: AuthClient = await auth.getClient();
      const clients: (Connecting | undefined)[] = [client, (client as Connecting).sourceClient];
      for (const each of clients.flatMap((one) => [one, one?.stsCredential]))
        if (each) Object.assign(each.transporter.defaults, { timeout: 30_000, agent: through });
      if (env.GOOGLE_CLOUD_QUOTA_PROJECT) client.quotaProjectId = env.GOOGLE_CLOUD_QUOTA_PROJECT;
      return Object.fromEntries(await client.getRequestHeaders());
    } catch (error) {
      signal.throwIfAborted();
      throw refused(error, file?.path ?? "Google's metadata server");
    }
  };
  return { authorize, principal: file?.principal ?? 'the service account of this machine', signIn };
}

/** For those who have only signed in to gcloud itself. */
async function printedToken({ env, signal, trace }: SignInContext) {
  trace?.('GCP runs gcloud auth print-access-token');
  // gcloud takes up to 8 seconds.
  const limit = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
  const ended = await outputOf('gcloud', ['auth', 'print-access-token'], { env, signal: limit });
  signal.throwIfAborted();
  if (ended?.exit === 0 && /^[\w.~+/=-]+\s*$/.test(ended.printed)) return ended.printed.trim();
  const why = limit.aborted ? 'did not end within 30 s' : ended && `gave no token (exit code ${ended.exit})`;
  const failed = `Cannot sign in to GCP: gcloud auth print-access-token ${why}.`;
  const message = why ? failed : `No Google credentials found in ${variables}, ${places} or gcloud.`;
  throw new CliError('notAllowed', message, { hint: { ...signIn, text: 'Sign in:' } });
}

/** What a program prints on stdout (at most 100 kB), and its exit code or signal. Undefined if it can't start, or on an abort. */
export async function outputOf(
  command: string,
  args: readonly string[],
  { env, signal, platform = process.platform }: { env: Env; signal: AbortSignal; platform?: NodeJS.Platform },
): Promise<{ printed: string; exit: unknown } | undefined> {
  // A process group, which can be killed as a whole.
  const detached = platform !== 'win32';
  // Windows looks for programs in the current folder first, where somebody else may have put one.
  const folder = detached ? {} : { cwd: env.SystemRoot || 'C:\\Windows' };
  const child = spawn(command, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'ignore'], detached, ...folder });
  // It may fail to start after an interruption, when nothing waits for it any more.
  child.once('error', () => undefined);
  try {
    const closed = once(child, 'close', { signal });
    const reading = readAll(child.stdout as Readable, signal, 100_000);
    const [printed, [code, killedBy]] = await Promise.all([reading, closed]);
    return { printed, exit: code ?? killedBy };
  } catch {
    if (child.pid === undefined) return undefined;
    try {
      process.kill(detached ? -child.pid : child.pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
    return signal.aborted ? undefined : { printed: '', exit: 'SIGKILL' };
  }
}

/** Google's answer to a request for a token has a code, such as `invalid_grant` for a login that has expired. */
function refused(error: unknown, where: string) {
  const { response, message, config } = Object(error) as Record<string, unknown>;
  const { error: code, error_description: why } = Object(Object(response).data) as Record<string, unknown>;
  // Of an answer without a code, the library says only that.
  const otherwise = response ? `the answer is HTTP ${at(response, 'status')}` : message;
  const said = withoutSecrets(`${why ?? code ?? otherwise}`);
  if (response === undefined && config !== undefined) {
    const hint = 'Check the network, HTTPS_PROXY and NO_PROXY.';
    return new RequestError(`Cannot get Google credentials: ${said}.`, {
      hint,
      mayPass: true,
      mayHaveArrived: false,
    });
  }
  const expired = 'The Google login has expired or was revoked (invalid_grant).';
  const what = code === 'invalid_grant' ? expired : `Cannot use the Google credentials of ${where}: ${said}.`;
  return new RequestError(what, { exit: 'notAllowed', hint: signIn, errorCode: text(code), mayHaveArrived: false });
}
