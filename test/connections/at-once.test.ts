import { expect, test, vi } from 'vitest';
import type { Cloud } from '../../src/clouds/cloud.js';
import { readForDisconnect } from '../../src/connections/disconnect/found.js';
import { writeTerraform } from '../../src/connections/terraform.js';
import { endpointOf } from '../helpers/endpoint-of.js';
import { fakeContext } from '../helpers/fake-context.js';

/** Resolves once it was called so often. */
function meeting(count: number): () => Promise<void> {
  let [called, open] = [0, () => {}];
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (++called === count) open();
    return all;
  };
}

test('disconnect asks once who is signed in, then the regions of a service at once, in their order', async () => {
  const met = meeting(2);
  const signIn = vi.fn(async () => ({ account: 'a', principal: 'p', shortPrincipal: 'p' }));
  const cloudIn = (region: string) => {
    return { region, signIn, find: async () => met().then(() => []) } as unknown as Cloud;
  };
  const { context } = fakeContext({ atlas: { getProject: async () => ({ id: 'project', name: 'x' }) } });
  const service = endpointOf();
  const target = {
    projectId: 'project',
    provider: 'AWS',
    region: 'us-east-1',
    service,
    atlasRegion: 'US_EAST_1',
    serviceId: undefined,
  } as const;
  const about = { ...target, named: undefined, keepsService: false };
  const clouds = [cloudIn('us-east-1'), cloudIn('us-west-2')] as const;
  await readForDisconnect(context, about, clouds);
  expect(signIn).toHaveBeenCalledTimes(1);
});

test('the Terraform format asks for the ends of two services at the same time', async () => {
  const met = meeting(2);
  const endpoints = ['6a793f68c0eb9e7a17715835', '6a793f68c0eb9e7a17715836'].map((id, index) =>
    endpointOf({ id, interfaceEndpoints: [`vpce-${String(index).repeat(17)}`] }),
  );
  const getInterface = async (_: unknown, id: string) => ({ id, status: 'AVAILABLE', region: 'us-east-1' }) as never;
  const { context } = fakeContext({ atlas: { getInterface } });
  const open = async () => ({ inspect: async () => met().then(() => null) });
  const text = await writeTerraform(context, { endpoints, whole: false }, open, () => undefined);
  expect(text.match(/It is not in this AWS account/g)).toHaveLength(2);
});
