/** Injection tokens of things that are not classes of ours. */
export const LOG = Symbol('log');
