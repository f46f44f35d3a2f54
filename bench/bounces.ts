import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeTooComplex } from '../src/delivery/returns/domain/mime.js';
import { readReport } from '../src/delivery/returns/domain/read-report.js';
import { median, type BenchRow } from './bench.js';
import { hostileMails } from './bounces-hostile.js';

const FOLDER = join(process.cwd(), '..', 'shared', 'data', 'bounces');
const ROUNDS = 7;
const BUDGET_MS = 5;
const HOSTILE_BUDGET_MS = 1_000;
const NOW = new Date('2026-03-02T09:00:00Z');

/** What it costs to understand one mail that came back: the real mails in `../shared/data/bounces`, and mails made to cost time. CPU of this process, warm. */
export async function bench(): Promise<BenchRow[]> {
  const files = (JSON.parse(await readFile(join(FOLDER, 'expected.json'), 'utf8')) as { file: string }[]).map(({ file }) => file);
  const mails = await Promise.all(files.map((file) => readFile(join(FOLDER, file))));
  // A mail's cost is the middle of its rounds: what the machine does beside them is not its fault. The first rounds only warm up.
  for (let round = 0; round < 3; round += 1) for (const mail of mails) cost(mail);
  const rounds = Array.from({ length: ROUNDS }, () => mails.map((mail) => cost(mail)));
  const costs = mails.map((_, index) => median(rounds.map((round) => round[index]!))).toSorted((a, b) => a - b);
  const at = (share: number): number => costs[Math.min(costs.length - 1, Math.floor(costs.length * share))]!;
  const row = (name: string, value: number, budget: number): BenchRow => ({ name, value, unit: 'ms', floor: null, ratio: null, budget: `<= ${budget} ms`, ok: value <= budget });
  return [
    row(`read one of ${files.length} real bounces, median`, at(0.5), BUDGET_MS),
    row('read one real bounce, 99 of 100', at(0.99), BUDGET_MS),
    row('read one real bounce, slowest', at(1), BUDGET_MS),
    ...hostileMails().map(({ name, raw }) => row(`hostile, 10 MB: ${name}`, Math.min(cost(raw), cost(raw), cost(raw)), HOSTILE_BUDGET_MS)),
  ];
}

/** CPU time of one reading in milliseconds. */
function cost(raw: Buffer): number {
  const before = process.cpuUsage();
  try {
    readReport(raw, NOW);
  } catch (error) {
    if (!(error instanceof MimeTooComplex)) throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
