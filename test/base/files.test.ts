import fs, {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { changeFile, hasLeftovers, removeLeftovers, replaceFile, writePrivate } from '../../src/base/files.js';
import { openConfig, withValues } from '../../src/config/store.js';
import { emptyWorld, fileStore } from '../../src/sandbox/world.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

function place(name = 'shared.txt') {
  const folder = temporaryFolder();
  return { folder, file: join(folder, name) };
}

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null);

/** Acts as another command that takes over our stale lock. Returns a function that releases it. */
function takeOver(file: string): () => void {
  rmdirSync(`${file}.lock`);
  mkdirSync(`${file}.lock`);
  return () => rmdirSync(`${file}.lock`);
}

/** Acts as another command that takes over our stale lock, writes this and releases the lock. */
function writeMeanwhile(file: string, text: string): void {
  const end = takeOver(file);
  writeFileSync(file, text);
  end();
}

/** Appends a line. `meanwhile` runs while the first try is writing. */
function append(file: string, line: string, meanwhile: () => void) {
  let tries = 0;
  const change = changeFile(file, {
    read,
    edit: (text) => ({
      write: async (beside) => {
        await writePrivate(beside, `${text ?? ''}${line}\n`);
        if (tries++ === 0) meanwhile();
      },
      answer: text,
    }),
  });
  return change.then((answer) => ({ answer, tries }));
}

test('a write that lost its lock starts again with what another command wrote', async () => {
  const { folder, file } = place();
  const { answer, tries } = await append(file, 'ours', () => writeMeanwhile(file, 'theirs\n'));
  expect([answer, tries, readFileSync(file, 'utf8')]).toEqual(['theirs\n', 2, 'theirs\nours\n']);
  expect(readdirSync(folder)).toEqual([basename(file)]);
});

test('a write that fails while it holds the lock is an error and leaves no files behind', async () => {
  const { folder, file } = place();
  const change = changeFile(file, {
    read,
    edit: () => ({ write: (beside) => writePrivate(join(beside, 'below'), ''), answer: undefined }),
  });
  await expect(change).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a write starts again if the file changed, even while it held the lock', async () => {
  const { file } = place();
  const { tries } = await append(file, 'ours', () => writeFileSync(file, 'by hand\n'));
  expect([tries, readFileSync(file, 'utf8')]).toEqual([2, 'by hand\nours\n']);
});

test('the configuration and the saved sandbox keep what another command wrote in the meantime', async () => {
  const config = place('config.json');
  const store = await openConfig(config.file);
  let tries = 0;
  await store.change((content) => {
    if (tries++ === 0) writeMeanwhile(config.file, '{"profiles":{"theirs":{"project":"p"}}}');
    return withValues(content, 'ours', { project: 'q' });
  });
  expect(JSON.parse(readFileSync(config.file, 'utf8')).profiles).toEqual({
    theirs: { project: 'p' },
    ours: { project: 'q' },
  });

  const [saved, other] = [place('sandbox.json'), place('sandbox.json')];
  await fileStore(other.file).replace({ ...emptyWorld(), regionalMode: ['p'] });
  const seen: number[] = [];
  await fileStore(saved.file).update((world) => {
    seen.push(world.regionalMode.length);
    if (seen.length === 1) writeMeanwhile(saved.file, readFileSync(other.file, 'utf8'));
    return { world, answer: undefined };
  });
  expect(seen).toEqual([0, 1]);
});

test('a configuration that was damaged after it was read is an error and is not overwritten', async () => {
  const { file } = place('config.json');
  const store = await openConfig(file);
  writeFileSync(file, '{');
  await expect(store.change((content) => content)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('not valid JSON'),
  });
  expect(readFileSync(file, 'utf8')).toBe('{');
});

test('on Windows, a file that another program has open is replaced when it is closed', async () => {
  onTestFinished(() => void vi.restoreAllMocks());
  const { folder, file } = place();
  writeFileSync(file, 'before');
  const system = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  const sleep = vi.spyOn(systemClock, 'sleep').mockResolvedValue();
  const open = Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM', syscall: 'rename' });
  const refuse = () => {
    throw open;
  };
  const rename = vi.spyOn(fs, 'renameSync').mockImplementationOnce(refuse).mockImplementationOnce(refuse);
  await replaceFile(file, 'after');
  expect([read(file), readdirSync(folder), sleep.mock.calls]).toEqual(['after', [basename(file)], [[50], [50]]]);

  rename.mockImplementation(refuse);
  await expect(replaceFile(file, 'never')).rejects.toBe(open);
  expect([read(file), readdirSync(folder), sleep.mock.calls.length]).toEqual(['after', [basename(file)], 2 + 19]);

  system.mockReturnValue('linux');
  await expect(replaceFile(file, 'never')).rejects.toBe(open);
  expect(sleep).toHaveBeenCalledTimes(2 + 19);
});

test('a symbolic link stays a link', async () => {
  const { folder, file } = place();
  mkdirSync(join(folder, 'elsewhere'));
  const target = join(folder, 'elsewhere', 'file');
  writeFileSync(target, 'before\n');
  symlinkSync(target, file);
  await append(file, 'after', () => undefined);
  expect([readFileSync(target, 'utf8'), readdirSync(dirname(target))]).toEqual(['before\nafter\n', ['file']]);
});

test.runIf(process.getuid?.() === 0)('a file that root writes keeps its owner', async () => {
  const { file } = place();
  writeFileSync(file, '');
  chownSync(file, 65_534, 65_534);
  await append(file, 'x', () => undefined);
  expect(statSync(file)).toMatchObject({ uid: 65_534, gid: 65_534 });
});

test('removes only temporary files of this file, from current and older versions, that are old enough', () => {
  const { folder, file } = place('config.json');
  const left = [
    'config.json.12.0a1b2c3d.tmp',
    'config.json.tmp-1234567890abcdef',
    'config.json.12.0a1b2c3d.tmp.tmp-1234567890abcdef',
  ];
  const others = ['config.json', 'config.json.bak', 'config.json.tmp', 'other.json.12.0a1b2c3d.tmp'];
  for (const name of [...left, ...others]) writeFileSync(join(folder, name), '');
  const minuteAgo = Date.now() / 1000 - 61;
  utimesSync(join(folder, left[0] ?? ''), minuteAgo, minuteAgo);
  removeLeftovers(file, 60_000);
  expect(readdirSync(folder).sort()).toEqual([...left.slice(1), ...others].sort());
  removeLeftovers(file);
  expect(readdirSync(folder).sort()).toEqual([...others].sort());
  removeLeftovers(join(folder, 'nowhere', 'config.json'));
});

test('the file that a killed command was writing is found and removed', async () => {
  const { file } = place();
  let left = '';
  const write = async (beside: string) => {
    left = beside;
    await writePrivate(beside, 'half');
    expect(hasLeftovers(file)).toBe(true);
  };
  await changeFile(file, { read, edit: () => ({ write, answer: undefined }) });
  expect([hasLeftovers(file), existsSync(left)]).toEqual([false, false]);
  // As if the command had been killed before it renamed the file, and the clock had been set back since.
  writeFileSync(left, 'half');
  const later = Date.now() / 1000 + 3600;
  utimesSync(left, later, later);
  expect(hasLeftovers(file)).toBe(true);
  removeLeftovers(file, 0);
  expect(existsSync(left)).toBe(true);
  removeLeftovers(file);
  expect([existsSync(left), existsSync(file)]).toEqual([false, true]);
});
