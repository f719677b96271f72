import { expect, test } from 'vitest';
import { type TopicName, topicNames } from '../../src/cli/help/names.js';
import { topicHelp } from '../../src/cli/help/page.js';
import { type Topic, topics } from '../../src/cli/help/topics.js';
import { pages } from '../helpers/documents.js';
import { runCli } from '../helpers/run-cli.js';

const names = Object.keys(topicNames) as TopicName[];

test.each(names)('help %s fits the terminal, and says all of it at any width', (name) => {
  const words = (text: string) => text.split(/\s+/).join(' ');
  for (const width of [40, 60, 80]) {
    const page = topicHelp(name, width);
    expect(words(page)).toBe(words(topicHelp(name, 200)));
    const tooLong = page.split('\n').filter((line) => line.length > width);
    // A variable or a URL is one word, to be copied.
    expect(tooLong.filter((line) => !/^ *[A-Z_]{12,}|https:/.test(line))).toEqual([]);
  }
});

test('docs/ has the exit codes and the variables of the help', () => {
  const itemsOf = (topic: Topic) => topic.flatMap((block) => (typeof block === 'string' ? [] : block));
  // Several kinds of errors may share a code, each with a row or all in one.
  const rows = pages.get('docs/output.md')?.split('\n') ?? [];
  const rowsOf = (code: string) => rows.filter((line) => line.startsWith(`| ${code} |`));
  for (const [code, meaning] of itemsOf(topics['exit-codes'])) expect(rowsOf(code).join('\n')).toContain(meaning);
  for (const name of itemsOf(topics.environment).flatMap((item) => item.join(' ').match(/[A-Z]+_[A-Z_]+/g) ?? []))
    expect(pages.get('docs/settings.md')).toMatch(new RegExp(`\`${name}[\`=]`));
});

test('a topic is asked for by help alone, and a mistyped one gets a suggestion', async () => {
  expect(await runCli(['help', 'waiting'])).toMatchObject({ exitCode: 0, stdout: topicHelp('waiting', 80) });
  expect(await runCli(['help', 'waitng'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('waiting?') });
  expect(await runCli(['waiting'])).toMatchObject({ exitCode: 2, stdout: '' });
});
