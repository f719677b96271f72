/** The keys of a check. They have a file of their own because every start of a command reads them. */
export const checkKeys: readonly string[] = [
  'category',
  'subject',
  'id',
  'result',
  'title',
  'detail',
  'hint',
  'commands',
];
