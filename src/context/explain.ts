import { accessPage } from '../atlas/base-url.js';
import { type CliError, codeOf } from '../base/errors.js';
import { publicIdOf, titleOf } from '../config/credential-kinds.js';
import { originText } from '../config/precedence.js';
import type { SignIn } from '../config/sign-in.js';
import { isRefusal, isUnanswered } from '../http/request-error.js';
import { sandboxKeys } from '../sandbox/gate.js';

/** The error in words for these credentials, if Atlas does not accept them or if their sandbox has ended. */
export function explainFailure(error: CliError, { credentials, origin, baseUrl }: SignIn): CliError {
  const isOfSandbox = [sandboxKeys.publicKey, sandboxKeys.clientId].some((id) => id === publicIdOf(credentials));
  if (isOfSandbox && isUnanswered(error) && codeOf(error.cause) === 'ECONNREFUSED') {
    const hint = origin.kind === 'environment' ? ofVariables : ofProfile;
    return error.withHint(hint, `The sandbox at ${baseUrl} has ended.`);
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

const ofProfile = 'Start it again on the same port with atlas-pe sandbox serve --port, or use another profile.';
const ofVariables =
  'Start another one with atlas-pe sandbox serve, and load its variables. To use Atlas, open a new terminal, or unset ' +
  'the variables that begin with ATLAS_PE_, MONGODB_ATLAS_ and AWS_.';

const checks = {
  'api-key': 'Check both keys. The API key may have been deleted',
  'service-account': 'Check the client id and the client secret. The secret may have expired',
  'access-token': 'The token may have expired (it is valid for one hour)',
};
