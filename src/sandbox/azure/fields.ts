import type { AnswerBody } from '../clouds/all.js';
import { ensure } from '../frontend.js';

/** The members of the models of private endpoints in Microsoft.Network 2026-03-01. */
const known = `id name type etag location tags extendedLocation properties subnet networkInterfaces
  provisioningState ipVersionType privateLinkServiceConnections manualPrivateLinkServiceConnections
  customDnsConfigs applicationSecurityGroups ipConfigurations customNetworkInterfaceName billingSku
  privateLinkServiceId groupIds requestMessage privateLinkServiceConnectionState approvalReference`.split(/\s+/);

/** The same as `membersOf`. Throws Azure's refusal of a member that private endpoints do not have. */
export function knownMembersOf(value: unknown): AnswerBody {
  const members = membersOf(value);
  const unknown = Object.keys(members).find((name) => !known.includes(name));
  ensureFormat(unknown === undefined, `Could not find member '${unknown}'.`);
  return members;
}

/** An object of the body, without what is null. */
export function membersOf(value: unknown): AnswerBody {
  return Object.fromEntries(Object.entries(Object(value)).filter(([, its]) => its !== null));
}

export function textOf(value: unknown): string {
  ensureFormat(value === undefined || typeof value === 'string', 'Expected a string.');
  return value ?? '';
}

export function ensureFormat(isFine: unknown, what: string): asserts isFine {
  ensure(isFine, 'InvalidRequestFormat', `Cannot parse the request. ${what}`);
}
