import { CliError, codeOf, reasonOf } from '../../base/errors.js';
import { cmd, option } from '../../base/shell.js';
import { networkHint } from '../../http/ask.js';
import { tlsProblemOf } from '../../http/network-fault.js';
import { RequestError } from '../../http/request-error.js';
import { explainBy, hasCode, type Meaning, withoutSecrets } from '../errors.js';
import { lineage } from './profiles.js';

/* AWS's errors by their codes: codes are stable, the messages are not. */

const denied = ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'];
const expired = ['ExpiredToken', 'ExpiredTokenException'];
const expiredOrSkewed = ['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture'];
const badKeys = [
  ...['AuthFailure', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'UnrecognizedClientException'],
  ...['IncompleteSignature', 'MissingAuthenticationToken', 'InvalidAccessKeyId'],
];
/** Too many requests, so that nothing was done. */
const limits = [
  ...['RequestLimitExceeded', 'Throttling', 'ThrottlingException'],
  ...['TooManyRequestsException', 'RequestThrottled'],
];
/** The quotas of the service `vpc` that an endpoint needs, by the code of the error. */
const quotas = new Map([
  ['VpcEndpointLimitExceeded', 'L-29B6F2EB'],
  ['SecurityGroupLimitExceeded', 'L-E79EC296'],
  ['SecurityGroupsPerInterfaceLimitExceeded', 'L-2AFB9258'],
  ['RulesPerSecurityGroupLimitExceeded', 'L-0EA8095F'],
  ['NetworkInterfaceLimitExceeded', 'L-DF5E4CA3'],
]);
const quotaHint = 'Delete what nobody uses, or request a higher quota (docs/connect.md). This command shows it:';
const groups = ['InvalidGroup', 'InvalidGroupId', 'InvalidSecurityGroupId', 'InvalidSecurityGroupID'];
export const unknownGroup = groups.map((kind) => `${kind}.NotFound`);

/** The system's codes for a connection that never came about, so that nothing was sent. */
const unsent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

export function isDenied(error: unknown): error is RequestError {
  return hasCode(error, ...denied);
}

/** Whether AWS doesn't know a security group or a service, which may be new. */
export function isUnknown(error: unknown): error is RequestError {
  return hasCode(error, ...unknownGroup, 'InvalidServiceName');
}

interface About {
  /** As IAM writes it. */
  action: string;
  region: string;
  profile: string | undefined;
}

export async function toRequestError(error: unknown, about: About): Promise<RequestError> {
  const { action } = about;
  const { name, status } = factsOf(error);
  if (name === 'TimeoutError') return lostAnswer(`AWS did not respond to ${action} in time.`, error);
  // The SDK couldn't read the answer to a request that AWS accepted.
  if (status !== null && status < 400) return brokenAnswer(action, error);
  if (status !== null) return refusal(error, name, status, about);
  const hint = `Check the network, the proxy settings and the region ${about.region}.`;
  return noAnswer(`Cannot reach AWS for ${action}`, error, hint);
}

export function unanswered(host: string, proxy: string | undefined, error: unknown) {
  if (error instanceof CliError)
    return new RequestError(error.message, { exit: error.exit, hint: error.hint, mayHaveArrived: false });
  const via = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  const what = `Cannot get AWS credentials from ${host}${via}`;
  return noAnswer(what, error, 'Check the network, HTTPS_PROXY and NO_PROXY.', false);
}

function noAnswer(what: string, error: unknown, hint: string, mayHaveArrived = true) {
  const code = codeOf(error) ?? factsOf(error).name;
  const tls = tlsProblemOf(code);
  // It is looked at before anything is sent, and will be the same in another try. Other faults of TLS come at any time.
  const isOfCertificate = tls !== undefined && tls !== 'noTls' && tls !== 'noAgreement';
  const reason = factsOf(error).name === 'TimeoutError' ? 'no response in time' : detailOf(error);
  return new RequestError(`${what}: ${reason}${code === 'Error' ? '' : ` (${code})`}.`, {
    hint:
      tls === 'untrusted'
        ? "If your company's proxy intercepts TLS, set AWS_CA_BUNDLE to the path of its CA " +
          'certificate file. Without AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS works too.'
        : hint,
    mayPass: !isOfCertificate,
    mayHaveArrived: mayHaveArrived && !isOfCertificate && !unsent.includes(code),
    cause: error,
  });
}

/** AWS accepted a request, but what it did can't be read from the answer. */
export function brokenAnswer(action: string, cause?: unknown) {
  return lostAnswer(`AWS sent an invalid response to ${action}.`, cause);
}

function lostAnswer(message: string, cause: unknown) {
  return new RequestError(message, { hint: networkHint, mayPass: true, cause });
}

async function refusal(error: unknown, name: string, status: number, about: About) {
  const { action, region, profile } = about;
  const said = detailOf(error);
  const what = `AWS rejected ${action}: ${said}`;
  const isExpired = [...expired, ...expiredOrSkewed].includes(name);
  const renew = (isExpired && (await signInAgain(profile))) || 'Renew the credentials that the AWS CLI uses.';
  const ask = 'Ask an administrator for this permission. docs/connect.md lists all required permissions.';
  const check = 'Check the keys and the clock of this machine. This command shows which account is in use:';
  const enable = 'Enable the region, or choose another region.';
  // EC2's codes for an unknown id have the same ending for all resources.
  const unknown = name.endsWith('.NotFound') ? [name] : [];
  const quota = quotas.get(name);
  const show = cmd`aws service-quotas get-service-quota --service-code vpc --quota-code ${quota} --region ${region}`;
  const usedUp = `A quota of the AWS account in ${region} is used up: ${said}`;
  const rows: readonly Meaning[] = [
    [denied, `AWS denied ${action}: ${said}`, ask],
    [expired, 'The AWS credentials have expired', renew],
    [expiredOrSkewed, 'The AWS credentials have expired, or the date or time of this machine is wrong', renew],
    // What AWS says may repeat the request, and with it the session token.
    [badKeys, 'AWS rejected the credentials', { text: check, commands: ['aws sts get-caller-identity'] }],
    [['OptInRequired'], `The region ${region} is not enabled for the AWS account`, enable],
    [quota ? [name] : [], usedUp, { text: quotaHint, commands: [show.text] }],
    [['InsufficientFreeAddressesInSubnet'], what, 'Choose another subnet with --subnet.', 'usage'],
    [unknown, what, `Check the id, the AWS account and the region ${region}.`, 'notFound'],
  ];
  // The SDK corrects its clock after such an answer, so the next try may succeed.
  const skewed = expiredOrSkewed.includes(name) && { mayPass: true };
  return explainBy(rows, { errorCode: name, status, what, ...skewed, isEarly: limits.includes(name), cause: error });
}

export async function noCredentials(cause: unknown, profile: string | undefined): Promise<CliError> {
  const hint = await signInAgain(profile);
  if (hint) {
    return new CliError('notAllowed', `Cannot use the AWS SSO session: ${detailOf(cause)}.`, { hint, cause });
  }
  const which = profile === undefined ? '' : ` for the profile '${profile}'`;
  const programs = (await lineage(profile)).flatMap((each) => each.credential_process ?? []);
  const what = programs.length > 0 ? `credential_process failed${which}` : `No AWS credentials found${which}`;
  // The SDK repeats the command line of a credential_process, and what the process wrote to stderr.
  const said = programs.reduce((all, each) => all.replaceAll(each, 'credential_process'), reasonOf(cause));
  return new CliError('notAllowed', `${what}: ${withoutSecrets(detailOf(said))}.`, {
    cause,
    hint: 'Configure credentials as you do for the AWS CLI, or choose a profile with --aws-profile.',
  });
}

/** How to sign in again to the SSO session that a profile gets its credentials from; undefined if there is none. */
async function signInAgain(profile: string | undefined) {
  const sso = (await lineage(profile)).find(({ sso_session, sso_start_url }) => sso_session ?? sso_start_url);
  if (!sso) return undefined;
  const name = sso.name === 'default' ? undefined : sso.name;
  return { text: 'Sign in again:', commands: [cmd`aws sso login ${option('--profile', name)}`.text] };
}

/** The name of an error is AWS's code; without a status there was no answer. */
function factsOf(error: unknown) {
  const { name, $metadata } = Object(error) as { name?: unknown; $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return { name: typeof name === 'string' ? name : 'Error', status: typeof status === 'number' ? status : null };
}

/** What AWS says, but for the encoded part that only a program can read, and without a full stop. */
function detailOf(error: unknown) {
  const words = reasonOf(error)
    .split(/\s+/)
    .filter((word) => word.length < 200);
  return words.join(' ').replace(/\.?(?: Encoded authorization failure message:)?$/, '');
}
