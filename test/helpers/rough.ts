import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../src/base/clock.js';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import type { SandboxOptions } from '../../src/sandbox/frontend.js';
import { createSandbox } from '../../src/sandbox/server.js';
import type { Store, World } from '../../src/sandbox/world.js';

/*
 * A sandbox where everything is late and odd, but nothing that a client can't survive:
 * - Of ten reads of a kind, the first loses its connection and the third gets 429. Changes get 429 in both places, which means
 *   that they did not happen. They aren't lost: whether a create has arrived takes a second run, which the sweeps have. The same
 *   request never fails twice in a row, so that five tries are enough for many requests at once.
 * - Lists show late what a command does. Reads by id are up to date, and the next command finds all: a person who types the
 *   next line at once would see an empty list, whatever the program does.
 * - Lists have pages of two.
 * - The time of day jumps by a second between reads. Durations are monotonic.
 */

/** Whether command tests run against such a sandbox. */
export const isRough = process.env.ATLAS_PE_TEST_ROUGH === '1';

/** Clouds are late for seconds, Atlas for half a minute. */
const [atlasLagMs, cloudLagMs] = [30_000, 8000];

/** The number of commands that have begun. Tests of a worker run one after the other. */
let commands = 0;

/** The clock for a command. */
export function clockOf<C extends Clock>(clock: C): C {
  if (!isRough) return clock;
  commands++;
  let reads = 0;
  const now = () => clock.now() + ([0, 1000, -1000][reads++ % 3] ?? 0);
  // A test may replace another function of its clock later.
  return Object.assign(Object.create(clock), { now });
}

/** What a request has sent, as soon as the sandbox has read it. */
export function sentBy(request: IncomingMessage): () => string {
  const sent: Buffer[] = [];
  // A listener would start the flow of the body before the sandbox reads it.
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null) => {
    if (chunk) sent.push(chunk);
    return push(chunk);
  };
  return () => Buffer.concat(sent).toString();
}

/** Reads that are sent with POST. */
export const isRead = /Action=(?:Describe|Get)|DryRun=true|\/(?:validate|wait)\b|[/:]testIamPermissions/;

/** Worth one request only, on purpose: the name of a project, and the rehearsal for a service to come. */
const isOnce = /\/groups\/[0-9a-f]{24}(?:\/settings)?$|\/validate\b/;

const atlasLists = 'endpointService|clusters|groups';
const azureLists = 'privateEndpoints|networkInterfaces|virtualNetworks|subnets|networkSecurityGroups';
const googleLists = 'addresses|forwardingRules|networks|subnetworks|firewalls|regions|zones';
const restList = new RegExp(`/(?:${atlasLists}|${azureLists}|${googleLists})$`);

interface Asked {
  method: string;
  url: URL;
  body(): string;
}

function isList({ method, url, body }: Asked) {
  if (!url.pathname.startsWith('/aws/')) return method === 'GET' && restList.test(url.pathname);
  return /Action=Describe/.test(body()) && !/(?:Id|ServiceName)\.1=/.test(body());
}

export function createRoughSandbox(options: SandboxOptions) {
  const asking = new AsyncLocalStorage<Asked>();
  const { clock, store, faults = createFaults([]) } = options;
  const trouble = createTrouble();
  const next: typeof faults.next = (method, path, action) => {
    const asked = asking.getStore();
    return (asked && trouble(asked, action)) ?? faults.next(method, path, action);
  };
  const late = lateStore(store, clock, () => asking.getStore());
  const sandbox = createSandbox({ ...options, faults: { next }, store: late });
  const pages = createPages();
  const [respond] = sandbox.server.listeners('request') as ((...each: unknown[]) => void)[];
  sandbox.server.removeAllListeners('request');
  sandbox.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', headers } = request;
    const agent = headers['user-agent'] ?? '';
    // Tests look into the sandbox with `fetch` and with the SDK of AWS.
    if (agent === 'node' || (agent.includes('aws-sdk') && !agent.includes('atlas-pe')))
      return respond?.(request, response);
    const asked = { method, url: new URL(request.url ?? '', `http://${headers.host}`), body: sentBy(request) };
    const end = response.end.bind(response);
    response.end = ((text = '') =>
      end(isList(asked) && response.statusCode === 200 ? pages(asked, text) : text)) as typeof response.end;
    asking.run(asked, () => respond?.(request, response));
  });
  return sandbox;
}

/** Two of ten requests of a kind fail. Waits, which ask again and again, would otherwise report little else. */
function createTrouble() {
  const counts = new Map<string, number>();
  const failed = new Set<string>();
  return ({ method, url, body }: Asked, action = url.pathname): Fault | undefined => {
    const isAws = url.pathname.startsWith('/aws/');
    const isReading = method === 'GET' || isRead.test(`${url.pathname} ${body()}`);
    const exact = `${method} ${url} ${body()}`;
    if (isOnce.test(url.pathname) || failed.delete(exact)) return undefined;
    const kind = `${isReading} ${method} ${action.replaceAll(/[0-9a-f]{24}|\d+/g, '')}`;
    const count = counts.get(kind) ?? 0;
    counts.set(kind, (count + 1) % 10);
    if (count !== 0 && count !== 2) return undefined;
    failed.add(exact);
    if (isReading && count === 0) return { drop: 'before' };
    // EC2 has its own status, and no Retry-After.
    return isAws ? { status: 503 } : { status: 429, headers: { 'Retry-After': '1' } };
  };
}

/** The same store, but lists don't have what the command that is running has changed a moment ago. */
function lateStore(store: Store, clock: Clock, asking: () => Asked | undefined): Store {
  const changes: { before: World; after: World; at: number; command: number }[] = [];
  return {
    read: async () => {
      let seen = await store.read();
      const asked = asking();
      if (!asked || !isList(asked)) return seen;
      const lagMs = asked.url.pathname.startsWith('/api/') ? atlasLagMs : cloudLagMs;
      for (const { before, after, at, command } of changes.toReversed()) {
        // After what a test has changed itself, all is new.
        if (after !== seen || command !== commands || at + lagMs <= clock.now()) break;
        seen = before;
      }
      return seen;
    },
    update: (change) =>
      store.update((before) => {
        const { world: after, answer } = change(before);
        if (asking()) changes.push({ before, after, at: clock.now(), command: commands });
        return { world: after, answer };
      }),
  };
}

/** Cuts the answer of a list to two items, and says in the words of its API where the next ones are. */
function createPages() {
  const all = new Map<string, unknown[]>();
  return ({ url, body }: Asked, text: string): string => {
    const { pathname, searchParams: query } = url;
    if (pathname.startsWith('/aws/')) return awsPage(text, new URLSearchParams(body()).get('NextToken') ?? 'MA');
    const answer = JSON.parse(text);
    if (answer.results) {
      // The sandbox cut it into pages of 500.
      const page = Number(query.get('pageNum'));
      if (page === 1) all.set(pathname, answer.results);
      return JSON.stringify({ ...answer, results: (all.get(pathname) ?? []).slice(2 * page - 2, 2 * page) });
    }
    const key = answer.value ? 'value' : 'items';
    if (!Array.isArray(answer[key]) || answer[key].length <= 2) return text;
    const end = Number(query.get('$skiptoken') ?? query.get('pageToken') ?? 0) + 2;
    const nextLink = `${url.origin}${pathname}?api-version=${query.get('api-version')}&$skiptoken=${end}`;
    const more = answer.value ? { nextLink } : { nextPageToken: String(end) };
    return JSON.stringify({ ...answer, [key]: answer[key].slice(0, 2), ...more });
  };
}

/** The token is that of the sandbox: a number. */
function awsPage(text: string, token: string): string {
  const starts: number[] = [];
  let [depth, end] = [0, 0];
  for (const { 0: tag, index } of text.matchAll(/<\/?item>/g)) {
    if (tag === '<item>' && depth++ === 0) starts.push(index);
    if (tag !== '<item>' && --depth === 0) end = index + tag.length;
  }
  if (starts.length <= 2) return text;
  const next = Buffer.from(`${Number(Buffer.from(token, 'base64url').toString()) + 2}`).toString('base64url');
  const rest = text.slice(end).replace(/<nextToken>.*<\/nextToken>/, '');
  return text.slice(0, starts[2]) + rest.replace(/(?=<\/\w+Response>)/, `<nextToken>${next}</nextToken>`);
}
