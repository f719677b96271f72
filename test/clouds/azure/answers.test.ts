import { describe, expect, test } from 'vitest';
import { toArmError } from '../../../src/clouds/azure/arm.js';
import { denyingRules } from '../../../src/clouds/azure/cloud.js';
import { allows, toPrivateEndpoint, toSubnets } from '../../../src/clouds/azure/model.js';
import { ownerOf } from '../../../src/clouds/found.js';

const write = 'Microsoft.Network/privateEndpoints/write';
test.each<[boolean, object[]]>([
  [true, [{ actions: ['*'], notActions: [] }]],
  [true, [{ actions: ['microsoft.network/PRIVATEENDPOINTS/*'] }]],
  [true, [{ actions: ['*/write'] }]],
  [true, [{ actions: ['*'], notActions: [write] }, { actions: [write] }]],
  [false, [{ actions: ['*'], notActions: ['Microsoft.Network/*/write'] }]],
  [false, [{ actions: ['Microsoft.Network/privateEndpoints'] }]],
  [false, [{ actions: ['*/read'] }]],
  [false, [{ actions: ['Microsoft.Network/privateEndpoints.write'] }]],
  [false, [{}]],
  [false, []],
])('permissions: %j: %j', (isAllowed, roles) => {
  expect(allows(roles, write)).toBe(isAllowed);
});

const rule = { direction: 'Inbound', access: 'Deny', protocol: 'Tcp', destinationPortRange: '*' };
test.each<[boolean, object]>([
  [true, {}],
  [true, { protocol: '*', destinationPortRange: '2524' }],
  [true, { destinationPortRange: '', destinationPortRanges: ['22', '2000-3000'] }],
  [false, { destinationPortRange: '1-1023' }],
  [false, { access: 'Allow' }],
  [false, { direction: 'Outbound' }],
  [false, { protocol: 'Udp' }],
])('rules of a network security group deny: %j %j', (isDenied, more) => {
  const rules = [{ name: 'r', properties: { ...rule, ...more } }];
  expect(denyingRules(rules, { from: 1024, to: 2524 })).toEqual(isDenied ? ['r'] : []);
});

const action = 'Microsoft.Network/privateEndpoints/write';
test.each<[object, { status?: number }, object]>([
  [
    { code: 'RetryableError', message: 'x', details: [{ code: 'ReferencedResourceNotProvisioned' }] },
    {},
    { mayPass: true },
  ],
  [{ code: 'AnotherOperationInProgress' }, { status: 409 }, { mayPass: true, mayHaveArrived: false }],
  [{ code: 'InternalServerError' }, { status: 500 }, { mayPass: true, mayHaveArrived: true }],
  [{ code: 'InternalServerError' }, {}, { mayPass: false }],
  [
    { code: 'InvalidResourceReference', message: 'Resource a.b/c not found. See docs.' },
    { status: 400 },
    { exit: 'notFound', message: `Azure rejected ${action}: Resource a.b/c not found (InvalidResourceReference).` },
  ],
  [{ code: 'LinkedAuthorizationFailed', message: 'x' }, { status: 403 }, { exit: 'notAllowed', mayPass: false }],
  [
    { code: 'InvalidTemplateDeployment', details: [{ code: 'ScopeLocked', message: 'x' }] },
    { status: 400 },
    { exit: 'conflict', errorCode: 'ScopeLocked' },
  ],
  [{ code: 'InvalidAuthenticationTokenTenant' }, { status: 401 }, { exit: 'notAllowed' }],
  [{}, { status: 418 }, { errorCode: 'HTTP 418' }],
])('errors: %j %j', (error, about, expected) => {
  expect(toArmError(error, action, about)).toMatchObject(expected);
});

describe('private endpoints', () => {
  const id = (name: string) =>
    `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/${name}`;
  const service = 'a'.repeat(24);
  const tags = { 'atlas-pe-service': service, 'atlas-pe-project': 'p' };

  test.each([
    [`atlas-pe-${service}`, tags, service],
    [`ATLAS-PE-${service}-2`, tags, service],
    ['mine', tags, null],
    [`atlas-pe-${service}`, { ...tags, 'atlas-pe-project': 'other' }, null],
    [`atlas-pe-${service}`, undefined, null],
  ])('%s with the tags %j belongs to %j', (name, tags, owner) => {
    expect(ownerOf(toPrivateEndpoint({ id: id(name), tags }), 'p')).toBe(owner);
  });

  test('anything may be missing', () => {
    expect([
      toPrivateEndpoint({}).state,
      toPrivateEndpoint(null).target,
      toSubnets({ properties: { subnets: [null] } })[0]?.name,
    ]).toEqual(['', '', '']);
  });
});
