// Breaks segments on purpose, one place at a time, in a copy of the tree, and expects the tests to notice each time. Exits with 1
// when a mutant survives. `node scripts/mutate-segments.mjs zone order` runs only the mutants with these names.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const LEAVES = 'src/segments/domain/leaves';
const MUTANTS = {
  'window-edge': { file: `${LEAVES}/event-rows.ts`, from: '`e.occurred_at > ${frame.now} - ${spanSql(within, query)}`', to: '`e.occurred_at >= ${frame.now} - ${spanSql(within, query)}`' },
  'date-edge': { file: 'src/segments/domain/operators.ts', from: '`(${o.instant()} > ${o.now} - ${interval(v, bind)}', to: '`(${o.instant()} >= ${o.now} - ${interval(v, bind)}' },
  'null-rule': { file: 'src/segments/domain/operators.ts', from: "operator.missing === 'match' ?", to: "operator.missing === 'never' ?" },
  'zone': { file: 'src/segments/domain/operands.ts', from: 'segment_day(${instant}, p.time_zone, ${frame.zone})', to: 'segment_day(${instant}, null, ${frame.zone})' },
  'distinct': { file: `${LEAVES}/event-value.ts`, from: '`count(distinct ${value})`', to: '`count(${value})`' },
  'order': { file: `${LEAVES}/sequence.ts`, from: 'order by l.at groups between unbounded preceding and 1 preceding', to: 'order by l.at groups between 1 following and unbounded following' },
  'same-instant': { file: `${LEAVES}/sequence.ts`, from: 'order by l.at groups between unbounded preceding and 1 preceding', to: 'order by l.at groups between unbounded preceding and current row' },
  'boundary': { file: `${LEAVES}/event-rows.ts`, from: '[0, ...(rows.within ? [windowSeconds(rows.within)] : [])].map', to: '[0].map' },
  'read-event': { file: `${LEAVES}/event-rows.ts`, from: '[`event:${rows.event}`, ...(filtersReadZone', to: '[...(filtersReadZone' },
  'read-tag': { file: `${LEAVES}/tag.ts`, from: 'reads: (leaf) => [`tag:${leaf.tag}`]', to: 'reads: () => []' },
  'merge': { file: 'src/segments/follow-changes.ts', from: 'change.mergedInto ? [change.mergedInto] : []', to: '[]' },
  'erasure': { file: 'src/segments/follow-changes.ts', from: 'if (gone.size === 0) return [];', to: 'if (gone.size >= 0) return [];' },
  'unknown': { file: `${LEAVES}/event.ts`, from: 'unknown: atZero,', to: 'unknown: () => false,' },
  'late-event': { file: `${LEAVES}/event-rows.ts`, from: '=> [`e.occurred_at <= ${frame.now}`,', to: "=> [`e.occurred_at <= ${frame.now} and e.received_at < e.occurred_at + interval '10 seconds'`," },
  'renewal': { file: 'src/segments/build.service.ts', from: 'if (!build.isFirst) for', to: 'if (false) for' },
  'cancel': { file: 'src/segments/segments.service.ts', from: 'if (renews) await requestBuild', to: 'if (false) await requestBuild' },
  'own-value': { file: 'src/people/store/attribute.store.ts', from: "'(h.from_id is null) desc, h.last_at desc", to: "'h.last_at desc" },
};

const TESTS = ['test/db/segments-differential', 'test/db/segments-cases', 'test/db/segments-clock'];
const SEED = '20260310';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in MUTANTS));
if (unknown.length > 0) {
  process.stderr.write(`There is no mutant named ${unknown.join(', ')}; choose from ${Object.keys(MUTANTS).join(', ')}.\n`);
  process.exit(1);
}

const root = process.cwd();
const copy = mkdtempSync(join(tmpdir(), 'danbi-mutants-'));
chmodSync(copy, 0o755);
for (const part of ['src', 'test', 'scripts', 'templates', 'package.json', 'jest.config.js', 'tsconfig.json', 'ormconfig.ts']) cpSync(join(root, part), join(copy, part), { recursive: true });
symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'));

function run() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/jest.mjs', ...TESTS], { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 28, env: { ...process.env, SEGMENT_SEED: SEED, SEGMENT_RUNS: '60', SEGMENT_LESSEN: 'no', FORCE_COLOR: '0' } });
  const said = `${stdout}\n${stderr}`;
  return { status, files: [...said.matchAll(/^FAIL (\S+)/gm)].map(([, file]) => basename(file, '.test.ts')), world: /fails in world (\d+)/.exec(said)?.[1], count: /\d+ passed, \d+ failed/.exec(said)?.[0], said };
}

const started = performance.now();
const lines = [];
try {
  const sound = run();
  if (sound.status !== 0) throw new Error(`the tests fail without any mutant: ${sound.said.slice(-4_000)}`);
  for (const [name, { file, from, to }] of Object.entries(MUTANTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`mutant ${name}: ${JSON.stringify(from)} is not exactly once in ${file}`);
    writeFileSync(path, text.replace(from, () => to));
    const { status, files, world, count } = run();
    writeFileSync(path, text);
    lines.push({ name, killed: status !== 0 });
    process.stdout.write(`${name}: ${status === 0 ? 'SURVIVED' : `killed by ${files.join(', ')}${world ? `, world ${world}` : ''}`} (${count})\n`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const survivors = lines.filter(({ killed }) => !killed);
process.stdout.write(`${lines.length - survivors.length} of ${lines.length} mutants killed in ${Math.round((performance.now() - started) / 1000)} s\n`);
process.exit(survivors.length > 0 ? 1 : 0);
