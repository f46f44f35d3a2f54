// Runs jest and ends with the one line `N passed, N failed` that machines read. See docs/decisions/second-look.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** More files than these that fail at once are no matter of a slow moment. */
const MOST_LOOKED_AT_AGAIN = 3;
const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));

/** One run of jest. @returns its exit status and its report, which is null when it left none */
function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'danbi-jest-'));
  const file = join(folder, 'report.json');
  const flags = ['--disable-warning=ExperimentalWarning', jest, '--json', `--outputFile=${file}`, '--testLocationInResults', ...args];
  const { status } = spawnSync(process.execPath, flags, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, FORCE_COLOR: process.env.FORCE_COLOR ?? '0' } });
  let report = null;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    process.stderr.write(`jest left no report: ${error}\n`);
  }
  rmSync(folder, { recursive: true, force: true });
  return { status: status ?? 1, report };
}

const countOf = (report) => (report ? { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites } : { passed: 0, failed: 1 });

const args = process.argv.slice(2);
let { status, report } = run(args);
let { passed, failed } = countOf(report);
const broken = report?.testResults.filter(({ status: how }) => how === 'failed') ?? [];
const isWhole = args.every((arg) => arg.startsWith('-'));
const inBrowser = broken.every(({ name }) => relative(process.cwd(), name).startsWith(join('test', 'browser')));
if (isWhole && inBrowser && broken.length > 0 && broken.length <= MOST_LOOKED_AT_AGAIN) {
  const files = broken.map(({ name }) => relative(process.cwd(), name));
  process.stdout.write(`\nFailed in a browser beside other tests: ${files.join(', ')}. They are run once more, alone.\n`);
  const again = run(['--maxWorkers=1', '--runTestsByPath', ...files]);
  const count = countOf(again.report);
  for (const { assertionResults } of broken) passed -= assertionResults.filter(({ status: how }) => how === 'passed').length;
  passed += count.passed;
  failed = count.failed;
  status = again.status;
  process.stdout.write(status === 0 ? `PASSED ONLY ALONE: ${files.join(', ')}. What failed above was a matter of time; look at it.\n` : `Failed alone as well: ${files.join(', ')}.\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(status === 0 && failed > 0 ? 1 : status);
