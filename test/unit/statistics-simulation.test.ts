import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Seen } from '../support/simulation/main.js';
import { ROWS } from '../support/simulation/rows.js';

/**
 * The table of section 10 of the statistics design: many simulated tests, each looked at through the rule itself. Here a twentieth
 * of the runs, with bounds wider by three standard errors; `npm run nightly -- statistics` runs all of them, with the bounds
 * as they are, and keeps what it saw for docs/statistics.md.
 */
const share = process.env.DANBI_SIMULATION === 'full' ? 1 : 0.05;
const slackOf = (bound: number, { variance, runs }: Seen): number => (share === 1 ? 0 : 3 * Math.sqrt((bound <= 1 ? bound * (1 - bound) : variance) / runs));

const folder = mkdtempSync(join(tmpdir(), 'danbi-simulation-'));
let results: Seen[];

beforeAll(async () => {
  const program = join(folder, 'simulation.cjs');
  await build({ entryPoints: [join(process.cwd(), 'test/support/simulation/main.ts')], bundle: true, platform: 'node', format: 'cjs', outfile: program, logLevel: 'error' });
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(share)], { maxBuffer: 1e7 });
  results = stdout.trim().split('\n').map((line) => JSON.parse(line) as Seen);
  if (process.env.DANBI_SIMULATION_OUT) writeFileSync(process.env.DANBI_SIMULATION_OUT, `[\n${results.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}, 7_200_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(ROWS.map(({ check, setting, metrics }) => ({ check, setting, metrics })))('$check: $setting', ({ check, setting, metrics }) => {
  test.each(metrics)('$name within $pass', ({ name, pass: [least, most] }) => {
    const seen = results.find((row) => row.check === check && row.setting === setting && row.metric === name)!;
    expect({ seen: seen.mean, isEnough: seen.mean >= least - slackOf(least, seen), isLittle: seen.mean <= most + slackOf(most, seen) }).toEqual({ seen: seen.mean, isEnough: true, isLittle: true });
  });
});
