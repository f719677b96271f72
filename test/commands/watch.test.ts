import { describe, expect, test } from 'vitest';
import { standStill } from '../helpers/fake-clock.js';
import { ownSandbox } from '../helpers/own-sandbox.js';
import { Screen } from '../helpers/screen.js';
import { linesIn, messagesIn } from '../helpers/stderr.js';

const own = ownSandbox();
const { atlas } = own;
const other = '64f0c2a7e1b2c3d400000001';

interface Meanwhile {
  screen?: Screen;
  /** Seconds until `change` runs. */
  at?: number;
  change?: () => Promise<void>;
  /** Checks the screen at the end, before the interruption. */
  check?: () => Promise<void>;
}

/** The content of each drawing. */
function framesOf({ raw }: Screen): string[] {
  const [drawn = ''] = raw.split('\x1b[?1049l');
  return drawn.split('\x1b[?2026h').slice(1);
}

/** Runs a command and interrupts it after this many seconds. */
async function watchFor(seconds: number, line: string, { screen, at = 0, change, check }: Meanwhile = {}) {
  const { clock } = own.sandbox;
  let interrupt = (_: 'SIGINT') => {};
  const before = own.sandbox.exchanges.length;
  const started = clock.now();
  let checked: Promise<void> | undefined;
  const still = standStill(clock, started + seconds * 1000, () => {
    checked = (check?.() ?? Promise.resolve()).finally(() => interrupt('SIGINT'));
    // Its result is checked after the run.
    checked.catch(() => undefined);
  });
  let isChanged = change === undefined;
  const sleep: typeof still.sleep = async (...args) => {
    if (!isChanged && clock.now() >= started + at * 1000) {
      isChanged = true;
      await change?.();
    }
    return still.sleep(...args);
  };
  const run = await atlas(line, {
    clock: { ...still, sleep },
    onStart: (given) => {
      interrupt = given;
    },
    ...(screen && { screen }),
  });
  await screen?.written();
  await checked;
  const rows = run.stdout.split('\n').filter((text) => text.startsWith('{'));
  const looks = own.sandbox.exchanges
    .slice(before)
    .filter(({ url, status }) => url.endsWith('/AWS/endpointService') && status === 200).length;
  return { ...run, rows: rows.map((text) => JSON.parse(text)), looks };
}

const statuses = (rows: { region: string; status: string }[]) =>
  rows.map(({ region, status }) => `${region} ${status}`);
const interrupted = 'Interrupted.\n';

describe('in a pipe', () => {
  test('prints an object for each endpoint, then one for each change, until Ctrl-C', async () => {
    await atlas('create --region us-east-1');
    await atlas('create --region westeurope --provider azure');
    const { rows, stderr, exitCode, looks } = await watchFor(15, 'list --watch --output jsonl');
    expect(statuses(rows)).toEqual([
      ...['us-east-1 INITIATING', 'westeurope INITIATING'],
      ...['us-east-1 WAITING_FOR_USER', 'westeurope WAITING_FOR_USER'],
    ]);
    expect(Object.keys(rows[0])).toContain('endpointServiceName');
    expect([exitCode, stderr]).toEqual([130, interrupted]);
    // At 0, 5, 10 and 15 s.
    expect(looks).toBe(4);
  });

  test('reports a new endpoint, and a deleted one as DELETED', async () => {
    await atlas('create --region us-east-1 --wait');
    const change = async () => {
      await atlas('delete us-east-1 --yes');
      await atlas('create --region eu-west-1');
    };
    const line = 'list --watch --output jsonl --fields region,status';
    const { rows } = await watchFor(30, line, { at: 3, change });
    expect(rows[0]).toEqual({ region: 'us-east-1', status: 'WAITING_FOR_USER' });
    expect(statuses(rows.slice(1))).toEqual([
      ...['us-east-1 DELETING', 'eu-west-1 INITIATING', 'eu-west-1 WAITING_FOR_USER', 'us-east-1 DELETED'],
    ]);
  });

  test('applies filters: an endpoint that stops matching is printed once more with its new status', async () => {
    await atlas('create --region us-east-1');
    await atlas('create --region eu-west-1');
    const { rows } = await watchFor(
      ...[15, 'list --watch --status initiating --region us-east-1 --provider aws --output jsonl'],
    );
    expect(statuses(rows)).toEqual(['us-east-1 INITIATING', 'us-east-1 WAITING_FOR_USER']);
    const urls = own.sandbox.exchanges.map(({ url }) => url);
    expect(urls.filter((url) => /AZURE|GCP/.test(url))).toEqual([]);
    expect((await watchFor(6, 'list --watch --status failed --output jsonl')).rows).toEqual([]);
  });

  test('--sort sorts the lines of each poll', async () => {
    for (const region of ['us-west-2', 'eu-west-1', 'us-east-1']) await atlas(`create --region ${region}`);
    const { rows } = await watchFor(2, 'list --watch --output jsonl --sort -region');
    expect(rows.map(({ region }) => region)).toEqual(['us-west-2', 'us-east-1', 'eu-west-1']);
    const shown = new Screen({ columns: 110, rows: 24, convertEol: true });
    await watchFor(2, 'list --watch --sort region', { screen: shown });
    const regions = shown.lines().flatMap((line) => /^([a-z]+-[a-z]+-\d) /.exec(line)?.[1] ?? []);
    expect(regions).toEqual(['eu-west-1', 'us-east-1', 'us-west-2']);
  });

  test('works with all projects', async () => {
    await own.restart({ projects: ['64f0c2a7e1b2c3d4e5f60718', other] });
    await atlas('create --region us-east-1');
    await atlas(`create --region us-east-1 --project ${other}`);
    const { rows } = await watchFor(6, 'list --watch --all-projects --output jsonl');
    expect(new Set(rows.map(({ projectId }) => projectId)).size).toBe(2);
    expect(rows).toHaveLength(4);
  });

  test('retries failed requests and reports them once', async () => {
    await atlas('create --region us-east-1');
    own.faults = [{ method: 'GET', path: '/endpointService', nth: [{ from: 4, to: 12 }], status: 503 }];
    const { rows, stderr, exitCode } = await watchFor(60, 'list --watch --output jsonl --log-format json');
    expect(statuses(rows)).toEqual(['us-east-1 INITIATING', 'us-east-1 WAITING_FOR_USER']);
    expect(linesIn(stderr)).toMatchObject([
      {
        value: {
          warning: {
            message: expect.stringMatching(/503\)\. Still watching\. The watch ends after 5m without a response\.$/),
          },
        },
      },
      { value: { note: { message: 'Atlas is responding again.' } } },
      { value: { error: { code: 'interrupted' } } },
    ]);
    expect(exitCode).toBe(130);
  });

  test("the endpoints of a failing cloud don't count as deleted", async () => {
    await atlas('create --region us-east-1 --wait');
    await atlas('create --region westeurope --provider azure --wait');
    own.faults = [{ method: 'GET', path: '/AZURE/endpointService', nth: [{ from: 2, to: 3 }], status: 503 }];
    const { rows, stderr } = await watchFor(30, 'list --watch --output jsonl --log-format json');
    expect(statuses(rows)).toEqual(['us-east-1 WAITING_FOR_USER', 'westeurope WAITING_FOR_USER']);
    expect(messagesIn(stderr, 'warning')).toEqual([
      expect.stringMatching(/^AZURE: .*503\)\. Retrying\. Still watching the others\.$/),
    ]);
    expect(messagesIn(stderr, 'note')).toEqual(['AZURE: Atlas is responding again.']);
  });

  test('ends after five minutes without a response, and at once after 401, 403 and 404', async () => {
    own.faults = [{ method: 'GET', path: '/endpointService', nth: [{ from: 4, to: 1000 }], status: 503 }];
    expect((await watchFor(3600, 'list --watch --output jsonl')).exitCode).toBe(1);
    for (const [status, exitCode] of [
      [401, 4],
      [403, 4],
      [404, 3],
    ] as const) {
      own.faults = [{ method: 'GET', path: '/endpointService', nth: [{ from: 4, to: 1000 }], status }];
      expect((await watchFor(3600, 'list --watch --output jsonl')).exitCode, String(status)).toBe(exitCode);
    }
  });

  test.each([403, 500])(
    "an endpoint that can't be read (%i) keeps its state, and the others are still watched",
    async (status) => {
      await atlas('create --region us-east-1 --wait');
      await atlas('create --region westeurope --provider azure');
      own.faults = [
        { method: 'GET', path: '/AWS/endpointService', nth: [{ from: 2, to: 1000 }], status: 200, body: '[]' },
        { method: 'GET', path: '/AWS/endpointService/*', status },
      ];
      const { rows, stderr, exitCode } = await watchFor(600, 'list --watch --output jsonl --log-format json');
      expect(statuses(rows)).toEqual([
        ...['us-east-1 WAITING_FOR_USER', 'westeurope INITIATING', 'westeurope WAITING_FOR_USER'],
      ]);
      expect(messagesIn(stderr, 'warning')).toEqual([
        expect.stringMatching(/^us-east-1 [0-9a-f]{24}: .+ \d{3}\)\. Retrying\. Still watching the others\.$/),
      ]);
      expect(exitCode).toBe(130);
    },
  );

  test.each([429, 503])('obeys Retry-After of one cloud (%i) even if others respond', async (status) => {
    const headers = { 'Retry-After': '40' };
    own.faults = [{ method: 'GET', path: '/AZURE/endpointService', nth: [{ from: 2, to: 2 }], status, headers }];
    // At 0, 5, 45 and 50 s.
    expect((await watchFor(52, 'list --watch --output jsonl')).looks).toBe(4);
  });

  test('at the rate limit it stops sending requests, and continues with the remaining lists next time', async () => {
    const projects = Array.from({ length: 10 }, (_, index) => `64f0c2a7e1b2c3d40000000${index}`);
    await own.restart({ projects });
    const nth = Array.from({ length: 100 }, (_, index) => ({ from: 10 * index + 10, to: 10 * index + 10 }));
    own.faults = [{ method: 'GET', path: '/endpointService', nth, status: 429 }];
    const asked = (status: number) =>
      own.sandbox.exchanges.filter((each) => each.url.endsWith('/endpointService') && each.status === status);
    const { stderr } = await watchFor(2, 'list --watch --all-projects --output jsonl --log-format json');
    // Requests that were already sent still get a response.
    expect(asked(200).length).toBeLessThanOrEqual(9 + 7);
    expect(messagesIn(stderr, 'warning')).toEqual([
      expect.stringMatching(/^some lists: .+ 429\)\. Retrying\. Still watching the others\.$/),
    ]);
    const { stderr: later } = await watchFor(60, 'list --watch --all-projects --output jsonl --log-format json');
    expect(new Set(asked(200).map(({ url }) => url)).size).toBe(30);
    expect(messagesIn(later, 'warning')).toHaveLength(1);
  });

  test('the remaining rate limit sets the interval', async () => {
    const limited = { method: 'GET', path: '/endpointService', status: 200, headers: { 'RateLimit-Remaining': '12' } };
    own.faults = [{ ...limited, body: '[]' }];
    // Half of 12 requests a minute, at 3 requests per poll: one poll every 30 s.
    expect((await watchFor(90, 'list --watch --output jsonl')).looks).toBe(4);
  });
});

describe('in a terminal', () => {
  const screen = (columns = 80, rows = 24) => new Screen({ columns, rows, convertEol: true });

  test('leaves the last table, and restores the cursor and the screen', async () => {
    await atlas('create --region us-east-1');
    const shown = screen();
    shown.write('before\n');
    const { exitCode } = await watchFor(10, 'list --watch', { screen: shown });
    expect(exitCode).toBe(130);
    expect(shown.lines()).toEqual([
      ...['before', expect.stringMatching(/^REGION +PROVIDER +STATUS +INTERFACES +AGE +ID$/)],
      ...[expect.stringMatching(/^us-east-1 +AWS +→ WAITING_FOR_USER +none +10s [0-9a-f]{24}$/), 'Interrupted.'],
    ]);
    expect(shown.raw.lastIndexOf('\x1b[?1049l')).toBeGreaterThan(shown.raw.lastIndexOf('\x1b[?1049h'));
    expect(shown.raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(shown.raw.lastIndexOf('\x1b[?25l'));
  });

  test('a changed row is bold until the next poll', async () => {
    await atlas('create --region us-east-1');
    const shown = screen();
    await watchFor(10, 'list --watch', { screen: shown });
    const [, ...frames] = framesOf(shown);
    const isBold = (frame: string) => frame.split('\x1b[1m').some((text) => /^[0-9a-f]{24}/.test(text));
    expect(frames.map(isBold)).toEqual([false, true, false]);
    expect(frames.map((frame) => frame.includes(', 1 endpoint changed.'))).toEqual([false, true, false]);
  });

  test('without a response, the last table stays with a line that says since when', async () => {
    await atlas('create --region us-east-1 --wait');
    own.faults = [{ method: 'GET', path: '/endpointService', nth: [{ from: 4, to: 1000 }], status: 503 }];
    const shown = screen(100);
    const time = new Date(own.sandbox.clock.now()).toTimeString().slice(0, 8);
    const check = async () => {
      await shown.written();
      const [line = '', ...table] = shown.lines();
      expect(line).toMatch(
        /^✖ Updated at ..:..:..\. Next update in \d+s \(Ctrl-C to stop\)\. No response since ..:..:..: /,
      );
      expect(line).toContain(time);
      expect(table.join('\n')).toMatch(/^us-east-1 +AWS +→ WAITING_FOR_USER +none +\d+[sm] +[0-9a-f]{24}$/m);
    };
    expect((await watchFor(30, 'list --watch', { screen: shown, check })).exitCode).toBe(130);
    // Errors that were on the screen are not repeated.
    expect(shown.lines().join('\n')).not.toContain('Warning');
  });

  test('a failing cloud is named until it responds again', async () => {
    await atlas('create --region us-east-1 --wait');
    own.faults = [{ method: 'GET', path: '/AZURE/endpointService', nth: [{ from: 2, to: 3 }], status: 503 }];
    const shown = screen(100);
    await watchFor(15, 'list --watch', { screen: shown });
    const [, ...frames] = framesOf(shown);
    const isTrouble = (frame: string) =>
      /Updated at \S+ Next update in 5s .* Cannot read AZURE since \S+:/.test(frame.replaceAll('\x1b[K\r\n', ' '));
    expect(frames.map(isTrouble)).toEqual([false, true, true, false]);
  });

  test('shows what fits on the screen, and at the end the whole table', async () => {
    const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1'];
    for (const region of regions) await atlas(`create --region ${region}`);
    const shown = screen(80, 7);
    const check = async () => {
      await shown.written();
      expect([shown.lines().length, shown.lines().at(-1)]).toEqual([6, '… and 2 more']);
    };
    await watchFor(0, 'list --watch', { screen: shown, check });
    expect(shown.lines().filter((line) => line.includes('INITIATING'))).toHaveLength(4);
  });

  test('--quiet shows only the table, and prints messages at the end', async () => {
    await atlas('create --region us-east-1');
    const shown = screen(100);
    await watchFor(3, 'list --watch --quiet --verbose', { screen: shown });
    expect(framesOf(shown).join('')).not.toMatch(/Updat|GET/);
    expect(shown.lines().join('\n')).toMatch(/^GET http/m);
  });

  test('a dumb terminal is refused', async () => {
    const env = { ...own.sandbox.env, TERM: 'dumb' };
    expect((await atlas('list --watch', { screen: screen(), env })).exitCode).toBe(2);
  });
});
