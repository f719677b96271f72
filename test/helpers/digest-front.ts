import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { listen } from './listen.js';
import { ownFolders } from './run-main.js';
import type { startSandbox } from './sandbox.js';

/* Servers that check HTTP Digest by the rules of others, before a sandbox, and share no code with ours. */

interface Use {
  /** Milliseconds since the server gave the nonce. */
  age: number;
  count: number;
  /** The counts that came with this nonce before, in order. */
  before: readonly number[];
}

type Verdict = 'right' | 'stale' | 'used';
type Rule = (use: Use) => Verdict;

const unlessUsed = ({ count, before }: Use): Verdict => (before.includes(count) ? 'used' : 'right');

/** What a server says of a nonce that it knows, before it looks at the password. */
export const digestRules = {
  'the rule of Jetty 9.4': (use) => (use.age > 60_000 || use.count >= 1024 ? 'stale' : unlessUsed(use)),
  'counts that rise': ({ count, before }) => (count > Math.max(0, ...before) ? 'right' : 'used'),
  'counts that rise by one': ({ count, before }) => (count === before.length + 1 ? 'right' : 'used'),
  'nonces for one request': ({ before }) => (before.length === 0 ? 'right' : 'used'),
  'nonces for one second': (use) => (use.age > 1000 ? 'stale' : unlessUsed(use)),
} satisfies Record<string, Rule>;

const realm = 'MMS Public API';

/** Starts such a server for one test. `env` points the program at it; `used` lists the nonces and counts that came. */
export async function digestFront(sandbox: Awaited<ReturnType<typeof startSandbox>>, rule: Rule, now = Date.now) {
  const nonces = new Map<string, { since: number; counts: number[] }>();
  const used: string[] = [];

  const judge = (authorization: string, method: string): Verdict | 'wrong' => {
    const part = (name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(authorization)?.[1] ?? '';
    if (!authorization.startsWith('Digest ')) return 'wrong';
    used.push(`${part('nonce')} ${part('nc')}`);
    const nonce = nonces.get(part('nonce'));
    if (!nonce) return 'stale';
    const count = Number.parseInt(part('nc'), 16);
    const verdict = rule({ age: now() - nonce.since, count, before: nonce.counts });
    nonce.counts.push(count);
    if (verdict !== 'right') return verdict;
    const secret = md5(`${sandboxKeys.publicKey}:${realm}:${sandboxKeys.privateKey}`);
    const target = md5(`${method}:${part('uri')}`);
    const response = md5(`${secret}:${part('nonce')}:${part('nc')}:${part('cnonce')}:auth:${target}`);
    return part('response') === response ? 'right' : 'wrong';
  };

  const token = await sandbox.token();
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '', headers } = request;
    const body = await text(request);
    const verdict = judge(headers.authorization ?? '', method);
    if (verdict !== 'right') {
      const nonce = randomBytes(24).toString('base64');
      nonces.set(nonce, { since: now(), counts: [] });
      const challenge = `Digest realm="${realm}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${verdict === 'stale'}`;
      const refusal = { error: 401, reason: 'Unauthorized', detail: 'No.', errorCode: 'UNEXPECTED_ERROR' };
      const type = { 'content-type': 'application/json' };
      return response.writeHead(401, { 'www-authenticate': challenge, ...type }).end(JSON.stringify(refusal));
    }
    const onward = { accept: headers.accept ?? '', 'content-type': headers['content-type'] ?? headers.accept ?? '' };
    const answer = await fetch(`${sandbox.baseUrl}${url}`, {
      method,
      headers: { ...onward, authorization: `Bearer ${token}` },
      ...(body !== '' && { body }),
    });
    const type = answer.headers.get('content-type') ?? '';
    return response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
  });
  const { host, close } = await listen(server);
  onTestFinished(close);
  const env: Record<string, string> = { ...sandbox.env, ...ownFolders(), ATLAS_PE_BASE_URL: `http://${host}` };
  return { env, used };
}

function md5(text: string) {
  return createHash('md5').update(text).digest('hex');
}
