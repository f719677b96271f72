import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { home } from './helpers/run-program.js';

test('no two files export the same name, apart from what a command does', () => {
  const src = join(home, 'src');
  const files = new Map<string, string[]>();
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(src, file), 'utf8');
    for (const [, name = ''] of text.matchAll(
      /^export (?:async )?(?:function|const|class|interface|type|enum) (\w+)/gm,
    ))
      files.set(name, [...(files.get(name) ?? []), file]);
  }
  expect(files.size).toBeGreaterThan(500);
  expect([...files].filter(([name, all]) => name !== 'run' && all.length > 1)).toEqual([]);
});
