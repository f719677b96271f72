import { describe, expect, test } from 'vitest';
import { deleted, serviceStatuses } from '../../src/atlas/model.js';
import { exitCodes } from '../../src/base/errors.js';
import { HelpLayout, topicHelp } from '../../src/cli/help/page.js';
import { type Topic, topics } from '../../src/cli/help/topics.js';
import { type TopicName, topicNames } from '../../src/cli/tree.js';
import { clouds } from '../../src/clouds/all.js';
import { formatNames } from '../../src/ui/formats.js';
import { pages } from '../helpers/documents.js';
import { runCli } from '../helpers/run-cli.js';
import { commands } from '../helpers/tree.js';

const names = Object.keys(topicNames) as TopicName[];

test.each(names)('help %s fits the terminal and is complete at any width', (name) => {
  const words = (text: string) => text.split(/\s+/).join(' ');
  for (const width of [40, 60, 80]) {
    const page = topicHelp(name, width);
    expect(words(page)).toBe(words(topicHelp(name, 200)));
    const tooLong = page.split('\n').filter((line) => line.length > width);
    // A variable or a URL is one word, so that it can be copied.
    expect(tooLong.filter((line) => !/^ *[A-Z_]{12,}|https:/.test(line))).toEqual([]);
  }
});

describe('the help is complete', () => {
  const termsOf = (topic: Topic) =>
    topic.flatMap((block) => (typeof block === 'string' ? [] : block.map(([term]) => term)));

  test('for the exit codes of a wait', () => {
    const ends = termsOf(topics.waiting).map((term) => Number(term.replace(/^exit /, '')));
    const { done, endpointFailed, timedOut, unexpected, interrupted } = exitCodes;
    expect(ends.toSorted()).toEqual([done, endpointFailed, timedOut, unexpected, interrupted].toSorted());
  });

  test('for the exit codes', () => {
    // 129 is what a shell reports after SIGHUP.
    const codes = [...Object.values(exitCodes), 129].sort((a, b) => a - b);
    expect(termsOf(topics['exit-codes']).map(Number)).toEqual(codes);
  });

  test('for the statuses and clouds', () => {
    const titles = Object.values(clouds).map(({ title }) => title);
    expect(termsOf(topics.statuses)).toEqual([...serviceStatuses, deleted, ...titles]);
  });

  test('for the formats', () => {
    const own = commands.flatMap(([, { formats = {} }]) => Object.keys(formats));
    expect(termsOf(topics.output)).toEqual([...new Set([...formatNames, ...own])]);
  });
});

test('docs/ has the same exit codes, formats and variables as the help', () => {
  const itemsOf = (topic: Topic) => topic.flatMap((block) => (typeof block === 'string' ? [] : block));
  // Several kinds of errors may share a code, in one row or several.
  const rows = pages.get('docs/scripts.md')?.split('\n') ?? [];
  const rowsOf = (code: string) => rows.filter((line) => line.startsWith(`| ${code} |`));
  for (const [format] of itemsOf(topics.output)) expect(rowsOf(`\`${format}\``), format).toHaveLength(1);
  for (const [code, meaning] of itemsOf(topics['exit-codes'])) expect(rowsOf(code).join('\n')).toContain(meaning);
  for (const name of itemsOf(topics.environment).flatMap((item) => item.join(' ').match(/[A-Z]+_[A-Z_]+/g) ?? []))
    expect(pages.get('docs/settings.md')).toMatch(new RegExp(`\`${name}[\`=]`));
});

test('a topic is shown after help, and a mistyped one gets a suggestion', async () => {
  expect(await runCli(['help', 'waiting'])).toMatchObject({ exitCode: 0, stdout: topicHelp('waiting', 80) });
  expect(await runCli(['help', 'waitng'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Did you mean help waiting?'),
  });
});

test('a description stands beside its term if 20 columns are left for it, otherwise below', () => {
  const shown = (width: number) => new HelpLayout(width).items([['ten-----ch', 'A description.']]).split('\n').length;
  expect([shown(34), shown(33)]).toEqual([1, 2]);
});
