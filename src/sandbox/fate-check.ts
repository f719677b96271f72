import { either, isMissing, isText, oneOf, shape } from './checks.js';

/** A saved fate, or none. */
export const isFate = either(
  isMissing,
  shape({ kind: oneOf('never-ready', 'vanishes') }),
  shape({ kind: oneOf('failed'), reason: isText }),
);
