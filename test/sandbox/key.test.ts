import { describe, expect, test } from 'vitest';
import { digestHeader, parseChallenge } from '../../src/atlas/digest.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import type { KeyRights } from '../../src/sandbox/key.js';
import { defaultProject, organization, type WorldOptions } from '../../src/sandbox/world.js';
import { runCli } from '../helpers/run-cli.js';
import { startSandbox } from '../helpers/sandbox.js';

const group = `/api/atlas/v2/groups/${defaultProject}`;
const services = `${group}/privateEndpoint/endpointService`;
const creation = JSON.stringify({ providerName: 'AWS', region: 'us-east-1' });

/** A sandbox whose credentials have these rights. */
async function withRights(rights: KeyRights, world: Partial<WorldOptions> = {}) {
  const sandbox = await startSandbox({ rights, world });
  const statusOf = async (path: string, body = '') => {
    const answer = await sandbox.ask(path, { body });
    return [answer.status, answer.body.errorCode];
  };
  return { ...sandbox, statusOf, [Symbol.asyncDispose]: sandbox.close };
}

/** The key, as the API describes it to a request that is signed with it. */
async function apiKey({ baseUrl }: { baseUrl: string }) {
  const [url, uri] = [`${baseUrl}/api/atlas/v2`, '/api/atlas/v2'];
  const accept = 'application/vnd.atlas.2023-01-01+json';
  const refused = await fetch(url, { headers: { accept } });
  const challenge = parseChallenge(refused.headers.get('www-authenticate') ?? '');
  const { publicKey: username, privateKey: password } = sandboxKeys;
  const request = { method: 'GET', uri, username, password, count: 1, cnonce: 'c' };
  const authorization = challenge && digestHeader(challenge, request);
  const answer = await fetch(url, { headers: { accept, authorization: authorization ?? '' } });
  return ((await answer.json()) as { apiKey: Record<string, unknown> }).apiKey;
}

describe('the roles of the key', () => {
  test.each([[undefined], [['GROUP_OWNER']], [['ORG_OWNER']], [['GROUP_READ_ONLY', 'ORG_OWNER']]] as const)(
    '%j may read and create',
    async (roles) => {
      await using sandbox = await withRights({ roles });
      expect(await sandbox.statusOf(services, creation)).toEqual([201, undefined]);
      expect(await sandbox.statusOf(group)).toEqual([200, undefined]);
    },
  );

  test.each([['GROUP_READ_ONLY'], ['ORG_READ_ONLY'], ['GROUP_CLUSTER_MANAGER', 'ORG_MEMBER']] as const)(
    '%j may only read',
    async (...roles) => {
      await using sandbox = await withRights({ roles });
      expect(await sandbox.statusOf(group)).toEqual([200, undefined]);
      expect(await sandbox.statusOf(services, creation)).toEqual([401, 'USER_UNAUTHORIZED']);
      const { status } = await sandbox.ask(`${group}/privateEndpoint/AWS/endpointService/${'a'.repeat(24)}`, {
        method: 'DELETE',
      });
      expect(status).toBe(401);
    },
  );

  test('a role without access to projects sees none', async () => {
    await using sandbox = await withRights({ roles: ['ORG_MEMBER'] });
    expect(await sandbox.statusOf(group)).toEqual([404, 'GROUP_NOT_FOUND']);
    expect((await sandbox.ask('/api/atlas/v2/groups')).body).toMatchObject({ results: [], totalCount: 0 });
    expect(await sandbox.statusOf('/api/atlas/v2/groups/byName/Sandbox')).toEqual([404, 'GROUP_NOT_FOUND']);
  });

  test('a command says which roles are needed', async () => {
    await using sandbox = await withRights({ roles: ['GROUP_READ_ONLY'] });
    const { env, clock } = sandbox;
    const { exitCode, stderr } = await runCli(['create', '--region', 'us-east-1', '--json', '--log-format', 'json'], {
      env,
      clock,
    });
    expect([exitCode, JSON.parse(stderr).error]).toEqual([
      4,
      expect.objectContaining({ errorCode: 'USER_UNAUTHORIZED', hint: expect.stringContaining('Project Owner') }),
    ]);
  });
});

describe('the access list of the key', () => {
  test.each([[[]], [['127.0.0.1']], [['10.0.0.0/8', '127.0.0.0/8']], [['::1', '127.0.0.1/32']]])(
    '%j accepts this machine',
    async (accessList) => {
      await using sandbox = await withRights({ accessList });
      expect(await sandbox.statusOf(group)).toEqual([200, undefined]);
    },
  );

  test.each(['/api/atlas/v2', '/api/atlas/v2/groups', group])('refuses other addresses for %s', async (path) => {
    await using sandbox = await withRights({ accessList: ['203.0.113.7', '2001:db8::/32'] });
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
    await using sandbox = await withRights(rights, world);
    expect(await apiKey(sandbox)).toEqual({
      ...{ id: expect.stringMatching(/^[0-9a-f]{24}$/), publicKey: sandboxKeys.publicKey },
      ...{ roles, accessList: [] },
    });
  });

  test('lists what is on the access list', async () => {
    await using sandbox = await withRights({ accessList: ['127.0.0.1', '10.0.0.0/8', '::1'] });
    expect((await apiKey(sandbox)).accessList).toEqual([
      { ipAddress: '127.0.0.1', cidrBlock: '127.0.0.1/32' },
      { ipAddress: null, cidrBlock: '10.0.0.0/8' },
      { ipAddress: '::1', cidrBlock: '::1/128' },
    ]);
  });

  test('has no key for a token', async () => {
    await using sandbox = await withRights({});
    expect(await sandbox.ask('/api/atlas/v2')).toEqual({
      status: 200,
      body: { apiKey: null, appName: 'MongoDB Atlas', build: expect.any(String), throttling: false },
    });
  });
});
