/** A row as it came: a JSON value, or why it is not even that; `line`: where in the file it ends, counted from 1. */
export type GivenRow = ({ value: unknown } | { unreadable: string }) & { line?: number };
