import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gcpSandbox } from '../../helpers/gcp.js';

const own = 'projects/atlas-pe-sandbox';
const names = fc.constantFrom('mine', 'other', '__proto__', 'constructor', 'A', '', 'a%2fb', '..', '%');
const regions = fc.constantFrom('us-east4', 'us-east4', 'us-east4', 'us-east1', '__proto__', 'x');
const queries = fc.constantFrom(
  ...Array<string>(12).fill(''),
  ...['?requestId=', '?fields=', '?maxResults=-1', '?filter=a', '?alt=json&alt=json', '?__proto__=1'],
);
const values = fc.oneof(
  fc.constantFrom('INTERNAL', 'mine', '10.130.0.5', '', '..', `${own}/regions/us-east4/subnetworks/default`, true),
  fc.constantFrom(`${own}/global/networks/default`, `${own}/regions/us-east4/addresses/mine`, 'regions//addresses/'),
  fc.jsonValue({ maxDepth: 2 }),
);
const keys = fc.constantFrom(
  ...['name', 'description', 'addressType', 'purpose', 'subnetwork', 'address', 'labels', 'labelFingerprint'],
  ...[
    'target',
    'network',
    'IPAddress',
    'allowPscGlobalAccess',
    'fingerprint',
    'permissions',
    '__proto__',
    'constructor',
  ],
);
/** Requests that can succeed. */
const usual = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  region: fc.constant('us-east4'),
  collection: fc.constant('addresses'),
  rest: fc.constantFrom('', '', '/mine'),
  query: fc.constant(''),
  body: fc.constant({
    name: 'mine',
    addressType: 'INTERNAL',
    subnetwork: `${own}/regions/us-east4/subnetworks/default`,
  }),
});
const odd = fc.record({
  method: fc.constantFrom('GET', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT'),
  region: regions,
  collection: fc.constantFrom('addresses', 'addresses', 'forwardingRules', 'subnetworks', 'operations'),
  rest: fc.oneof(
    fc.constant(''),
    names.map((name) => `/${name}`),
    fc.constantFrom('/mine/setLabels', '/default/testIamPermissions', '/x/wait'),
  ),
  query: queries,
  body: fc.oneof(fc.dictionary(keys, values, { maxKeys: 5 }), fc.jsonValue({ maxDepth: 1 })),
});

test('any request gets an answer or an error of Google', async () => {
  const { google, clock } = await gcpSandbox();
  let answered = 0;
  const tryAll = fc.asyncProperty(fc.array(fc.oneof(odd, usual), { maxLength: 6 }), async (requests) => {
    for (const { method, region, collection, rest, query, body } of requests) {
      const path = `/compute/v1/${own}/regions/${region}/${collection}${rest}${query}`;
      const answer = await google(method, path, method === 'GET' ? undefined : body);
      clock.advance(500);
      const shape = { code: answer.status, message: expect.any(String), errors: [{ reason: expect.any(String) }] };
      if (answer.status === 200) answered++;
      else expect({ path, ...answer.body }).toMatchObject({ path, error: shape });
      expect([200, 400, 404, 409, 412, 501], path).toContain(answer.status);
    }
  });
  await fc.assert(tryAll, { numRuns: 100 });
  expect(answered).toBeGreaterThan(20);
});
