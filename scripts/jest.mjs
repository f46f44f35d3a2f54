// Runs jest and ends with the one line `N passed, N failed` that machines read.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'danbi-jest-'));
const report = join(folder, 'report.json');
const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const flags = ['--disable-warning=ExperimentalWarning', jest, '--json', `--outputFile=${report}`, '--testLocationInResults', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, flags, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, FORCE_COLOR: process.env.FORCE_COLOR ?? '0' } });
let failed = 1;
let passed = 0;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed = result.numPassedTests;
  failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
} catch (error) {
  process.stderr.write(`jest left no report: ${error}\n`);
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(status === 0 && failed > 0 ? 1 : (status ?? 1));
