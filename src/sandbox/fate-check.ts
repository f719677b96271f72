import { either, isMissing, isOneOf, isText, shape } from './checks.js';

/** A saved fate, or none. */
export const isFate = either(
  isMissing,
  shape({ kind: isOneOf('never-ready', 'vanishes') }),
  shape({ kind: isOneOf('failed'), reason: isText }),
);
