import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownSandbox } from '../helpers/own-sandbox.js';

const own = ownSandbox();
let asked: string[];
let proxy: ReturnType<typeof createServer>;
let url: string;
beforeEach(async () => {
  asked = [];
  proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(() => {
  proxy.close();
});

test('requests to AWS go through the proxy that the environment names', async () => {
  const { AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_STS, ...rest } = own.sandbox.env;
  const { stderr } = await own.ends('connect us-east-1 --yes', 1, /Cannot reach AWS for sts:GetCallerIdentity/, '', {
    env: { ...rest, HTTPS_PROXY: url },
  });
  expect(new Set(asked)).toEqual(new Set(['sts.us-east-1.amazonaws.com:443']));
  expect(stderr).toMatch(
    /Warning: Atlas requests go to http:\/\/127\.0\.0\.1:\d+, but AWS requests go to the real AWS/,
  );
});

test.each([
  ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com:443'],
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn:443'],
  ['eu-central-2', 'sts.eu-central-2.amazonaws.com:443'],
])('of %s they go to its own partition', async (region, host) => {
  const atlasRegion = region.toUpperCase().replaceAll('-', '_');
  await own.restart({ clusters: [{ name: 'There', regions: [{ provider: 'AWS', atlasRegion }] }] });
  const { AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_STS, ...rest } = own.sandbox.env;
  await own.atlas(`connect ${region} --yes`, { env: { ...rest, HTTPS_PROXY: url } });
  expect(new Set(asked)).toEqual(new Set([host]));
});
