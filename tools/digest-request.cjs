/*
 * A plain script that does the work of `atlas-pe list --provider aws --json`: Node's own client, signed in as curl does, with a
 * challenge of its own, and JSON on stdout. bench-distance.js compares with it. CommonJS, because that starts faster.
 */
const { createHash, randomBytes } = require('node:crypto');

const {
  ATLAS_PE_BASE_URL: base = '',
  ATLAS_PE_PROJECT: project,
  ATLAS_PE_PUBLIC_KEY: user,
  ATLAS_PE_PRIVATE_KEY: password,
} = process.env;
const { get, Agent } = base.startsWith('https:') ? require('node:https') : require('node:http');
const md5 = (text) => createHash('md5').update(text).digest('hex');

const uri = `/api/atlas/v2/groups/${project}/privateEndpoint/AWS/endpointService`;
// Both requests take one connection.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function ask(authorization, onAnswer) {
  const headers = { accept: 'application/vnd.atlas.2023-01-01+json', ...(authorization && { authorization }) };
  get(`${base}${uri}`, { headers, agent }, (answer) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk) => {
      text += chunk;
    });
    answer.on('end', () => onAnswer(answer, text));
  });
}

function signed(challenge) {
  const [, realm] = /realm="([^"]+)"/.exec(challenge) ?? [];
  const [, nonce] = /nonce="([^"]+)"/.exec(challenge) ?? [];
  const cnonce = randomBytes(8).toString('hex');
  const secret = md5(`${user}:${realm}:${password}`);
  const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${md5(`GET:${uri}`)}`);
  return (
    `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=00000001, ` +
    `cnonce="${cnonce}", response="${response}", algorithm=MD5`
  );
}

ask(undefined, ({ headers }) =>
  ask(signed(headers['www-authenticate']), ({ statusCode }, text) => {
    process.exitCode = statusCode === 200 ? 0 : 1;
    process.stdout.write(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    agent.destroy();
  }),
);
