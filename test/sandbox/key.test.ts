import { describe, expect, test } from 'vitest';
import { parseChallenge } from '../../src/atlas/digest.js';
import { type KeyRights, sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject, organization, type WorldOptions } from '../../src/sandbox/world.js';
import { testSandbox } from '../helpers/sandbox.js';
import { ask, digest } from '../helpers/wire.js';

const group = `/api/atlas/v2/groups/${defaultProject}`;
const services = `${group}/privateEndpoint/endpointService`;
const creation = JSON.stringify({ providerName: 'AWS', region: 'us-east-1' });

/** A sandbox whose credentials have these rights. */
async function withRights(rights: KeyRights, world: Partial<WorldOptions> = {}) {
  const sandbox = await testSandbox({ rights, world });
  const statusOf = async (path: string, body = '') => {
    const answer = await sandbox.ask(path, { body });
    return [answer.status, answer.body.errorCode];
  };
  return { ...sandbox, statusOf };
}

/** The key, as the API describes it to a request that is signed with it. */
async function apiKey({ baseUrl }: { baseUrl: string }) {
  const uri = '/api/atlas/v2';
  const challenge = parseChallenge((await ask(baseUrl, uri)).headers.get('www-authenticate') ?? '');
  const { body } = await ask(baseUrl, uri, { ...(challenge && { headers: digest(challenge, uri) }) });
  return body.apiKey;
}

describe('the roles of the key', () => {
  test.each([
    [undefined],
    [['GROUP_OWNER']],
    [['GROUP_NETWORK_ACCESS_MANAGER']],
    [['GROUP_READ_ONLY', 'GROUP_OWNER']],
  ] as const)('%j may read and create', async (roles) => {
    const sandbox = await withRights({ roles });
    expect(await sandbox.statusOf(services, creation)).toEqual([201, undefined]);
    expect(await sandbox.statusOf(group)).toEqual([200, undefined]);
  });

  test.each([['GROUP_READ_ONLY'], ['GROUP_READ_ONLY', 'ORG_MEMBER']] as const)('%j only reads', async (...roles) => {
    const sandbox = await withRights({ roles });
    expect(await sandbox.statusOf(group)).toEqual([200, undefined]);
    expect(await sandbox.statusOf(services, creation)).toEqual([401, 'USER_UNAUTHORIZED']);
    const { status } = await sandbox.ask(`${group}/privateEndpoint/AWS/endpointService/${'a'.repeat(24)}`, {
      method: 'DELETE',
    });
    expect(status).toBe(401);
  });

  test('a role without access to projects sees none', async () => {
    const sandbox = await withRights({ roles: ['ORG_MEMBER'] });
    expect(await sandbox.statusOf(group)).toEqual([404, 'GROUP_NOT_FOUND']);
    expect((await sandbox.ask('/api/atlas/v2/groups')).body).toMatchObject({ results: [], totalCount: 0 });
    expect(await sandbox.statusOf('/api/atlas/v2/groups/byName/Sandbox')).toEqual([404, 'GROUP_NOT_FOUND']);
  });
});

describe('the access list of the key', () => {
  test.each([[[]], [['127.0.0.1']], [['10.0.0.0/8', '127.0.0.0/8']], [['203.0.113.7', '127.0.0.1/32']]])(
    '%j accepts this machine',
    async (accessList) => {
      const sandbox = await withRights({ accessList });
      expect(await sandbox.statusOf(group)).toEqual([200, undefined]);
    },
  );

  test.each(['/api/atlas/v2', '/api/atlas/v2/groups', group])('refuses other addresses for %s', async (path) => {
    const sandbox = await withRights({ accessList: ['203.0.113.7', '10.0.0.0/8'] });
    const { status, body } = await sandbox.ask(path);
    expect([status, body]).toEqual([
      403,
      expect.objectContaining({ errorCode: 'IP_ADDRESS_NOT_ON_ACCESS_LIST', parameters: ['127.0.0.1'] }),
    ]);
    expect(body.detail).toContain('127.0.0.1');
  });
});

describe('GET /api/atlas/v2', () => {
  test.each<[string, KeyRights, Partial<WorldOptions>, unknown[]]>([
    ['a project', {}, {}, [{ roleName: 'GROUP_OWNER', groupId: defaultProject }]],
    ['any project', {}, { projects: 'any' }, [{ roleName: 'ORG_OWNER', orgId: organization }]],
    [
      'several roles',
      { roles: ['ORG_MEMBER', 'GROUP_READ_ONLY'] },
      { projects: ['1'.repeat(24), '2'.repeat(24)] },
      [
        { roleName: 'ORG_MEMBER', orgId: organization },
        { roleName: 'GROUP_READ_ONLY', groupId: '1'.repeat(24) },
        { roleName: 'GROUP_READ_ONLY', groupId: '2'.repeat(24) },
      ],
    ],
  ])('names the roles of the key for %s', async (_, rights, world, roles) => {
    expect(await apiKey(await withRights(rights, world))).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      publicKey: sandboxKeys.publicKey,
      roles,
      accessList: [],
    });
  });

  test('lists what is on the access list', async () => {
    const sandbox = await withRights({ accessList: ['127.0.0.1', '10.0.0.0/8'] });
    expect((await apiKey(sandbox)).accessList).toEqual([
      { ipAddress: '127.0.0.1', cidrBlock: '127.0.0.1/32' },
      { ipAddress: null, cidrBlock: '10.0.0.0/8' },
    ]);
  });

  test('has no key for a token', async () => {
    const sandbox = await withRights({});
    expect(await sandbox.ask('/api/atlas/v2')).toEqual({
      status: 200,
      body: { apiKey: null, appName: 'MongoDB Atlas', build: expect.any(String), throttling: false },
    });
  });
});
