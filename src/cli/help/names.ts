/** Pages of help that belong to no command alone: `atlas-pe help waiting`. */
export const topicNames = {
  'exit-codes': 'What exit codes mean',
  environment: 'Variables of the environment, and where settings come from',
  statuses: 'The statuses of endpoints',
  output: 'Formats, fields and colour',
  waiting: 'How a wait goes and how it ends',
} as const;

export type TopicName = keyof typeof topicNames;

export function isTopic(name: string): name is TopicName {
  return Object.hasOwn(topicNames, name);
}
