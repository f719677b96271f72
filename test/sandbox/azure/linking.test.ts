import { expect, test } from 'vitest';
import { privateEndpoint } from '../../helpers/azure.js';

test('the states of both sides, from the PUT until nothing is left', async () => {
  const { arm, atlas, service, path, states, address, created, id, clock } = await privateEndpoint();
  expect(created.status).toBe(201);
  const operation = created.headers.get('azure-asyncoperation') ?? '';
  expect((await arm('GET', operation)).body).toEqual({ status: 'InProgress' });
  expect(await states()).toEqual(['Updating', 'Pending']);
  expect(await address()).toBeUndefined();
  clock.advance(1000);
  expect((await arm('GET', operation)).body).toEqual({ status: 'Succeeded' });
  expect(await states()).toEqual(['Succeeded', 'Pending']);

  expect((await atlas.attach(service.id, id, await address())).status).toBe(201);
  expect(await states()).toEqual(['Succeeded', 'Pending']);
  clock.advance(500);
  expect(await states()).toEqual(['Succeeded', 'Approved']);
  clock.advance(500);
  expect(await atlas.attachment(service.id, id)).toEqual(['AVAILABLE', null]);
  await atlas.detach(service.id, id);
  expect(await states()).toEqual(['Succeeded', 'Approved']);
  clock.advance(1000);
  expect(await states()).toEqual(['Succeeded', 'Disconnected']);

  const gone = await arm('DELETE', path);
  expect(gone.status).toBe(202);
  expect(await states()).toEqual(['Deleting', 'Disconnected']);
  clock.advance(1000);
  expect((await arm('GET', gone.headers.get('azure-asyncoperation') ?? '')).body).toEqual({ status: 'Succeeded' });
  expect((await arm('GET', path)).status).toBe(404);
  expect((await arm('DELETE', path)).status).toBe(204);
});
