import { describe, expect, test } from 'vitest';
import { toArmError } from '../../../src/cloud-side/azure/explain.js';
import { inboundRules } from '../../../src/cloud-side/azure/inspect.js';
import { azureOwner, toPrivateEndpoint, toSubnets } from '../../../src/cloud-side/azure/model.js';
import { allows } from '../../../src/cloud-side/azure/rehearse.js';
import { opening } from '../../../src/cloud-side/ports.js';

/* What ARM's answers mean. */

describe('permissions', () => {
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
  ])('%j: %j', (isAllowed, roles) => {
    expect(allows(roles, write)).toBe(isAllowed);
  });
});

describe('rules of a network security group', () => {
  const rule = (priority: number, access: string, more: object = {}) => ({
    name: `r${priority}`,
    properties: {
      ...{ priority, access, direction: 'Inbound', protocol: 'Tcp' },
      ...{ sourceAddressPrefix: '*', destinationPortRange: '*', ...more },
    },
  });
  const ports = { from: 1024, to: 2524, inUse: [1024, 1025] };
  const end = rule(65_500, 'Deny');

  test.each<[string, object[]]>([
    ['success', [rule(65_000, 'Allow', { sourceAddressPrefix: 'VirtualNetwork' }), end]],
    [
      'success',
      [end, rule(100, 'Allow', { destinationPortRange: undefined, destinationPortRanges: ['1000-2000', '2001-3000'] })],
    ],
    [
      'success',
      [rule(100, 'Deny', { direction: 'Outbound' }), rule(101, 'Deny', { protocol: 'Udp' }), rule(102, 'Allow')],
    ],
    ['success', [rule(100, 'Deny', { sourceAddressPrefix: '10.9.0.0/16' }), rule(101, 'Allow')]],
    ['error', [rule(100, 'Deny', { sourceAddressPrefix: '10.0.0.9' }), rule(101, 'Allow')]],
    ['error', [rule(100, 'Allow', { sourceAddressPrefixes: ['10.9.0.0/16'], sourceAddressPrefix: undefined }), end]],
    ['warning', [rule(100, 'Deny', { destinationPortRange: '1026' }), rule(101, 'Allow')]],
    ['error', [rule(100, 'Deny', { destinationPortRange: '1024' }), rule(101, 'Allow')]],
  ])('%s: %j', async (result, rules) => {
    expect(opening(inboundRules(rules, ['10.0.0.9']), ports)).toBe(result);
  });
});

describe('errors', () => {
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
  ])('%j %j', (error, about, expected) => {
    expect(toArmError(error, action, about)).toMatchObject(expected);
  });
});

describe('private endpoints', () => {
  const id = (name: string) => `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/${name}`;
  const service = 'a'.repeat(24);
  const tags = { 'atlas-pe-service': service, 'atlas-pe-project': 'p' };

  test.each([
    [`atlas-pe-${service}`, tags, service],
    [`ATLAS-PE-${service}-2`, tags, service],
    ['mine', tags, null],
    [`atlas-pe-${service}`, { ...tags, 'atlas-pe-project': 'other' }, null],
    [`atlas-pe-${service}`, undefined, null],
  ])('%s with the tags %j belongs to %j', (name, tags, owner) => {
    expect(azureOwner(toPrivateEndpoint({ id: id(name), tags }), 'p')).toBe(owner);
  });

  test('anything may be missing', () => {
    expect([
      toPrivateEndpoint({}).state,
      toPrivateEndpoint(null).target,
      toSubnets({ properties: { subnets: [null] } })[0]?.name,
    ]).toEqual(['', '', '']);
  });
});
