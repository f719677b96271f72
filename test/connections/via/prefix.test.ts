import { expect, test } from 'vitest';
import { readPrefix } from '../../../src/connections/via/prefix.js';

test.each<[prefix: string, words: string[]]>([
  ['kubectl exec -i deploy/shop --', ['kubectl', 'exec', '-i', 'deploy/shop', '--']],
  ['  ssh   -J bastion\tapp-1 ', ['ssh', '-J', 'bastion', 'app-1']],
  [`sh -c 'exec "$@"' x`, ['sh', '-c', 'exec "$@"', 'x']],
  ['a"b c"\'d e\'f', ['ab cd ef']],
  ["env '' X=", ['env', '', 'X=']],
  ['a\\ b \\"c \\\\d', ['a b', '"c', '\\d']],
  ['C:\\tools\\ssh.exe vm', ['C:\\tools\\ssh.exe', 'vm']],
])('%s is read as sh reads it', (prefix, words) => {
  expect(readPrefix(prefix).words).toEqual(words);
});

test.each([
  ["ssh 'vm", 'not closed'],
  ['ssh "vm', 'not closed'],
  ['ssh vm\\', 'not closed'],
])('%j is not valid', (prefix, why) => {
  expect(() => readPrefix(prefix)).toThrow(why);
});

test.each([
  'kubectl exec -i deploy/shop -n shop -c app --',
  'ssh -J bastion:2222 -i /home/me/.ssh/id_ed25519 user@app-1',
  'nsenter -t 4711 -n',
  'gcloud compute ssh vm --zone us-east4-a --',
])('%s is shown whole', (prefix) => {
  expect(readPrefix(prefix).shown).toBe(prefix);
});

test.each([
  "env TOKEN='hunter2 hunter2' ssh vm",
  'env "TOKEN=hunter2 hunter2" ssh vm',
  'sshpass -phunter2 ssh vm',
  'kubectl --token=hunter2 exec -i shop --',
  'tool --api-key "hunter2" vm',
  'ssh user:hunter2@vm',
  'SSHPASS=hunter2 sshpass -e ssh vm',
  'plink -pw hunter2 vm',
  'tool --auth hunter2 vm',
  'tool -w hunter2 -u me:hunter2 vm',
  'sshpass -p -hunter2 ssh vm',
  `sh -c 'sshpass -p hunter2 ssh vm' x`,
])('of %s, no secret is shown', (prefix) => {
  const { shown, hide } = readPrefix(prefix);
  expect(shown).not.toContain('hunter2');
  expect(shown).toContain('…');
  expect(hide(`Cannot run hunter2 hunter2, hunter2 ssh vm, hunter2@vm: ${prefix.replaceAll('"', '')}`)).not.toMatch(
    /=hunter2/,
  );
});

test('a long prefix is cut', () => {
  expect(readPrefix('ssh '.repeat(1000)).shown.length).toBeLessThanOrEqual(200);
});
