import { hash } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { isSea } from 'node:sea';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { version } from '../../../package.json';
import { CliError, reasonOf, UsageError } from '../../base/errors.js';
import { createFolder, isOurs, replaceFile } from '../../base/files.js';
import { bytesOf } from '../../base/read-text.js';
import { ownFolder } from '../../config/paths.js';
import type { Context } from '../../endpoints/context.js';
import { proxiedAgent } from '../../http/proxied-agent.js';

/** By what uname says: the name in a release, and the number in the header of an executable. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const processors: Readonly<Record<string, { name: string; machine: number }>> = {
  x86_64: { name: 'amd64', machine: 62 },
  aarch64: { name: 'arm64', machine: 183 },
};

const release = `https://github.com/atlas-pe/atlas-pe/releases/download/v${version}`;
const mostBytes = 200_000_000;

const hint = `A clone makes one: npm run build:executable. To pass one of version ${version}, use --executable.`;

type Where = Pick<Context, 'settings' | 'signal'>;

/** This program for Linux on a processor, compressed by gzip: the named one, this one, the built one, or that of the release. */
export async function packedExecutable(context: Where, processor: string, named?: string): Promise<Buffer> {
  const { name, machine } = processors[processor] ?? { name: processor, machine: 0 };
  const own = isSea() ? process.execPath : join(import.meta.dirname, '../dist-executable/atlas-pe');
  const file = named ?? own;
  if ((await machineOf(file)) === machine) {
    // Not its size and time: packages and images set the same time for all files.
    const bytes = await readFile(file);
    const key = `${version}-${name}-${hash('sha256', bytes)}.gz`;
    return kept(context, key, () => promisify(gzip)(bytes, { level: 1 }));
  }
  if (named !== undefined)
    throw new UsageError(`${named} is missing, or no executable for Linux on ${processor}.`, hint);
  const archive = `atlas-pe_linux_${name}.gz`;
  return kept(context, `${version}-${archive}`, async () => {
    const [sums, packed] = [await download(context, 'SHA256SUMS'), await download(context, archive)];
    const line = `${hash('sha256', packed)}  ${archive}`;
    if (sums.toString('latin1').split('\n').includes(line)) return packed;
    throw new CliError('unexpected', `${archive} does not have the sum of the release. It was not sent.`, { hint });
  });
}

/** The processor in the header of an executable for Linux; undefined if the file is none. */
async function machineOf(file: string) {
  const handle = await open(file).catch(() => undefined);
  const header = Buffer.alloc(20);
  await handle?.read(header).finally(() => handle.close());
  return header.readUInt32BE(0) === 0x7f454c46 ? header.readUInt16LE(18) : undefined;
}

/** A file of the cache, which has only one, or what `make` makes for it. */
async function kept({ settings }: Where, name: string, make: () => Promise<Buffer>): Promise<Buffer> {
  let made: Buffer | undefined;
  try {
    const folder = join(ownFolder('cache', settings.env), 'executables');
    createFolder(folder, isOurs);
    const all = await readdir(folder);
    if (all.includes(name)) return await readFile(join(folder, name));
    made = await make();
    for (const other of all) await rm(join(folder, other));
    await replaceFile(join(folder, name), made);
  } catch (error) {
    // Without a cache, the next command makes it again.
    if (error instanceof CliError) throw error;
  }
  return made ?? make();
}

/** Downloads a file of the release, through the proxies of the environment. Node's https takes no other URLs. */
async function download({ settings, signal }: Where, name: string): Promise<Buffer> {
  const agent = proxiedAgent(settings.env, signal, undefined);
  let [url, reason] = [`${release}/${name}`, 'too many redirects'];
  try {
    for (let count = 0; count < 5; count++) {
      const [answer] = (await once(get(url, { agent, signal }), 'response')) as [IncomingMessage];
      const { statusCode, headers } = answer;
      const bytes = statusCode === 200 ? await bytesOf(answer, mostBytes) : undefined;
      if (bytes) return bytes;
      answer.destroy();
      reason = `HTTP ${statusCode}`;
      url = new URL(headers.location ?? '', url).href;
    }
  } catch (error) {
    signal.throwIfAborted();
    reason = reasonOf(error);
  } finally {
    agent.destroy();
  }
  throw new CliError('unexpected', `Cannot download ${url} (${reason}).`, { hint });
}
