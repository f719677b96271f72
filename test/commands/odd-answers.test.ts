import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { neededRoles } from '../../src/atlas/errors.js';
import { fakeAtlas, json } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';

/* Responses with values of the wrong type, or names that every JavaScript object has. */

const id = '6b074f0407a4d16704be228c';
const attached = 'vpce-0123456789abcdef0';
const service = {
  cloudProvider: 'AWS',
  endpointServiceName: null,
  errorMessage: null,
  id,
  interfaceEndpoints: [attached],
  regionName: 'US_EAST_1',
  status: 'AVAILABLE',
  supportedRemoteRegions: null,
};

/** A fake Atlas with one service and one interface endpoint. Returns a function that runs a command against it. */
async function atlasWith(one: object, attachment: object = { connectionStatus: 'AVAILABLE' }) {
  const { run } = await fakeAtlas(({ url = '' }, response) => {
    const isList = url.endsWith('/endpointService');
    if (isList) json(response, 200, url.includes('/AWS/') ? [{ ...service, ...one }] : []);
    else if (url.includes('/endpoint/')) json(response, 200, { cloudProvider: 'AWS', ...attachment });
    else json(response, 200, { ...service, ...one });
  });
  return run;
}

describe.each(['constructor', '__proto__', 'toString'])('the status %s is shown unchanged', (status) => {
  test.each(['list', 'get us-east-1', 'interface list us-east-1'])('%s in a terminal', async (line) => {
    const run = await atlasWith({ status }, { connectionStatus: status });
    const screen = new Screen({ columns: 160, rows: 40, convertEol: true });
    expect(await run(line, { screen })).toMatchObject({ exitCode: 0 });
    await screen.written();
    expect(screen.lines().join('\n')).toContain(status);
  });
});

test.each([
  [{ detail: { a: 1 }, reason: { b: 2 }, errorCode: { c: 3 } }, 'Atlas rejected the request (HTTP 403).'],
  [{ detail: 5, reason: 'Forbidden', errorCode: 5 }, 'Forbidden (HTTP 403).'],
  [{ detail: 'No.', errorCode: '__proto__' }, 'No (__proto__ 403).'],
  [
    { detail: 'No.', badRequestDetail: { fields: [{ field: { a: 1 }, description: ['b'] }, null] } },
    'No. field: is not valid; field: is not valid (HTTP 403).',
  ],
])('the error %j has a readable message', async (body, message) => {
  const { run } = await fakeAtlas((_, response) => json(response, 403, body));
  const { exitCode, stderr } = await run('get us-east-1 --json --log-format json');
  expect([exitCode, JSON.parse(stderr).error]).toEqual([
    4,
    expect.objectContaining({
      message,
      hint: 'errorCode' in body && body.errorCode === '__proto__' ? null : neededRoles,
    }),
  ]);
});

test.each([
  'interface list us-east-1',
  'interface get us-east-1',
  'list --output terraform',
  'delete us-east-1 --cascade --yes',
])('a lone surrogate in an id does not look like a bug in %s', async (line) => {
  const run = await atlasWith({ interfaceEndpoints: ['\ud800'] });
  const { exitCode, stderr } = await run(line);
  expect([exitCode, stderr]).toEqual([expect.any(Number), expect.stringContaining("'\\ud800' is not a valid id")]);
  expect(stderr).not.toContain('bug');
});

test('JSON has every text of an endpoint as it was sent, except that regions have two spellings', async () => {
  const odd = fc.constantFrom(
    '\0',
    '\x1b',
    '\u202e',
    '\ufeff',
    '\ufffe',
    '\ud800',
    '\udc00',
    '\u{e0041}',
    '\u2028',
    '\\',
    '"',
  );
  const text = fc.string({ unit: fc.oneof(odd, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })) });
  const texts = fc.record({
    status: text,
    errorMessage: text,
    endpointServiceName: text,
    interfaceEndpoints: fc.array(text),
  });
  let sent = {};
  const { run } = await fakeAtlas((_, response) => json(response, 200, [{ ...service, ...sent }]));
  await fc.assert(
    fc.asyncProperty(texts, async (each) => {
      sent = each;
      for (const format of ['json', 'jsonl']) {
        const { stdout } = await run(`list --provider aws --output ${format}`);
        expect([JSON.parse(stdout)].flat()).toEqual([expect.objectContaining({ ...each, region: 'us-east-1' })]);
      }
    }),
  );
});
