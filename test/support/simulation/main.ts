import { Random } from './random.js';
import { type Row, ROWS } from './rows.js';

/** What one metric of a row came to. */
export interface Seen { check: string; setting: string; metric: string; runs: number; least: number; most: number; mean: number; variance: number }

function simulate({ check, setting, once, metrics }: Row, runs: number, seed: number): Seen[] {
  const sums = metrics.map(() => ({ sum: 0, squares: 0 }));
  for (let run = 0; run < runs; run += 1) {
    for (const [i, value] of once(new Random(seed * 1_000_003 + run)).entries()) {
      sums[i]!.sum += value;
      sums[i]!.squares += value * value;
    }
  }
  return metrics.map(({ name, pass: [least, most] }, i) => {
    const mean = sums[i]!.sum / runs;
    return { check, setting, metric: name, runs, least, most, mean, variance: sums[i]!.squares / runs - mean ** 2 };
  });
}

// A process of its own, given the share of the runs: within a test runner every use of Math costs several times as much.
const share = Number(process.argv[2]);
for (const [index, row] of ROWS.entries()) for (const seen of simulate(row, Math.round(row.runs * share), index + 1)) process.stdout.write(`${JSON.stringify(seen)}\n`);
