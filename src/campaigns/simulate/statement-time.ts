/** Longest one question of a simulation may take, in milliseconds. */
export const STATEMENT_MS = 180_000;
