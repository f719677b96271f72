import { Help } from 'commander';
import { type TopicName, topicNames } from './names.js';
import { type Topic, topics } from './topics.js';

/** A topic's page, at most so many columns wide. */
export function topicHelp(name: TopicName, width: number): string {
  const help = new Help();
  help.prepareContext({ helpWidth: width });
  const topic: Topic = topics[name];
  const blocks = topic.map((block) => {
    if (typeof block === 'string') return help.boxWrap(block, width);
    // A long term stands alone, above its meaning.
    const widest = Math.max(...block.map(([term]) => term.length));
    if (widest > width / 3) {
      return block.map(([term, meaning]) => `  ${term}\n${indent(help.boxWrap(meaning, width - 6))}`).join('\n');
    }
    return block.map(([term, meaning]) => help.formatItem(term, widest, meaning, help)).join('\n');
  });
  return `${topicNames[name]}\n\n${blocks.join('\n\n')}\n`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '      ');
}
