import { version } from '../../../package.json';
import { CliError } from '../../base/errors.js';
import type { Context } from '../../endpoints/context.js';
import { ask } from '../../http/ask.js';
import { openHost } from '../../http/host.js';

const release = `https://github.com/atlas-pe/atlas-pe/releases/download/v${version}`;
/** Of the largest file of a release. */
const fileMb = 100;
/** Milliseconds. */
const timeoutMs = 600_000;
const mostRedirects = 5;

/** Downloads a file of this version's release, through the proxies of the environment, and only over TLS. */
export async function download(context: Pick<Context, 'settings' | 'clock' | 'signal'>, name: string): Promise<Buffer> {
  const { clock, signal, settings } = context;
  let url = new URL(`${release}/${name}`);
  for (let count = 0; count <= mostRedirects && url.protocol === 'https:'; count++) {
    const { origin, pathname, search } = url;
    const exchange = openHost(origin, { clock, signal, env: settings.env, urlSetting: 'the URL of the release' });
    const { status, headers, bytes } = await ask(
      { clock, signal },
      {
        title: `GET ${origin}${pathname}`,
        isHarmless: true,
        isChange: false,
        limits: { tries: 2, timeoutMs },
        send: (attempt) => exchange({ method: 'GET', path: `${pathname}${search}`, headers: {}, fileMb }, attempt),
      },
    );
    if (status === 200 && bytes) return bytes;
    const { location } = headers;
    if (typeof location !== 'string') throw missing(name, `HTTP ${status}`);
    url = new URL(location, url);
  }
  throw missing(name, 'too many redirects');
}

function missing(name: string, why: string) {
  const hint = {
    text: 'Pass an executable of this version with --executable. In a clone of the project, this makes one:',
    commands: ['npm run build:executable'],
  };
  return new CliError('unexpected', `Cannot download ${name} of release ${version} (${why}).`, { hint });
}
