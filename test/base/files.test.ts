import fs, { mkdirSync, readdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { replaceFile, withLock } from '../../src/base/files.js';
import { openConfig, withValues } from '../../src/config/store.js';
import { emptyWorld, fileStore } from '../../src/sandbox/world.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

function place(name = 'shared.txt') {
  const folder = temporaryFolder();
  return { folder, file: join(folder, name) };
}

test('changes at the same time come one after the other', async () => {
  const config = place('config.json');
  const saved = place('sandbox.json');
  const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
  const changes = names.flatMap((name) => [
    openConfig(config.file).then((store) => store.change((content) => withValues(content, name, { project: name }))),
    fileStore(saved.file).update((world) => {
      return { world: { ...world, regionalMode: [...world.regionalMode, name] }, answer: undefined };
    }),
  ]);
  await Promise.all(changes);
  expect(Object.keys(JSON.parse(readFileSync(config.file, 'utf8')).profiles).sort()).toEqual(names);
  expect([...(await fileStore(saved.file).read()).regionalMode].sort()).toEqual(names);
  expect([readdirSync(config.folder), readdirSync(saved.folder)]).toEqual([['config.json'], ['sandbox.json']]);
});

test('a lock that another command took over is no error', async () => {
  const { file } = place();
  const takeOver = async () => {
    rmdirSync(`${file}.lock`);
    mkdirSync(`${file}.lock`);
    return 'done';
  };
  expect(await withLock(file, takeOver)).toBe('done');
});

test('a write that fails is an error and leaves no files behind', async () => {
  const { folder, file } = place('sandbox.json');
  mkdirSync(file);
  await expect(replaceFile(file, 'text')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(fileStore(file).replace(emptyWorld())).rejects.toMatchObject({ exitCode: 1 });
  expect(readdirSync(folder)).toEqual([basename(file)]);
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
  const read = () => readFileSync(file, 'utf8');
  writeFileSync(file, 'before');
  const system = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  const sleep = vi.spyOn(systemClock, 'sleep').mockResolvedValue();
  const open = Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM', syscall: 'rename' });
  const refuse = () => {
    throw open;
  };
  const rename = vi.spyOn(fs, 'renameSync').mockImplementationOnce(refuse).mockImplementationOnce(refuse);
  await replaceFile(file, 'after');
  expect([read(), readdirSync(folder), sleep.mock.calls]).toEqual(['after', [basename(file)], [[50], [50]]]);

  rename.mockImplementation(refuse);
  await expect(replaceFile(file, 'never')).rejects.toBe(open);
  expect([read(), readdirSync(folder), sleep.mock.calls.length]).toEqual(['after', [basename(file)], 2 + 19]);

  system.mockReturnValue('linux');
  await expect(replaceFile(file, 'never')).rejects.toBe(open);
  expect(sleep).toHaveBeenCalledTimes(2 + 19);
});

test('a configuration behind a symbolic link, as in a repository of dotfiles, stays there', async () => {
  const { folder, file } = place('config.json');
  const target = join(folder, 'elsewhere', 'config.json');
  mkdirSync(dirname(target));
  writeFileSync(target, '{}');
  symlinkSync(target, file);
  const store = await openConfig(file);
  await store.change((content) => withValues(content, 'default', { project: 'p' }));
  expect(JSON.parse(readFileSync(target, 'utf8')).profiles).toEqual({ default: { project: 'p' } });
  expect(readdirSync(dirname(target))).toEqual(['config.json']);
});
