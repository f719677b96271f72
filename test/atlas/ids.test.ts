import { expect, test } from 'vitest';
import { parseImportId, path } from '../../src/atlas/ids.js';
import { UsageError } from '../../src/base/errors.js';

const project = '1112222b3bf99403840e8934';

test.each([
  [`${project}-3242342343112`, { projectId: project, id: '3242342343112' }],
  [`${project}-6a793f68c0eb9e7a17715835`, { projectId: project, id: '6a793f68c0eb9e7a17715835' }],
  [`${project}-6a79-AWS-us-east-1`, { projectId: project, id: '6a79', provider: 'AWS', region: 'us-east-1' }],
  [`${project}-6a79-AZURE-US_EAST_2`, { projectId: project, id: '6a79', provider: 'AZURE', region: 'US_EAST_2' }],
])('%s is an import id', (text, expected) => {
  expect(parseImportId(text)).toEqual(expected);
});

test.each([project, `${project}-`, `${project}-../x`, 'us-east-1', `${project}-6a79-IBM-us-east-1`, `x${project}-1`])(
  '%s is not an import id',
  (text) => {
    expect(parseImportId(text)).toBeUndefined();
  },
);

test("values in a path are encoded, and can't be empty, . or ..", () => {
  expect(path`/groups/byName/${'a b/c?d#é'}`).toBe('/groups/byName/a%20b%2Fc%3Fd%23%C3%A9');
  for (const part of ['', '.', '..']) expect(() => path`/groups/${part}`).toThrow(UsageError);
});
