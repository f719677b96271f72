import { describe, expect, test } from 'vitest';
import { errorsByCode } from '../../src/sandbox/errors-by-code.js';
import type { ClusterSpec } from '../../src/sandbox/world.js';
import { ownSandbox, vpce } from '../helpers/run-cli.js';

/* What commands do with errors of Atlas, as a faults file names them by their code. */

const google = ['US_EAST_4', 'CENTRAL_US', 'WESTERN_EUROPE'].map((atlasRegion) => ({
  provider: 'GCP' as const,
  atlasRegion,
}));
const shop: ClusterSpec = { name: 'shop', regions: google };
const own = ownSandbox({ world: { clusters: [shop], readyAfter: 1000 } });
const { ends, succeeds } = own;

const fault = (code: string, more: object = {}) => ({ code, status: errorsByCode[code]?.status, ...more });
const refusedCapacity = (...counts: number[]) =>
  fault('ATLAS_GENERAL_ERROR', {
    method: 'POST',
    path: '*/endpointService',
    nth: counts.map((count) => ({ from: count, to: count })),
  });

describe.each(['ORG_REQUIRES_ACCESS_LIST', 'IP_ADDRESS_NOT_ON_ACCESS_LIST', 'ORG_REQUIRES_WHITELIST'])(
  '%s',
  (code) => {
    const add = 'Hint: Add 127.0.0.1 to the access list of the API key or service account';

    test.each(['list', 'get us-east-1', 'create us-east-1', 'connect us-east-1 --yes', 'projects'])(
      '%s names the address, and says nothing about roles',
      async (line) => {
        own.faults = [fault(code)];
        const { stderr } = await ends(line, 4, add);
        expect(stderr).not.toMatch(/role|Project Owner/);
      },
    );

    test('whoami shows the credentials, and doctor finds it', async () => {
      own.faults = [fault(code)];
      const { stdout } = await ends('whoami --json', 0, add.slice(6));
      expect(JSON.parse(stdout)).toMatchObject({ onAccessList: false, projects: null });
      await ends('doctor', 6, '', /✖ .*\n +Add 127\.0\.0\.1 to the access list of the API key/);
    });
  },
);

describe('creates at the same time, of which Atlas refuses some for capacity', () => {
  test('are sent one after the other', async () => {
    let [open, most] = [0, 0];
    own.sandbox.server.prependListener('request', ({ method, url = '' }, response) => {
      if (method !== 'POST' || !url.endsWith('/endpointService')) return;
      most = Math.max(most, ++open);
      response.on('close', () => open--);
    });
    own.faults = [{ method: 'POST', path: '*/endpointService', delayMs: 500 }];
    await succeeds('connect --cluster shop --yes');
    expect([open, most]).toEqual([0, 1]);
  });

  test.each([
    ['create us-east4 --provider gcp', 1],
    ['connect --cluster shop --yes', 3],
  ])('%s: sends one again after 5 to 10 s, twice', async (line, count) => {
    own.faults = [refusedCapacity(1, 2)];
    const { stderr } = await succeeds(line);
    expect(stderr).toMatch(/Warning: .*No Capacity.* Retrying in 8s\./);
    expect((await own.json('list')).length).toBe(count);
    expect(own.sandbox.clock.sleeps.filter((ms) => ms === 7500)).toHaveLength(2);
  });

  test('a third refusal is an error, and nothing was created', async () => {
    own.faults = [refusedCapacity(1, 2, 3)];
    await ends('create us-east-1', 1, 'Hint: Atlas has no capacity there now. Try again later, or use another');
    expect(await own.json('list')).toEqual([]);
  });

  test('Ctrl-C before it is sent again: nothing was created', async () => {
    own.faults = [refusedCapacity(1, 2)];
    const { stderr } = await ends('create us-east-1', 130, 'Interrupted.', '', {
      onStderr: (text, interrupt) => text.includes('Retrying') && interrupt('SIGINT'),
    });
    expect(stderr).not.toContain('may or may not');
  });

  test.each(['NO_CAPACITY', 'REGION_UNAVAILABLE'])('%s is not sent again', async (code) => {
    own.faults = [fault(code, { method: 'POST' })];
    await ends('create us-east-1', 1, 'Hint: Atlas has no capacity there now.');
    expect(own.sandbox.exchanges.filter(({ status }) => status === 409)).toHaveLength(1);
  });
});

test('a maintenance passes, or is said', async () => {
  const during = fault('WRITES_NOT_ALLOWED_DURING_APP_UPGRADES', { method: 'POST' });
  own.faults = [{ ...during, nth: [{ from: 1, to: 2 }] }];
  await succeeds('create us-east-1');
  own.faults = [during];
  await ends('create us-east-2', 1, 'Hint: Atlas is in maintenance. Try again later.');
});

describe('an interface endpoint', () => {
  const attached = async () => {
    await succeeds('create us-east-1 --wait');
    await succeeds(`interface add us-east-1 ${vpce('1')}`);
    own.sandbox.exchanges.length = 0;
  };

  test('is gone if its path answers 404, whatever the code', async () => {
    await attached();
    own.faults = [{ method: 'GET', path: `*/endpoint/${vpce('1')}`, status: 404, code: 'A_CODE_OF_ITS_OWN' }];
    await ends(`interface remove us-east-1 ${vpce('1')} --yes --wait`, 0);
    await ends(`interface get us-east-1 ${vpce('1')}`, 3);
  });

  test('is there already if a read finds it after any 409', async () => {
    await attached();
    own.faults = [{ method: 'POST', path: '*/endpoint', status: 409, code: 'A_CODE_OF_ITS_OWN' }];
    await ends(`interface add us-east-1 ${vpce('1')} --if-not-exists`, 0);
    await ends(`interface add us-east-1 ${vpce('1')}`, 5, 'To use the existing one:');
    await ends(`interface add us-east-1 ${vpce('2')}`, 5, /^Error: .*\(A_CODE_OF_ITS_OWN 409\)\.\n$/);
  });
});

test('remote regions exist only on AWS', async () => {
  const path = '/api/atlas/v2/groups/64f0c2a7e1b2c3d4e5f60718/privateEndpoint/endpointService';
  const body = JSON.stringify({ providerName: 'AZURE', region: 'US_EAST_2', supportedRemoteRegions: ['US_WEST'] });
  expect(await own.sandbox.ask(path, { body })).toMatchObject({
    status: 404,
    body: { errorCode: 'PROVIDER_UNSUPPORTED' },
  });
});
