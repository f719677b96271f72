import { version } from '../../package.json';
import { accessPage } from '../atlas/base-url.js';
import { createAtlas } from '../atlas/client.js';
import type { HttpOptions } from '../atlas/send.js';
import type { Clock } from '../base/clock.js';
import { type CliError, codeOf } from '../base/errors.js';
import type { Env } from '../base/host.js';
import { authCacheOf } from '../config/cache.js';
import { takeNonces } from '../config/idle-nonces.js';
import { type Origin, originText, type SignIn } from '../config/precedence.js';
import { publicIdOf, titleOf } from '../config/settings.js';
import { isRefusal, isUnanswered } from '../http/request-error.js';

/* Connects to Atlas, and runs the built-in one. The context loads this when a command needs Atlas. */

export interface Connecting extends Omit<HttpOptions, 'baseUrl' | 'userAgent'> {
  env: Env;
  /** The file for what was learned while signing in; null if nothing may be saved. */
  cacheFile: string | null;
}

/** `end` hands over to the next command what saves it a round trip. */
export function connectAtlas(signIn: SignIn, { cacheFile, ...line }: Connecting) {
  const isKey = signIn.credentials.kind === 'api-key' && cacheFile !== null;
  const idle = isKey ? takeNonces(signIn, cacheFile) : undefined;
  const atlas = createAtlas(signIn.credentials, {
    ...line,
    baseUrl: signIn.baseUrl,
    cache: authCacheOf(signIn, cacheFile, line.clock),
    idleNonces: idle?.nonces,
    explain: (error) => explainFailure(error, signIn),
    userAgent: `atlas-pe/${version} (node ${process.versions.node}; ${process.platform})`,
  });
  return { atlas, end: async () => idle?.leave() };
}

async function explainFailure(error: CliError, { credentials, origin, baseUrl }: SignIn) {
  if (isUnanswered(error) && codeOf(error.cause) === 'ECONNREFUSED') {
    const { sandboxKeys } = await import('../sandbox/gate.js');
    const isOfSandbox = [sandboxKeys.publicKey, sandboxKeys.clientId].some((id) => id === publicIdOf(credentials));
    if (!isOfSandbox) return error;
    return error.withHint(endedHint(origin), `The sandbox at ${baseUrl} has ended.`);
  }
  // A missing role has an error code of its own, and a proxy gives no details.
  const isAny = isRefusal(error) && [null, 'UNEXPECTED_ERROR'].includes(error.errorCode);
  if (!isAny || error.status !== 401 || error.detail === null) return error;
  const title = titleOf(credentials);
  const which = origin.kind === 'entered' ? `this ${title}` : `the ${title} from ${originText(origin)}`;
  const page = accessPage(baseUrl);
  const where = page === undefined ? '' : ` Create a new one on this page: ${page}`;
  const hint = `${checks[credentials.kind]}, or it is not for ${baseUrl}.${where}`;
  return error.withHint(hint, `Atlas does not accept ${which}.`);
}

/** How to go on without the sandbox that the credentials from `origin` belong to. */
function endedHint({ kind }: Origin) {
  if (kind === 'environment') return ofVariables;
  const startAgain = 'Start it again on the same port with atlas-pe sandbox serve --port';
  if (kind === 'entered') return `${startAgain}, then log in again.`;
  return `${startAgain}, or use another ${kind === 'atlasCli' ? 'profile of the Atlas CLI' : 'profile'}.`;
}

const ofVariables =
  'Start another one with atlas-pe sandbox serve, and load its variables. To use Atlas, open a new terminal, or unset ' +
  'the variables that begin with ATLAS_PE_, MONGODB_ATLAS_ and AWS_.';

const checks = {
  'api-key': 'Check both keys. The API key may have been deleted',
  'service-account': 'Check the client id and the client secret. The secret may have expired',
  'access-token': 'The token may have expired (it is valid for one hour)',
};

/** Starts the saved sandbox in this process. `onTrouble` gets the errors that it can't handle. */
export async function startOwnSandbox(file: string, clock: Clock, onTrouble: (error: unknown) => void) {
  const { createSandbox } = await import('../sandbox/server.js');
  const { fileStore } = await import('../sandbox/world.js');
  const { sandboxKeys } = await import('../sandbox/gate.js');
  const store = fileStore(file);
  // Report unreadable state here, not as an API error.
  await store.read();
  // Report the original error, not the API error that the sandbox returns for it.
  const running = createSandbox({ store, clock, onTrouble });
  const { publicKey, privateKey } = sandboxKeys;
  const credentials = { kind: 'api-key', publicKey, privateKey } as const;
  const signIn: SignIn = { credentials, origin: { kind: 'sandbox' }, baseUrl: await running.listen(0) };
  return { signIn, close: () => running.close() };
}

export async function startOwnNetwork(file: string, clock: Clock) {
  const { startNetwork } = await import('../sandbox/network/start.js');
  const { fileStore } = await import('../sandbox/world.js');
  return startNetwork({ store: fileStore(file), clock, dnsPort: 0, mongo: 'free' });
}
