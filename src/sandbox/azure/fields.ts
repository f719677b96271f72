import { ensure } from '../frontend.js';

/*
 * The members of private endpoints in Microsoft.Network 2026-03-01, some with the first api-version that has them, by the SDKs of
 * these versions.
 */

const models = {
  PrivateEndpoint: 'id name type etag location tags extendedLocation properties',
  PrivateEndpointProperties: `subnet networkInterfaces provisioningState ipVersionType@2025-03-01
    privateLinkServiceConnections manualPrivateLinkServiceConnections customDnsConfigs
    applicationSecurityGroups ipConfigurations customNetworkInterfaceName billingSku@2025-07-01`,
  PrivateEndpointIPConfiguration: 'name type etag properties',
  PrivateEndpointIPConfigurationProperties: 'groupId memberName privateIPAddress',
  PrivateLinkServiceConnection: 'id name type etag properties',
  PrivateLinkServiceConnectionProperties: `provisioningState privateLinkServiceId
    groupIds requestMessage privateLinkServiceConnectionState approvalReference@2026-01-01`,
} as const;

/** An object of the body, without what is null. Throws Azure's refusal of a member that its model does not have in this version. */
export function membersOf(
  value: unknown,
  model: keyof typeof models,
  version: string,
): Readonly<Record<string, unknown>> {
  const known = models[model].split(/\s+/).flatMap((member) => {
    const [name, since = ''] = member.split('@');
    return since <= version ? name : [];
  });
  const members = Object.entries(Object(value)).filter(([, its]) => its !== null);
  const unknown = members.find(([name]) => !known.includes(name));
  const what = `Could not find member '${unknown?.[0]}' on object of type '${model}'.`;
  ensureFormat(!unknown, what);
  return Object.fromEntries(members);
}

export function textOf(value: unknown): string {
  ensureFormat(value === undefined || typeof value === 'string', 'Expected a string.');
  return value ?? '';
}

export function ensureFormat(isFine: unknown, what: string): asserts isFine {
  ensure(isFine, 'InvalidRequestFormat', `Cannot parse the request. ${what}`);
}
