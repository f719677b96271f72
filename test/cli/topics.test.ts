import { expect, test } from 'vitest';
import { type TopicName, topicNames } from '../../src/cli/help/names.js';
import { topicHelp } from '../../src/cli/help/page.js';
import { type Topic, topics } from '../../src/cli/help/topics.js';
import { readme } from '../helpers/readme.js';
import { runCli } from '../helpers/run-cli.js';

const names = Object.keys(topicNames) as TopicName[];

test.each(names)('help %s fits the terminal, and says all of it at any width', (name) => {
  const words = (text: string) => text.split(/\s+/).join(' ');
  for (const width of [40, 60, 80]) {
    const page = topicHelp(name, width);
    expect(words(page)).toBe(words(topicHelp(name, 200)));
    const tooLong = page.split('\n').filter((line) => line.length > width);
    // A list of variables is one word after the other, to be copied.
    expect(tooLong.filter((line) => !/^ {2}ATLAS_PE_/.test(line))).toEqual([]);
  }
});

test.each(names)('help %s says something of each thing that it names', (name) => {
  for (const block of topics[name] as Topic) {
    for (const part of typeof block === 'string' ? [block] : block.flat()) expect(part.trim()).not.toBe('');
  }
});

test('README has the exit codes and the variables of the help', () => {
  const itemsOf = (topic: Topic) => topic.flatMap((block) => (typeof block === 'string' ? [] : block));
  for (const [code, meaning] of itemsOf(topics['exit-codes'])) expect(readme).toContain(`| ${code} | ${meaning} |`);
  for (const name of itemsOf(topics.environment).flatMap(([term]) => term.split(', ')))
    expect(readme).toContain(`\`${name}\``);
});

test('a topic is asked for by help alone, and a mistyped one gets a suggestion', async () => {
  expect(await runCli(['help', 'waiting'])).toMatchObject({ exitCode: 0, stdout: topicHelp('waiting', 80) });
  expect(await runCli(['help', 'waitng'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('waiting?') });
  expect(await runCli(['waiting'])).toMatchObject({ exitCode: 2, stdout: '' });
});
