import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import type { Run } from '../helpers/run-cli.js';
import { clouds, only, scenario } from '../helpers/scenario.js';
import { interruptedAt, isWholeSweep, requestsOf } from '../helpers/sweep.js';

/* Whatever becomes of one request, the next run goes on: in the end there is one of everything. */

const losses: readonly Fault[] = [{ drop: 'after' }, { drop: 'before' }, { status: 503 }];

describe.each(['AWS', 'AZURE', 'GCP'] as const)('on %s', { timeout: 240_000 }, (provider) => {
  const { own, connect, disconnect, json, left } = scenario(provider);
  const { region } = clouds[provider];
  const there = async (count: 0 | 1, what: string) => expect(new Set(await left()), what).toEqual(new Set([count]));

  test('connect ends with one of everything if any one request is lost or refused', async () => {
    for (const { name, nth, isChange, isToAtlas } of await requestsOf(own, connect)) {
      // A read is sent again, however it is lost. That each change is sent again after a refusal is shown below.
      for (const loss of isWholeSweep ? losses : losses.slice(0, isChange ? 2 : 1)) {
        await own.restart();
        own.faults = [{ nth, ...loss }];
        const first = await own.atlas(connect);
        const what = `${name} ${JSON.stringify(loss)}\n${first.stderr}`;
        if (loss.status === 503 && !isToAtlas) expect(first.exitCode, what).toBe(0);
        if (first.exitCode !== 0) expect((await own.atlas(connect)).exitCode, what).toBe(0);
        await there(1, what);
      }
    }
  });

  test('connect, interrupted at any request, says what exists, and goes on when it is run again', async () => {
    for (const { name, nth, isAtChange } of await requestsOf(own, connect)) {
      if (!isAtChange) continue;
      await own.restart();
      const first = await interruptedAt(own, connect, { nth });
      const what = `${name}\n${first.stderr}`;
      expect(first.exitCode, what).toBe(130);
      if (/, created/.test(first.stderr)) {
        expect(first.stderr, what).toMatch(new RegExp(`Existing resources: .*${region} [0-9a-f]{24}`));
        expect(first.stderr, what).toMatch(new RegExp(`To continue: atlas-pe ${connect}$`, 'm'));
      }
      const second = await own.atlas(connect);
      expect(second.exitCode, `${what}\n${second.stderr}`).toBe(0);
      await there(1, what);
    }
  });

  test('connect sends a change again when Retry-After says', async () => {
    const all = (await requestsOf(own, connect)).filter(({ isChange }) => isChange || isWholeSweep);
    // Each API has one way to read Retry-After.
    const keyOf = ({ name, isToAtlas }: (typeof all)[number]) => (isWholeSweep ? name : `${isToAtlas}`);
    const chosen = new Map(all.toReversed().map((request) => [keyOf(request), request]));
    for (const { name, nth } of chosen.values()) {
      await own.restart();
      own.faults = [{ nth, status: 429, headers: { 'Retry-After': '9' } }];
      await own.succeeds(connect);
      const { exchanges } = own.sandbox;
      const refused = exchanges.findIndex(({ status }) => status === 429);
      const same = ({ method, url, requestBody }: (typeof exchanges)[number]) => `${method} ${url} ${requestBody}`;
      const again = exchanges.slice(refused + 1).find((each) => same(each) === same(exchanges[refused] as never));
      await there(1, name);
      // The name of the project, its settings, and a rehearsal for a service to come, are not worth a second request.
      if (/^GET .*\/groups\/ID(?:\/settings)?$|^POST .*\/validate\?/.test(name)) continue;
      expect((again?.at ?? 0) - (exchanges[refused]?.at ?? 0), name).toBeGreaterThanOrEqual(9000);
    }
  });

  test('an endpoint that Atlas has refused is named with what deletes it, and no second one is billed', async () => {
    own.faults = [{ path: '*/endpoint', method: 'POST', nth: only(1), fate: { kind: 'failed', reason: 'No' } }];
    const exists = /was not deleted\. Existing resources: Atlas service \S+ \w{24}, [^.]+\./;
    const first = await own.ends(connect, 6, exists);
    const [remove = ''] = /disconnect \S+ \S+ --keep-service --yes/.exec(first.stderr) ?? [];
    const dead =
      /is (?:REJECTED, and FAILED|Rejected, and FAILED|rejected, and REJECTED) in Atlas, so it can never connect/;
    for (const line of [connect, connect, connect.replace('--yes', '--dry-run')]) {
      expect((await own.ends(line, 6, dead, '')).stderr).toContain(remove);
      await there(1, line);
    }
    await json(remove);
    await json(connect);
    await there(1, remove);
    // The mark of the service went with the first endpoint.
    await own.succeeds(disconnect);
    const [services, ...others] = await left();
    expect([services, new Set(others)]).toEqual([1, new Set([0])]);
  });

  test('disconnect leaves nothing if the answer of any one request is lost', async () => {
    await json(connect);
    const connected = await own.save();
    for (const { name, nth } of await requestsOf(own, disconnect)) {
      await own.restore(connected);
      own.faults = [{ nth, drop: 'after' }];
      const first = await own.atlas(disconnect);
      if (first.exitCode !== 0) await own.atlas(disconnect);
      await there(0, `${name}\n${first.stderr}`);
    }
  });

  test('disconnect, interrupted at any request, goes on when it is run again', async () => {
    await json(connect);
    const connected = await own.save();
    for (const { name, nth, isAtChange } of await requestsOf(own, disconnect)) {
      if (!isAtChange) continue;
      await own.restore(connected);
      const first = await interruptedAt(own, disconnect, { nth });
      expect(first.exitCode, `${name}\n${first.stderr}`).toBe(130);
      const second = await own.atlas(disconnect);
      const what = `${name}\n${first.stderr}\n${second.stderr}`;
      const [services, ...others] = await left();
      expect(new Set(others), what).toEqual(new Set([0]));
      // On Azure only the private endpoint, which may be gone, has the mark that the service is ours.
      const isKept = provider === 'AZURE' && second.stdout.includes('without a mark of connect');
      expect(services, what).toBe(isKept ? 1 : 0);
    }
  });
});

describe.each([
  // The first one is a dry run.
  ['AWS', 'CreateSecurityGroup', 2, 'awsLag'],
  ['AWS', 'AuthorizeSecurityGroupIngress', 2, 'awsLag'],
  ['AWS', 'CreateVpcEndpoint', 2, 'awsLag'],
  ['GCP', 'compute.addresses.createInternal', 1, 'gcpLag'],
  ['GCP', 'compute.forwardingRules.create', 1, 'gcpLag'],
] as const)('%s is slow to show what %s did', (provider, action, number, lag) => {
  const { own, connect, left } = scenario(provider);
  const request: Fault = { action, nth: only(number) };

  test.each([
    ['its answer is lost', () => own.atlas(connect)],
    ['connect is interrupted', () => interruptedAt(own, connect, request)],
  ])('and %s: connect goes on at once', async (_, run: () => Promise<Run>) => {
    for (const ms of isWholeSweep ? [2000, 6000, 9000] : [9000]) {
      await own.restart({ [lag]: ms });
      own.faults = [{ ...request, drop: 'after' }];
      const first = await run();
      if (first.exitCode !== 0) expect((await own.atlas(connect)).exitCode, `${ms}\n${first.stderr}`).toBe(0);
      own.sandbox.clock.advance(ms);
      expect(await left(), `${ms}\n${first.stderr}`).toEqual([1, 1, 1, 1]);
    }
  });
});

describe('on AWS, connect that is interrupted', () => {
  const { own, connect } = scenario('AWS');
  /** Interrupts connect at this request, after which it says this. */
  const interrupted = async (request: Fault, said: RegExp) => {
    const ended = { exitCode: 130, stderr: expect.stringMatching(said) };
    expect(await interruptedAt(own, connect, request)).toMatchObject(ended);
  };
  // The first one is a dry run.
  const second = only(2);

  test.each([
    ['CreateSecurityGroup', /Existing resources: Atlas service [^.]+\. The security group may or may not have been/],
    ['AuthorizeSecurityGroupIngress', /Existing resources: Atlas service [^.]+, security group sg-\w+\. To /],
    ['CreateVpcEndpoint', /security group sg-\w+\. The VPC endpoint may or may not have been created\. To continue:/],
  ])('at %s, says what may exist', async (action, said) => {
    await interrupted({ action, nth: second }, said);
  });

  test('while Atlas creates the service, does not say that nothing exists', async () => {
    const create = { path: '*/endpointService', method: 'POST' };
    await interrupted(create, /The Atlas service may or may not have been created/);
  });

  test('between two steps, does not say that the next one may have had an effect', async () => {
    await own.ends(connect, 130, /, security group sg-\w+\. To continue:/, '', {
      onStderr: (text, interrupt) => {
        if (text.includes('Security group: sg-')) interrupt('SIGINT');
      },
    });
  });

  test('a second time, says what the first run created', async () => {
    own.faults = [{ action: 'CreateVpcEndpoint', nth: only(2, 9), drop: 'before' }];
    const said = /security group sg-\w+\. The VPC endpoint may or may not have been created\. To continue:/;
    await own.ends(connect, 1, said);
    const exists = /Existing resources: .*, security group sg-\w+\. The/;
    await interrupted({ action: 'CreateVpcEndpoint', nth: second }, exists);
  });

  test('while it adds a rule to a security group of an earlier run, knows that the group exists', async () => {
    const action = 'AuthorizeSecurityGroupIngress';
    own.faults = [{ action, nth: only(2, 9), drop: 'before' }];
    await own.ends(connect, 1, '');
    await interrupted({ action, nth: second }, /, security group sg-\w+\. To continue:/);
  });
});
