import { expect, test } from 'vitest';
import { refusingProxy } from '../helpers/listen.js';
import { ownSandbox } from '../helpers/run-cli.js';

const own = ownSandbox();

async function behindProxy() {
  const { AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_STS, ...rest } = own.sandbox.env;
  const { url, targets } = await refusingProxy('502 Bad Gateway');
  return { env: { ...rest, HTTPS_PROXY: url }, targets };
}

test('requests to AWS go through the proxy that the environment names', async () => {
  const { env, targets } = await behindProxy();
  const said = /Cannot reach AWS for sts:GetCallerIdentity/;
  const { stderr } = await own.ends('connect us-east-1 --yes', 1, said, '', { env });
  expect(new Set(targets)).toEqual(new Set(['sts.us-east-1.amazonaws.com:443']));
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
  const { env, targets } = await behindProxy();
  await own.atlas(`connect ${region} --yes`, { env });
  expect(new Set(targets)).toEqual(new Set([host]));
});
