import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { azureClusters, azureCounts } from '../helpers/own-azure.js';
import { ownConnection } from '../helpers/own-connection.js';
import { gcpClusters, gcpCounts } from '../helpers/own-gcp.js';

/* Whatever becomes of one request, the next run goes on: in the end there is one of everything. */

const { own, json, left } = ownConnection();
const connect = 'connect us-east-1 --yes';
const disconnect = 'disconnect us-east-1 --yes';

/** A request that is looked at, by its number among all of a run. */
async function requestsOf(line: string): Promise<{ method: string; url: string; body: string }[]> {
  const before = own.sandbox.exchanges.length;
  const { exitCode, stderr } = await own.atlas(line);
  expect(exitCode, stderr).toBe(0);
  return own.sandbox.exchanges
    .slice(before)
    .filter(({ status }) => status !== 401)
    .map(({ method, url, requestBody }) => ({ method, url, body: requestBody }));
}

/** A name for a request in the messages of a test. */
const named = ({ method, url, body }: { method: string; url: string; body: string }) =>
  `${method} ${/(?<=Action=)\w+/.exec(body)?.[0] ?? url}`;

describe('connect', () => {
  test('ends with one of everything if the answer of any one request is lost', { timeout: 240_000 }, async () => {
    const all = await requestsOf(connect);
    expect(all.length).toBeGreaterThan(15);
    for (const [index, request] of all.entries()) {
      for (const drop of ['after', 'before'] as const) {
        await own.restart();
        own.faults = [{ nth: [{ from: index + 1, to: index + 1 }], drop }];
        const what = `${named(request)} (${index + 1}) dropped ${drop}`;
        const first = await own.atlas(connect);
        if (first.exitCode !== 0) {
          const second = await own.atlas(connect);
          expect(second.exitCode, `${what}\n${first.stderr}\n${second.stderr}`).toBe(0);
        }
        expect(await left(), `${what}\n${first.stderr}`).toEqual([1, 1, 1, 1]);
      }
    }
  });

  test('interrupted at any request, says what exists, and goes on when it is run again', {
    timeout: 240_000,
  }, async () => {
    const all = await requestsOf(connect);
    for (const [index, request] of all.entries()) {
      await own.restart();
      let seen = 0;
      const first = await own.atlas(connect, {
        onStart: (interrupt) =>
          own.sandbox.onRequest(() => {
            if (++seen === index + 1) interrupt('SIGINT');
          }),
      });
      const what = `${named(request)} (${index + 1})\n${first.stderr}`;
      expect(first.exitCode, what).toBe(130);
      if (/, created/.test(first.stderr)) {
        expect(first.stderr, what).toMatch(/Existing resources: .*us-east-1 [0-9a-f]{24}/);
        expect(first.stderr, what).toMatch(/To continue: atlas-pe connect us-east-1 --yes$/m);
      }
      const second = await own.atlas(connect);
      expect(second.exitCode, `${what}\n${second.stderr}`).toBe(0);
      expect(await left(), what).toEqual([1, 1, 1, 1]);
    }
  });

  /** Interrupts after the sandbox has done what such a request asks for, and before its response. */
  const interruptedAt = (fault: Fault) => {
    const delayMs = 4321;
    own.faults = [{ ...fault, delayMs }];
    const { clock } = own.sandbox;
    const { sleep } = clock;
    return own.atlas(connect, {
      onStart: (interrupt) => {
        clock.sleep = (ms, signal) => {
          if (ms === delayMs) interrupt('SIGINT');
          return sleep(ms, signal);
        };
      },
    });
  };
  // The first one is a dry run.
  const second = [{ from: 2, to: 2 }];

  test.each([
    ['CreateSecurityGroup', /Existing resources: Atlas service [^.]+\. The security group may or may not have been/],
    ['AuthorizeSecurityGroupIngress', /Existing resources: Atlas service [^.]+, security group sg-\w+\. To continue:/],
    ['CreateVpcEndpoint', /security group sg-\w+\. The VPC endpoint may or may not have been created\. To continue:/],
  ])('interrupted at %s, says what may exist', async (action, said) => {
    const { exitCode, stderr } = await interruptedAt({ action, nth: second });
    expect([exitCode, stderr]).toEqual([130, expect.stringMatching(said)]);
  });

  test('interrupted while Atlas creates the service, does not say that nothing exists', async () => {
    const { exitCode, stderr } = await interruptedAt({ path: '*/endpointService', method: 'POST' });
    expect([exitCode, stderr]).toEqual([
      130,
      expect.stringMatching(/The Atlas service may or may not have been created/),
    ]);
  });

  test('interrupted between two steps, does not say that the next one may have had an effect', async () => {
    const { exitCode, stderr } = await own.atlas(connect, {
      onStderr: (text, interrupt) => {
        if (text.includes('Security group: sg-')) interrupt('SIGINT');
      },
    });
    expect([exitCode, stderr]).toEqual([130, expect.stringMatching(/, security group sg-\w+\. To continue:/)]);
  });

  test('interrupted a second time, says what the first run created', async () => {
    own.faults = [{ action: 'CreateVpcEndpoint', nth: [{ from: 2, to: 9 }], drop: 'before' }];
    const first = await own.atlas(connect);
    expect([first.exitCode, first.stderr]).toEqual([
      1,
      expect.stringMatching(/security group sg-\w+\. The VPC endpoint may or may not have been created\. To continue:/),
    ]);
    const { exitCode, stderr } = await interruptedAt({ action: 'CreateVpcEndpoint', nth: second });
    expect([exitCode, stderr]).toEqual([
      130,
      expect.stringMatching(/Existing resources: .*, security group sg-\w+\. The/),
    ]);
  });

  test('interrupted while it adds a rule to a security group of an earlier run, knows that the group exists', async () => {
    own.faults = [{ action: 'AuthorizeSecurityGroupIngress', nth: [{ from: 2, to: 9 }], drop: 'before' }];
    expect((await own.atlas(connect)).exitCode).toBe(1);
    const { exitCode, stderr } = await interruptedAt({ action: 'AuthorizeSecurityGroupIngress', nth: second });
    expect([exitCode, stderr]).toEqual([130, expect.stringMatching(/, security group sg-\w+\. To continue:/)]);
  });

  const creates = ['CreateSecurityGroup', 'AuthorizeSecurityGroupIngress', 'CreateVpcEndpoint'];
  test.each(creates)('ends with one of everything if EC2 is slow to show what a lost %s did', async (action) => {
    // The first one is a dry run.
    const lost = { action, nth: [{ from: 2, to: 2 }], drop: 'after' } as const;
    for (const awsLag of [2000, 6000, 9000]) {
      await own.restart({ awsLag });
      own.faults = [lost];
      const first = await own.atlas(connect);
      if (first.exitCode !== 0) {
        // At once, while EC2 still doesn't show it.
        const second = await own.atlas(connect);
        expect(second.exitCode, `${awsLag}\n${first.stderr}\n${second.stderr}`).toBe(0);
      }
      own.sandbox.clock.advance(awsLag);
      expect(await left(), `${awsLag}\n${first.stderr}`).toEqual([1, 1, 1, 1]);
    }
  });

  test.each(creates)(
    'goes on at once after an interruption at %s, although EC2 does not show it yet',
    async (action) => {
      await own.restart({ awsLag: 6000 });
      const first = await own.atlas(connect, {
        onStart: (interrupt) =>
          own.sandbox.onRequest(() => {
            const { requestBody = '' } = own.sandbox.exchanges.at(-1) ?? {};
            if (requestBody.includes(`Action=${action}`) && !requestBody.includes('DryRun=true')) interrupt('SIGINT');
          }),
      });
      expect(first.exitCode, first.stderr).toBe(130);
      const second = await own.atlas(connect);
      expect(second.exitCode, second.stderr).toBe(0);
      own.sandbox.clock.advance(6000);
      expect(await left(), second.stderr).toEqual([1, 1, 1, 1]);
    },
  );

  test('run again does nothing', async () => {
    await requestsOf(connect);
    const { steps } = await json(connect);
    expect(steps.map(({ result }: { result: string }) => result)).toEqual(Array(4).fill('done'));
    expect(await left()).toEqual([1, 1, 1, 1]);
  });
});

describe.each([
  ['AWS', connect, {}, left],
  ['Azure', 'connect eastus2 --provider azure --yes', { clusters: azureClusters }, () => azureCounts(own.sandbox)],
  ['GCP', 'connect us-east4 --provider gcp --yes', { clusters: gcpClusters }, () => gcpCounts(own.sandbox)],
] as const)('connect on %s', (_, line, world, count) => {
  test('sends each kind of request again when Retry-After says, and ends with one of everything', {
    timeout: 240_000,
  }, async () => {
    await own.restart(world);
    const all = await requestsOf(line);
    const kinds = all.map((each) => named(each).replace(/[0-9a-f]{24}/g, 'ID'));
    expect(kinds.length).toBeGreaterThan(10);
    for (const [index, kind] of kinds.entries()) {
      if (kinds.indexOf(kind) !== index) continue;
      await own.restart(world);
      own.faults = [{ nth: [{ from: index + 1, to: index + 1 }], status: 429, headers: { 'Retry-After': '9' } }];
      const { exitCode, stderr } = await own.atlas(line);
      expect(exitCode, `${kind} (${index + 1})\n${stderr}`).toBe(0);
      const { exchanges } = own.sandbox;
      const refused = exchanges.findIndex(({ status }) => status === 429);
      const same = ({ method, url, requestBody }: (typeof exchanges)[number]) => `${method} ${url} ${requestBody}`;
      const again = exchanges.slice(refused + 1).find((each) => same(each) === same(exchanges[refused] as never));
      // The name of the project, and a rehearsal for a service to come, are not worth a second request.
      if (!again) expect(kind).toMatch(/^GET .*\/groups\/ID$|^POST .*\/validate\?/);
      else expect((again.at ?? 0) - (exchanges[refused]?.at ?? 0), kind).toBeGreaterThanOrEqual(9000);
      expect(new Set(await count()), kind).toEqual(new Set([1]));
    }
  });
});

describe('disconnect', () => {
  test('leaves nothing if the answer of any one request is lost', { timeout: 240_000 }, async () => {
    await requestsOf(connect);
    const all = await requestsOf(disconnect);
    for (const [index, request] of all.entries()) {
      await own.restart();
      await requestsOf(connect);
      own.faults = [{ nth: [{ from: index + 1, to: index + 1 }], drop: 'after' }];
      const what = `${named(request)} (${index + 1})`;
      const first = await own.atlas(disconnect);
      if (first.exitCode !== 0) await own.atlas(disconnect);
      expect(await left(), `${what}\n${first.stderr}`).toEqual([0, 0, 0, 0]);
    }
  });

  test('interrupted at any request, goes on when it is run again', { timeout: 240_000 }, async () => {
    await requestsOf(connect);
    const all = await requestsOf(disconnect);
    for (const [index, request] of all.entries()) {
      await own.restart();
      await requestsOf(connect);
      let seen = 0;
      const first = await own.atlas(disconnect, {
        onStart: (interrupt) =>
          own.sandbox.onRequest(() => {
            if (++seen === index + 1) interrupt('SIGINT');
          }),
      });
      const what = `${named(request)} (${index + 1})\n${first.stderr}`;
      expect(first.exitCode, what).toBe(130);
      const second = await own.atlas(disconnect);
      expect(await left(), `${what}\n${second.stderr}`).toEqual([0, 0, 0, 0]);
    }
  });
});
