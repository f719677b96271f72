import { describe, expect, test } from 'vitest';
import { createOwnEndpoint } from '../../../src/cloud-side/aws/create-endpoint.js';
import { createOwnGroup } from '../../../src/cloud-side/aws/create-group.js';
import type { Ec2 } from '../../../src/cloud-side/aws/ec2.js';
import type { NewEndpoint } from '../../../src/cloud-side/aws/requests.js';
import { readWanted } from '../../../src/cloud-side/aws/wanted.js';
import type { CloudContext } from '../../../src/cloud-side/cloud-side.js';
import { CloudError } from '../../../src/cloud-side/errors.js';
import { fakeClock } from '../../helpers/fake-clock.js';
import { endpoint, group, own, service, there } from './existing.js';

/* What a create does with each answer that AWS may give. */

function start() {
  const clock = fakeClock();
  const warned: string[] = [];
  const io = { warn: (message: string) => void warned.push(message) };
  const line: CloudContext = { clock, random: () => 0, signal: new AbortController().signal, io };
  return { clock, warned, line };
}

/** A function that gives these one after the other, and the last one for ever. */
function answers<T>(...all: (T | Error)[]) {
  return async () => {
    const next = all.length > 1 ? all.shift() : all[0];
    if (next instanceof Error) throw next;
    return next as T;
  };
}

const refusal = (errorCode: string, message = 'No.') => new CloudError(message, { errorCode });
const lost = new CloudError('No response.', { mayHaveArrived: true });
const checking = (what: string) => `No response. Checking whether the ${what} was created.`;

describe('a VPC endpoint', () => {
  const made = (id = 'vpce-new', more = {}) =>
    endpoint(id, 'pending', { createdAt: fakeClock().now(), tags: own, ...more });

  async function create(
    answer: () => Promise<ReturnType<typeof endpoint>>,
    { reads = answers<ReturnType<typeof endpoint>[]>([]), existing = there(), to = service } = {},
  ) {
    const { line, warned, clock } = start();
    const sent: NewEndpoint[] = [];
    const asked: unknown[] = [];
    const ec2 = {
      createEndpoint: (request: NewEndpoint) => {
        sent.push(request);
        return answer();
      },
      endpoints: (which: unknown) => {
        asked.push(which);
        return reads();
      },
      endpoint: async (id: string) => {
        asked.push({ ids: [id] });
        return (await reads())[0] ?? null;
      },
    } as unknown as Ec2;
    const result = await createOwnEndpoint(ec2, line, existing, to).catch((error: unknown) => error);
    return { result, sent, asked, warned, clock };
  }
  const tokens = (sent: readonly NewEndpoint[]) => new Set(sent.map(({ token }) => token)).size;

  test('is asked for with everything that is wanted', async () => {
    const wanted = { ...readWanted({ tag: ['team=data'] }), groups: ['sg-1'] };
    const { result, sent, asked } = await create(answers(made()), { existing: there({ wanted }) });
    const tags = { team: 'data', ...own };
    expect(result).toMatchObject({ id: 'vpce-new', tags });
    expect(sent).toEqual([
      {
        ...{ serviceName: service.target, serviceRegion: undefined, vpc: 'vpc-1', subnets: ['subnet-a', 'subnet-b'] },
        ...{
          groups: ['sg-1'],
          tags,
          token: expect.stringMatching(new RegExp(`^atlas-pe-${service.id}-[0-9a-f]{24}$`)),
        },
      },
    ]);
    expect(sent[0]?.token?.length).toBeLessThanOrEqual(64);
    expect(asked).toEqual([]);
  });

  test('of a service in another region names that region', async () => {
    const { sent } = await create(answers(made()), { existing: there({ region: 'eu-west-1' }) });
    expect(sent[0]?.serviceRegion).toBe('us-east-1');
  });

  test('has the same token for the same service, VPC and subnets, and another one for others', async () => {
    const tokenOf = async (existing = there(), to = service) =>
      (await create(answers(made()), { existing, to })).sent[0]?.token;
    const usual = await tokenOf();
    const { subnets, vpc } = there();
    expect(await tokenOf(there({ subnets: subnets.toReversed() }))).toBe(usual);
    const others = [
      await tokenOf(there({ subnets: subnets.slice(1) })),
      await tokenOf(there({ vpc: vpc && { ...vpc, id: 'vpc-2' } })),
      await tokenOf(there(), { ...service, target: 'other' }),
      await tokenOf(there(), { ...service, id: '6a793f68c0eb9e7a17715836' }),
    ];
    expect(new Set([usual, ...others]).size).toBe(5);
  });

  test.each(['deleted', 'deleting', 'rejected', 'failed', 'expired'])(
    'is asked for with another token if AWS answers with one that is %s',
    async (state) => {
      const { result, sent } = await create(answers({ ...made('vpce-old'), state }, made()));
      expect([result, sent.length, tokens(sent)]).toEqual([expect.objectContaining({ id: 'vpce-new' }), 2, 2]);
    },
  );

  test('is asked for with another token if AWS answers with one that Atlas has refused', async () => {
    const to = { ...service, refused: ['vpce-old'] };
    const { result, sent } = await create(answers(made('vpce-old'), made()), { to });
    expect([result, tokens(sent)]).toEqual([expect.objectContaining({ id: 'vpce-new' }), 2]);
  });

  test('is given up after ten tokens', async () => {
    const { result, sent } = await create(answers({ ...made(), state: 'deleted' }));
    expect([sent.length, tokens(sent)]).toEqual([10, 10]);
    expect(result).toMatchObject({
      exit: 'unexpected',
      message: 'AWS keeps returning a deleted VPC endpoint instead of creating one.',
      hint: { text: expect.stringContaining('--subnet') },
    });
  });

  const now = fakeClock().now();
  test.each([
    ['just created', now - 59_999, undefined, 1],
    ['without a date', 0, undefined, 1],
    ['older, and still there', now - 60_000, [made()], 1],
    ['older, and gone by now', now - 60_000, [{ ...made(), state: 'deleted' }], 2],
  ])('that is %s is taken as it is, or asked for again', async (_, createdAt, read, count) => {
    const reads = answers<ReturnType<typeof endpoint>[]>(read ?? new Error('Nothing is read.'));
    const { sent, asked } = await create(answers(made('vpce-new', { createdAt }), made('vpce-2')), { reads });
    expect(sent).toHaveLength(count);
    if (read) expect(asked).toEqual([{ ids: ['vpce-new'] }]);
  });

  test('that AWS no longer knows is asked for again', async () => {
    const reads = answers<ReturnType<typeof endpoint>[]>([]);
    const answer = answers(made('vpce-old', { createdAt: 1 }), made());
    const { result, clock } = await create(answer, { reads });
    expect(result).toMatchObject({ id: 'vpce-new' });
    expect(clock.sleeps).toEqual([0, 3000, 7000]);
  });

  test('that cannot be read is an error', async () => {
    const fault = new CloudError('No.', { exit: 'notAllowed', errorCode: 'UnauthorizedOperation' });
    const { result } = await create(answers(made('vpce-old', { createdAt: 1 })), {
      reads: answers<ReturnType<typeof endpoint>[]>(fault),
    });
    expect(result).toBe(fault);
  });

  describe('whose answer was lost', () => {
    test('is looked for, and taken if it is there', async () => {
      const found = endpoint('vpce-theirs', 'available');
      const { result, sent, asked, warned } = await create(answers<typeof found>(lost), { reads: answers([found]) });
      expect([result, sent.length, warned]).toEqual([found, 1, [checking('VPC endpoint')]]);
      expect(asked).toEqual([{ filters: { 'service-name': service.target, 'vpc-id': 'vpc-1' } }]);
    });

    test('is not taken if nothing can come of it', async () => {
      const to = { ...service, refused: ['vpce-1'] };
      const useless = [endpoint('vpce-1', 'available'), endpoint('vpce-2', 'deleted')];
      const { result } = await create(answers<(typeof useless)[0]>(lost, made()), { to, reads: answers(useless) });
      expect(result).toMatchObject({ id: 'vpce-new' });
    });

    test('is asked for once more with the same token, and then given up', async () => {
      const { result, sent, warned } = await create(answers<ReturnType<typeof endpoint>>(lost));
      expect([result, sent.length, tokens(sent)]).toEqual([lost, 2, 1]);
      expect(warned).toEqual([checking('VPC endpoint'), checking('VPC endpoint')]);
    });
  });

  test('for whose token AWS has something else is looked for, and asked for with another token', async () => {
    const other = refusal('IdempotentParameterMismatch');
    const { result, sent } = await create(answers<ReturnType<typeof endpoint>>(other, made()));
    expect([result, tokens(sent)]).toEqual([expect.objectContaining({ id: 'vpce-new' }), 2]);
  });

  test.each(['RouteTableNotFound', 'VpcEndpointLimitExceeded'])(
    'that AWS refuses with %s is not asked for again',
    async (code) => {
      const fault = refusal(code, 'It is about subnet-a.');
      const { result, sent } = await create(answers<ReturnType<typeof endpoint>>(fault));
      expect([result, sent.length]).toEqual([fault, 1]);
    },
  );

  describe('in a zone that the service lacks', () => {
    const zone = (code: string, id: string) =>
      refusal(code, `The VPC endpoint service does not support the zone of (${id}).`);

    test.each(['InvalidParameter', 'InvalidParameterValue'])('goes without its subnet after %s', async (code) => {
      const { result, sent } = await create(answers<ReturnType<typeof endpoint>>(zone(code, 'subnet-a'), made()));
      expect(result).toMatchObject({ id: 'vpce-new' });
      expect(sent.map(({ subnets }) => subnets)).toEqual([['subnet-a', 'subnet-b'], ['subnet-b']]);
      expect(tokens(sent)).toBe(2);
    });

    test('is an error if the user named the subnets, or if there are no others', async () => {
      const wanted = readWanted({ subnet: ['subnet-0123456789abcdef0'] });
      const { subnets } = there();
      for (const existing of [there({ wanted }), there({ subnets: subnets.slice(0, 1) })]) {
        const { result, sent } = await create(
          answers<ReturnType<typeof endpoint>>(zone('InvalidParameter', 'subnet-a')),
          { existing },
        );
        expect([result, sent.length]).toEqual([expect.objectContaining({ exit: 'usage' }), 1]);
        expect(String(result)).toMatch(/AWS refused subnet-a\. .* its zone us-east-1a\. The VPC endpoint service does/);
      }
    });

    test('is another error if it names none of the subnets', async () => {
      const fault = zone('InvalidParameter', 'subnet-ab');
      const { result } = await create(answers<ReturnType<typeof endpoint>>(fault));
      expect(result).toBe(fault);
    });
  });

  test('whose new group AWS does not know yet is asked for again, later and later', async () => {
    const unknown = ['InvalidGroup', 'InvalidGroupId', 'InvalidSecurityGroupId', 'InvalidSecurityGroupID'];
    const faults = unknown.map((name) => refusal(`${name}.NotFound`));
    const { result, sent, clock } = await create(answers<ReturnType<typeof endpoint>>(...faults, made()));
    expect([result, sent.length]).toEqual([expect.objectContaining({ id: 'vpce-new' }), 5]);
    expect(clock.sleeps).toEqual([1000, 2000, 4000, 8000]);
  });

  test.each(['InvalidGroup.NotFound', 'InvalidServiceName'])(
    'for which AWS says %s for 45 s is no matter of a wrong id',
    async (code) => {
      const fault = new CloudError('No.', { errorCode: code, exit: 'notFound', hint: 'Check the id.' });
      const { result, clock } = await create(answers<ReturnType<typeof endpoint>>(fault));
      expect(result).toMatchObject({
        exit: 'unexpected',
        errorCode: code,
        hint: { text: expect.stringMatching(/longer/) },
      });
      expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(45_000);
    },
  );
});

describe('a security group', () => {
  async function create(
    answer: () => Promise<string>,
    { reads = answers<ReturnType<typeof group>[]>([]), allow = answers(undefined), existing = there() } = {},
  ) {
    const { line, warned, clock } = start();
    const [sent, asked, allowed, created] = [[] as unknown[], [] as unknown[], [] as unknown[], [] as unknown[]];
    const ec2 = {
      createGroup: (request: unknown) => {
        sent.push(request);
        return answer();
      },
      groups: (which: unknown) => {
        asked.push(which);
        return reads();
      },
      allow: (...request: unknown[]) => {
        allowed.push(request);
        return allow();
      },
    } as unknown as Ec2;
    const result = await createOwnGroup(ec2, line, existing, service, (what) => void created.push(what)).catch(
      (error: unknown) => error,
    );
    return { result, sent, asked, allowed, created, warned, clock };
  }
  const rule = (from: string) => ({ from, fromPort: 1024, toPort: 65_535 });
  const name = `atlas-pe-${service.id}`;

  test('is asked for with its name and tags, and each rule for itself', async () => {
    const wanted = readWanted({ from: ['10.0.0.0/24', 'sg-0123456789abcdef0'], tag: ['team=data'] });
    const { result, sent, allowed, created, asked } = await create(answers('sg-new'), { existing: there({ wanted }) });
    const tags = { team: 'data', ...own };
    const rules = [rule('10.0.0.0/24'), rule('sg-0123456789abcdef0')];
    expect(sent).toEqual([{ name, vpc: 'vpc-1', tags }]);
    expect(allowed).toEqual(rules.map((each) => ['sg-new', [each]]));
    expect(created).toEqual([{ stepId: 'security-group', title: 'security group', id: 'sg-new' }]);
    expect(result).toEqual({ id: 'sg-new', name, vpc: 'vpc-1', tags, rules });
    expect(asked).toEqual([]);
  });

  test('that is there gets only what it lacks', async () => {
    const wanted = readWanted({ from: ['10.0.0.0/24', '10.0.1.0/24'] });
    const ownGroup = group({ rules: [rule('10.0.0.0/24')] });
    const { result, sent, allowed, created } = await create(answers('sg-new'), {
      existing: there({ wanted, ownGroup }),
    });
    expect([sent, allowed, created]).toEqual([[], [['sg-1', [rule('10.0.1.0/24')]]], []]);
    expect(result).toMatchObject({ id: 'sg-1', rules: [rule('10.0.0.0/24'), rule('10.0.1.0/24')] });
  });

  test('whose rule is there already is complete', async () => {
    const { result } = await create(answers('sg-new'), {
      allow: answers<undefined>(refusal('InvalidPermission.Duplicate')),
    });
    expect(result).toMatchObject({ rules: [rule('10.0.0.0/16')] });
    const fault = refusal('RulesPerSecurityGroupLimitExceeded');
    expect((await create(answers('sg-new'), { allow: answers<undefined>(fault) })).result).toBe(fault);
  });

  test('that AWS does not know yet gets its rule a little later', async () => {
    const allow = answers<undefined>(refusal('InvalidGroup.NotFound'), undefined);
    const { allowed, clock } = await create(answers('sg-new'), { allow });
    expect([allowed.length, clock.sleeps]).toEqual([2, [1000]]);
  });

  test('whose answer was lost is looked for, and taken if it is there', async () => {
    const { result, asked, warned, sent } = await create(answers<string>(lost), { reads: answers([group()]) });
    expect([result, sent.length]).toEqual([expect.objectContaining({ id: 'sg-1' }), 1]);
    expect(asked).toEqual([{ filters: { 'vpc-id': 'vpc-1', 'group-name': name } }]);
    expect(warned).toEqual([checking('security group')]);
  });

  test('whose answer was lost is asked for once more, and then given up', async () => {
    const { result, sent } = await create(answers<string>(lost));
    expect([result, sent.length]).toEqual([lost, 2]);
    expect((await create(answers<string>(lost, 'sg-new'))).result).toMatchObject({ id: 'sg-new' });
  });

  test('whose name is taken is looked for without a warning', async () => {
    const taken = refusal('InvalidGroup.Duplicate');
    const { result, warned } = await create(answers<string>(taken), { reads: answers([group()]) });
    expect([result, warned]).toEqual([expect.objectContaining({ id: 'sg-1' }), []]);
  });

  test("whose name is somebody else's is a conflict", async () => {
    const theirs = group({ id: 'sg-theirs', tags: {} });
    const { result } = await create(answers<string>(refusal('InvalidGroup.Duplicate')), { reads: answers([theirs]) });
    expect(result).toMatchObject({
      exit: 'conflict',
      message: expect.stringMatching(/^vpc-1 already has .* atlas-pe-\w+, .*: sg-theirs\.$/),
      hint: { text: expect.stringContaining('--security-group sg-theirs') },
    });
  });

  test('that AWS refuses is not looked for', async () => {
    const fault = refusal('SecurityGroupLimitExceeded');
    const { result, asked } = await create(answers<string>(fault));
    expect([result, asked]).toEqual([fault, []]);
  });
});
