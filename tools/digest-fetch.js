/*
 * A plain script that does the same work as `atlas-pe list --json`: the Digest exchange with Node's own fetch, one
 * request for each cloud at the same time, and JSON on stdout. bench-start.js compares with it.
 */
import { createHash, randomBytes } from 'node:crypto';

const {
  ATLAS_PE_BASE_URL: base,
  ATLAS_PE_PROJECT: project,
  ATLAS_PE_PUBLIC_KEY: user,
  ATLAS_PE_PRIVATE_KEY: password,
} = process.env;
const md5 = (text) => createHash('md5').update(text).digest('hex');
let challenge;
let count = 0;

async function ask(provider) {
  const uri = `/api/atlas/v2/groups/${project}/privateEndpoint/${provider}/endpointService`;
  const headers = { accept: 'application/vnd.atlas.2023-01-01+json' };
  if (challenge) {
    const [, realm] = /realm="([^"]+)"/.exec(challenge);
    const [, nonce] = /nonce="([^"]+)"/.exec(challenge);
    const nc = (++count).toString(16).padStart(8, '0');
    const cnonce = randomBytes(8).toString('hex');
    const secret = md5(`${user}:${realm}:${password}`);
    const response = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${md5(`GET:${uri}`)}`);
    headers.authorization = `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}", algorithm=MD5`;
  }
  return fetch(`${base}${uri}`, { headers });
}

const refusal = await ask('AWS');
challenge = refusal.headers.get('www-authenticate');
await refusal.text();
const lists = await Promise.all(['AWS', 'AZURE', 'GCP'].map(async (provider) => (await ask(provider)).json()));
process.stdout.write(`${JSON.stringify(lists.flat(), null, 2)}\n`);
