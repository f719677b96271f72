import { items, layoutOf } from './layout.js';
import { type TopicName, topicNames } from './names.js';
import { type Topic, topics } from './topics.js';

/** A topic's page, at most so many columns wide. */
export function topicHelp(name: TopicName, width: number): string {
  const help = layoutOf(width);
  const topic: Topic = topics[name];
  const blocks = topic.map((block) => (typeof block === 'string' ? help.boxWrap(block, width) : items(block, help)));
  return `${help.boxWrap(topicNames[name], width)}\n\n${blocks.join('\n\n')}\n`;
}
