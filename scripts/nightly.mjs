// The long proofs: more kills, more random worlds, a larger story, benches at full size. Prints what each one took; figures
// worth keeping go to docs/measurements.md with their date and conditions. `npm run nightly -- kills bench` runs only those.
import { spawnSync } from 'node:child_process';

const jest = (path, env) => ({ command: 'scripts/jest.mjs', args: [path], env });
const bench = (area, people) => ({ command: 'dist/bench/run.js', args: [area, '--people', String(people)], env: {} });

const PROOFS = {
  upgrade: [jest('test/crash/upgrade-running.test.ts', { DANBI_UPGRADE: '1' })],
  image: [{ command: 'scripts/image-check.mjs', args: [], env: {} }],
  restore: [jest('test/crash/restore.test.ts', { DANBI_RESTORE: '1' })],
  kills: [jest('test/crash', { DANBI_KILLS: '2600', DANBI_KILLS_OF_POSTGRES: '200', DANBI_KILLS_OF_MIGRATION: '200', DANBI_KILL_MINUTES: '300' })],
  segments: [jest('test/db/segments-differential.test.ts', { SEGMENT_RUNS: '1000', DANBI_SEED: 'random' })],
  edits: [jest('test/db/campaigns-engine.test.ts', { DANBI_EDITS: '500', DANBI_SEED: 'random' })],
  mutations: [{ command: 'scripts/mutate-segments.mjs', args: [], env: {} }],
  story: [jest('test/http/founding-story.test.ts', { DANBI_STORY_PEOPLE: '20000', DANBI_STORY_GRID: '1', DANBI_STORY_MINUTES: '60' })],
  bench: [bench('ingest', 100_000), bench('import', 100_000), bench('segments', 1_000_000), bench('launch', 100_000), bench('campaigns', 1_000_000), bench('simulate', 200_000), bench('delivery', 20_000), bench('tracking', 20_000)],
  dwell: [jest('test/browser/sdk-dwell', { DANBI_DWELL_SECONDS: '90', DANBI_DWELL_AWAY: '390' })],
  fleet: [jest('test/crash/fleet.test.ts', { DANBI_FLEET_SECONDS: '600', DANBI_FLEET_PER_SECOND: '40' }), jest('test/crash/fleet.test.ts', { DANBI_FLEET_SECONDS: '60', DANBI_FLEET_POOLER: '1' })],
  soak: [jest('test/crash/soak.test.ts', { DANBI_SOAK_MINUTES: '30' })],
  results: [jest('test/crash/results.test.ts', { DANBI_RESULTS_DELIVERIES: '1000000', DANBI_RESULTS_MINUTES: '240' })],
  model: [jest('test/http/campaigns-model.test.ts', { DANBI_SEED: 'random', DANBI_MODEL_WORLDS: '300', DANBI_MODEL_CUTS: 'all' }), jest('test/http/campaigns-cuts.test.ts', { DANBI_MODEL_CUTS: '200' })],
  explain: [jest('test/http/explain-flips.test.ts', { EXPLAIN_RUNS: '200', EXPLAIN_SEED: String(Date.now() % 1_000_000) })],
  sweep: [jest('test/browser/dashboard-axe.test.ts', { DANBI_SWEEP: 'all' })],
  hostile: [jest('test/http/hostile-routes.test.ts', { DANBI_HOSTILE: 'all' })],
  statistics: [
    jest('test/unit/statistics-simulation.test.ts', { DANBI_SIMULATION: 'full', DANBI_SIMULATION_OUT: 'docs/figures/statistics.json' }),
    jest('test/unit/statistics-assignment.test.ts', { DANBI_ASSIGNED_IDS: '1000000' }),
    { command: 'scripts/figures.mjs', args: ['statistics'], env: {} },
  ],
  hillstrom: [jest('test/http/hillstrom.test.ts', { DANBI_HILLSTROM_OUT: 'docs/figures/hillstrom.json' }), { command: 'scripts/figures.mjs', args: ['hillstrom'], env: {} }],
  docs: [{ command: 'site/build.mjs', args: [], env: {} }],
  starters: [jest('test/unit/delivery-starters.test.ts', { DANBI_SPAM: 'all' })],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in PROOFS));
if (unknown.length > 0) {
  process.stderr.write(`There is no proof named ${unknown.join(', ')}; choose from ${Object.keys(PROOFS).join(', ')}.\n`);
  process.exit(1);
}
let failed = 0;
for (const [name, runs] of Object.entries(PROOFS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const { command, args, env } of runs) {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, [command, ...args], { stdio: 'inherit', env: { ...process.env, ...env } });
    if (status !== 0) failed += 1;
    process.stdout.write(`nightly ${name} ${args.join(' ')}: ${status === 0 ? 'passed' : `FAILED (${status})`} in ${Math.round((performance.now() - started) / 1000)} s\n`);
  }
}
process.exit(failed > 0 ? 1 : 0);
