/*
 * A plain script that does the work of a warm `atlas-pe list --provider aws --json`: one request by Node's own client, signed
 * from a challenge that it was given, and JSON on stdout. bench-distance.js compares with it. CommonJS, because that starts
 * faster.
 */
const { createHash, randomBytes } = require('node:crypto');

const {
  ATLAS_PE_BASE_URL: base = '',
  ATLAS_PE_PROJECT: project,
  ATLAS_PE_PUBLIC_KEY: user,
  ATLAS_PE_PRIVATE_KEY: password,
  CHALLENGE: challenge = '',
} = process.env;
const { get } = base.startsWith('https:') ? require('node:https') : require('node:http');
const md5 = (text) => createHash('md5').update(text).digest('hex');

const uri = `/api/atlas/v2/groups/${project}/privateEndpoint/AWS/endpointService`;
const [, realm] = /realm="([^"]+)"/.exec(challenge) ?? [];
const [, nonce] = /nonce="([^"]+)"/.exec(challenge) ?? [];
const nc = Math.floor(Math.random() * 0xffffffff)
  .toString(16)
  .padStart(8, '0');
const cnonce = randomBytes(8).toString('hex');
const secret = md5(`${user}:${realm}:${password}`);
const response = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${md5(`GET:${uri}`)}`);
const authorization =
  `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, ` +
  `cnonce="${cnonce}", response="${response}", algorithm=MD5`;
const headers = { accept: 'application/vnd.atlas.2023-01-01+json', authorization };

get(`${base}${uri}`, { headers, agent: false }, (answer) => {
  let text = '';
  answer.setEncoding('utf8');
  answer.on('data', (chunk) => {
    text += chunk;
  });
  answer.on('end', () => {
    process.exitCode = answer.statusCode === 200 ? 0 : 1;
    process.stdout.write(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });
});
