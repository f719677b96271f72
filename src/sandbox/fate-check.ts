import { either, isMissing, isText, oneOf, shape } from './checks.js';

/** What may become of something, as it is saved. */
export const isFate = either(
  isMissing,
  shape({ kind: oneOf('never-ready', 'vanishes') }),
  shape({ kind: oneOf('failed'), reason: isText }),
);
