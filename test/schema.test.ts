import { expect, test } from 'vitest';
import { endpointKeys, interfaceKeys } from '../src/atlas/keys.js';
import { serviceStatuses } from '../src/atlas/model.js';
import { providers } from '../src/clouds/all.js';
import { settingNames } from '../src/config/settings.js';
import { defaultProject } from '../src/sandbox/world.js';
import { withEndpointKeys } from '../tools/schema-keys.js';
import { examples } from './helpers/clouds.js';
import { blocks } from './helpers/documents.js';
import { endpointOf } from './helpers/endpoint-of.js';
import { runCli, sharedSandbox } from './helpers/run-cli.js';
import { closed, resolved, schema, shipped } from './helpers/schema.js';

/* Tests the schema itself. commands/json.test.ts checks that commands print what it describes. */

const shared = sharedSandbox();

test('every definition and every key has a title and a description', () => {
  const keys = Object.entries(schema.$defs).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties).map(([key, definition]) => [`${name}.${key}`, resolved(definition)] as const),
  );
  for (const [name, { title, description }] of [...Object.entries(schema.$defs), ...keys]) {
    expect([title, description], name).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\.$/)]);
  }
});

test('every key that can be null explains what null means', () => {
  for (const [name, { properties = {} }] of Object.entries(schema.$defs)) {
    for (const [key, definition] of Object.entries(properties)) {
      const { type, enum: values, anyOf, description } = resolved(definition);
      if (/null/.test(JSON.stringify({ type, values, anyOf })))
        expect(description, `${name}.${key}`).toMatch(/null/i);
    }
  }
});

test('only keys that options or clouds add are optional', () => {
  const optional = Object.entries(schema.$defs).flatMap(([name, { properties = {}, required = [] }]) =>
    Object.keys(properties).flatMap((key) => (required.includes(key) ? [] : [`${name}.${key}`])),
  );
  expect(optional.toSorted()).toEqual([
    'AwsEndpoint.breaks',
    'AwsEndpoint.check',
    'AwsInterfaceEndpoint.breaks',
    'AzureEndpoint.breaks',
    'AzureEndpoint.check',
    'AzureInterfaceEndpoint.breaks',
    'DoctorCheck.category',
    'GcpEndpoint.breaks',
    'GcpEndpoint.check',
    'GcpInterfaceEndpoint.breaks',
    'GoneEndpoint.breaks',
    'GoneInterfaceEndpoint.breaks',
    'ProgressDetails.step',
    'RequestBody.portMappingEnabled',
    'RequestBody.supportedRemoteRegions',
    'Setting.origin',
    'connectCloud.globalAccess',
    'connectCloud.ipAddress',
    'connectCloud.resourceGroup',
    'connectCloud.securityGroups',
  ]);
});

test('known names match those of the program', () => {
  const { settingName, endpointStatus } = schema.$defs;
  expect(settingName?.examples).toEqual(settingNames);
  expect(endpointStatus?.examples).toEqual([...serviceStatuses, 'DELETED']);
  expect(schema.$defs.provider?.enum).toEqual(providers);
  const clouds = cloudsOf('InterfaceEndpoint');
  expect([...clouds.keys()]).toEqual(providers);
  const described = [...clouds.values()].flatMap((kind) => Object.keys(schema.$defs[kind]?.properties ?? {}));
  expect([...new Set(described)].sort()).toEqual([...interfaceKeys, 'breaks'].sort());
});

test('the keys of an endpoint are those of the program (update them with npm run reference)', () => {
  expect([...cloudsOf('Endpoint').keys()]).toEqual(providers);
  expect(JSON.stringify(schema, null, 2)).toBe(JSON.stringify(withEndpointKeys(schema), null, 2));
});

/** Returns the definition for each cloud, by provider. */
function cloudsOf(name: string): Map<unknown, string> {
  const refs = (schema.$defs[name]?.anyOf ?? []) as { $ref: string }[];
  const kinds = refs.map(({ $ref }) => $ref.replace('#/$defs/', ''));
  return new Map(kinds.map((kind) => [schema.$defs[kind]?.properties?.provider?.const, kind]));
}

const endpoint = endpointOf({ projectId: defaultProject });

test.each<[string, unknown, boolean]>([
  ['as it is', endpoint, true],
  ['a status that Atlas has added', { ...endpoint, status: 'HIBERNATING' }, true],
  ['a key that a later version has added', { ...endpoint, added: 1 }, true],
  ['no id', { ...endpoint, id: undefined }, false],
  ['an id that is none', { ...endpoint, id: 'us-east-1' }, false],
  ['no status', { ...endpoint, status: null }, false],
  ['a number for a status', { ...endpoint, status: 1 }, false],
  ['null for a list', { ...endpoint, interfaceEndpoints: null }, false],
  ['a list of numbers', { ...endpoint, supportedRemoteRegions: [1] }, false],
  ['another cloud, without its keys', { ...endpoint, provider: 'AZURE' }, false],
  ['a cloud that is not known', { ...endpoint, provider: 'IBM' }, false],
  ['a list of it', [endpoint], false],
])('an endpoint with %s', (_, value, isFine) => {
  const given = JSON.parse(JSON.stringify(value));
  expect(shipped('#/$defs/get', given).length === 0).toBe(isFine);
  expect(shipped('#/$defs/list', [given]).length === 0).toBe(isFine);
});

test('foreign values are invalid', () => {
  for (const value of [null, 1, 'text', {}, [1], [{}], { error: 'text' }, { error: { code: 'usage' } }]) {
    expect(shipped('#', value), JSON.stringify(value)).not.toEqual([]);
  }
  expect(shipped('#/$defs/nope', {})).not.toEqual([]);
});

test('with `closed`, an unknown key is invalid', () => {
  expect(closed('#/$defs/get', endpoint)).toEqual([]);
  expect(closed('#/$defs/get', { ...endpoint, added: 1 })).not.toEqual([]);
});

test('the JSON in the documentation is valid', () => {
  const shown = blocks.filter(({ language }) => language === 'json').map(({ text }) => JSON.parse(text));
  expect(shown.length).toBeGreaterThan(0);
  for (const value of shown) expect(closed('#', value)).toEqual([]);
});

test("with --fields, each key is valid, or null if the object doesn't have it", async () => {
  const { env, clock } = shared.sandbox;
  const run = (line: string) => runCli(line.split(' '), { env, clock });
  const kinds = cloudsOf('Endpoint');
  for (const provider of providers) {
    const line = `create --region ${examples[provider].region} --provider ${provider.toLowerCase()}`;
    expect((await run(line)).exitCode).toBe(0);
  }
  const rows = JSON.parse((await run(`list --json --fields ${endpointKeys.join()}`)).stdout);
  expect(rows).toHaveLength(providers.length);
  for (const row of rows) {
    expect(Object.keys(row)).toEqual(endpointKeys);
    const kind = kinds.get(row.provider) ?? '';
    for (const [key, value] of Object.entries(row)) {
      if (key in (schema.$defs[kind]?.properties ?? {})) {
        expect(shipped(`#/$defs/${kind}/properties/${key}`, value), key).toEqual([]);
      } else expect(value, key).toBeNull();
    }
  }
});
