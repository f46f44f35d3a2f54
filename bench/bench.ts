/** Where a bench runs: a fresh, migrated database of its own, how many people it should use, how many a broadcast reaches (0: none is sent), and how many campaigns there are where an area has many. */
export interface BenchContext { url: string; people: number; broadcast: number; campaigns: number }

/** One measured figure beside what it is measured against. `ratio` is what `budget` speaks about. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** The same thing done the plainest way, in the same run and unit. Null when there is nothing to compare with. */
  floor: number | null;
  ratio: number | null;
  /** As in the architecture's table: `>= 1.5`, `<= 400 MB`. */
  budget: string;
  ok: boolean;
}

export type Bench = (context: BenchContext) => Promise<BenchRow[]>;

/** The middle of an odd number of measurements. */
export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
