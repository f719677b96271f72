/** Why a test may differ in a rough sandbox. */
type Reason =
  | 'counts requests'
  | 'pins all that a wait says'
  | 'leaves no time for another try'
  | 'expects a status that lasts two seconds'
  | 'needs a list that has at once what another command or a lost request has created';

/** Files of test/commands that run in a rough sandbox, and what is in the titles of their tests that may differ. */
export const mayDiffer: Readonly<Record<string, Partial<Record<Reason, readonly string[]>>>> = {
  'broken-strings': {},
  connect: {
    'counts requests': ['connects a VPC of another region'],
    'pins all that a wait says': ['prints the plan, each step, the cluster', 'says the plan in JSON'],
    'leaves no time for another try': [
      'if Atlas does not answer the create of the service, says that nothing is known to exist --timeout 5s',
      'the time is over',
      'connection strings that come after the plan was made are taken, even if no time is left',
    ],
    'needs a list that has at once what another command or a lost request has created': [
      'a service that somebody else has created in the meantime',
    ],
  },
  'connect-azure': { 'pins all that a wait says': ['needs no permission to read operations'] },
  'connect-clouds': {
    'counts requests': ['on AWS > connect creates both sides with our marks'],
    'leaves no time for another try': ['on AZURE > what the cloud does not finish takes no longer than --timeout'],
  },
  'connect-gcp': { 'counts requests': ['waits as long as Google asks to'] },
  convert: {
    'pins all that a wait says': [
      'goes from beginning to end',
      'that is interrupted says what becomes of the old service',
      'succeeds if Atlas deletes the old service with its last interface endpoint',
    ],
  },
  disconnect: {},
  endpoints: {
    'expects a status that lasts two seconds': [
      '--provider and --region choose between several',
      'all given details must match',
      'list asks for every provider with one request each',
    ],
  },
  interfaces: { 'expects a status that lasts two seconds': ['one that is being removed is not returned by'] },
  'port-mapping': {
    'leaves no time for another try': ['--no-port-mapping works until the day'],
    'needs a list that has at once what another command or a lost request has created': [
      'whose answer is lost (after)',
    ],
  },
  project: { 'pins all that a wait says': ['wait names them'] },
  'project-wide': { 'counts requests': ['that do not change are listed, and nothing is sent'] },
};
