import { expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { testSandbox } from '../helpers/sandbox.js';

const streams = `/api/atlas/v2/groups/${defaultProject}/streams/privateLinkConnections`;
const accept = 'application/vnd.atlas.2025-03-12+json';
const confluent = { provider: 'AWS', vendor: 'CONFLUENT', region: 'US_EAST_1', serviceEndpointId: 'a' };

/** A sandbox with streams. Those that are not new are ready. */
async function withStreams(...bodies: readonly object[]) {
  const sandbox = await testSandbox();
  const ids: string[] = [];
  for (const each of bodies) {
    sandbox.clock.advance(1000);
    ids.push((await sandbox.ask(streams, { body: JSON.stringify(each), accept })).body._id);
  }
  const change = async (id = '', body: object = {}, type = accept) => {
    const answer = await sandbox.ask(`${streams}/${id}`, {
      method: 'PATCH',
      body: JSON.stringify(body),
      accept: type,
    });
    return [answer.status, answer.body.errorCode ?? answer.body.dnsDomain];
  };
  return { ...sandbox, ids, change };
}

test('the DNS domain of a stream can be set once, and changed until Atlas begins', async () => {
  const { ids, change, ask, clock } = await withStreams(confluent, confluent);
  const [first, second] = ids;
  expect(await change(second, { dnsDomain: 'a.example' })).toEqual([200, 'a.example']);
  expect(await change(second, { dnsDomain: 'b.example' })).toEqual([200, 'b.example']);
  clock.advance(60_000);
  expect(await change(first, { dnsDomain: 'c.example' })).toEqual([200, 'c.example']);
  for (const id of ids) expect(await change(id, { dnsDomain: 'd.example' })).toEqual([400, 'INVALID_ATTRIBUTE']);
  const { body } = await ask(`${streams}/${first}`, { accept });
  expect(body).toMatchObject({ ...confluent, dnsDomain: 'c.example', state: 'DONE' });
});

test.each<[what: string, made: object, body: object]>([
  ['another vendor', { ...confluent, vendor: 'S3' }, { dnsDomain: 'a.example' }],
  ['another cloud', { ...confluent, provider: 'AZURE' }, { dnsDomain: 'a.example' }],
  ['no text', confluent, { dnsDomain: 1 }],
  ['nothing', confluent, {}],
])('a change with %s is refused', async (_, made, body) => {
  const { ids, change } = await withStreams(made);
  expect(await change(ids[0], body)).toEqual([400, 'INVALID_ATTRIBUTE']);
});

test('a change needs a stream that is there, and the version that has it', async () => {
  const { ids, change, ask } = await withStreams(confluent);
  const body = { dnsDomain: 'a.example' };
  expect(await change('0'.repeat(24), body)).toEqual([404, 'RESOURCE_NOT_FOUND']);
  expect(await change(ids[0], body, 'application/vnd.atlas.2023-02-01+json')).toEqual([406, 'NOT_ACCEPTABLE']);
  const other = `/api/atlas/v2/groups/${defaultProject}/encryptionAtRest/AWS/privateEndpoints/${'0'.repeat(24)}`;
  expect((await ask(other, { method: 'PATCH', body: '{}', accept })).status).toBe(501);
});
