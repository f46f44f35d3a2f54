/** One number of the results of a campaign, with all that it is a number of. */
export interface Cell {
  key: string;
  /** What is counted: `run`, `entered`, `visit`, `waiting`, `refused_entry`, `refused_step`, `delivery`, `sent`, `reached`, `bounce`, `reaction`, `assigned`, `chosen`, `goal`, `tested`. */
  measure: string;
  versionId: string | null;
  stepId: string | null;
  experimentId: string | null;
  variant: string | null;
  /** Empty: no message of a channel has been made for them. */
  channel: string | null;
  /** Empty: in no language of its own. */
  language: string | null;
  /** State, code, kind of reaction or goal. */
  detail: string | null;
  /** Reason, verdict, or what of a goal is counted. */
  further: string | null;
  /** Only what happened in the quarter of an hour from then on; null is the total. */
  bucket: Date | null;
  count: number;
  /** Sum of amounts as an exact decimal, and of the squares of each person's; null without any. */
  amount: string | null;
  squares: string | null;
}

/** Adds up cells under another name; names are kept in the order in which they first came. */
export function sumBy<T>(cells: readonly Cell[], keyOf: (cell: Cell) => string, make: (first: Cell, count: number) => T): T[] {
  const sums = new Map<string, { first: Cell; count: number }>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const known = sums.get(key);
    if (known) known.count += cell.count;
    else sums.set(key, { first: cell, count: cell.count });
  }
  return [...sums.values()].map(({ first, count }) => make(first, count));
}
