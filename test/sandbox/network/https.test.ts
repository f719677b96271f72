import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openNetwork } from '../../helpers/network.js';
import { testSandbox } from '../../helpers/sandbox.js';

const network =
  '/azure/subscriptions/00000000-0000-4000-8000-00000000a71a/providers/Microsoft.Network/virtualNetworks';

async function get(url: string, ca: string) {
  const headers = { authorization: 'Bearer sandbox' };
  const [answer] = (await once(request(url, { headers, ca, agent: false }).end(), 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: JSON.parse(await text(answer)) };
}

test('the APIs over TLS answer with links over TLS, and outlive a client that does not trust them', async () => {
  const { server } = await testSandbox();
  await using own = await openNetwork({ attached: [] });
  const { baseUrl, close } = await own.network.serveHttps(server);
  const url = `${baseUrl}${network}?api-version=2024-05-01`;
  await expect(get(url, '')).rejects.toThrow('unable to verify');
  const { status, body } = await get(url, own.network.authority);
  expect([status, body.nextLink.startsWith(`${baseUrl}/azure/`)]).toEqual([200, true]);
  expect((await get(body.nextLink, own.network.authority)).body.value.length).toBeGreaterThan(0);
  await close();
  await expect(get(url, own.network.authority)).rejects.toThrow('ECONNREFUSED');
});
