/** The help topics: `atlas-pe help waiting`. */
export const topicNames = {
  'exit-codes': 'Exit codes',
  environment: 'Environment variables, and where settings come from',
  statuses: 'Statuses of endpoints',
  output: 'Output formats, fields and color',
  waiting: 'How wait works, and how it ends',
} as const;

export type TopicName = keyof typeof topicNames;

export function isTopic(name: string): name is TopicName {
  return Object.hasOwn(topicNames, name);
}
