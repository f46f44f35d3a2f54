// Breaks segments on purpose, one place at a time, in a copy of the tree, and expects the tests to notice each time. Exits with 1
// when a mutant survives. `node scripts/mutate-segments.mjs zone order` runs only the mutants with these names, without first
// seeing the tests pass; with SEGMENT_LESSEN=yes it prints the small worlds that fail.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DOMAIN = 'src/segments/domain';
const LEAVES = `${DOMAIN}/leaves`;
const MUTANTS = {
  // Edges, order, the null rule, zones, numbers of values.
  'window-edge': { file: `${LEAVES}/event-rows.ts`, from: '`e.occurred_at > ${query.frame.now} - ${spanSql(within, query)}`', to: '`e.occurred_at >= ${query.frame.now} - ${spanSql(within, query)}`' },
  'date-edge': { file: `${DOMAIN}/operators.ts`, from: '`(${o.instant()} > ${o.now()} - ${interval(v, bind)}', to: '`(${o.instant()} >= ${o.now()} - ${interval(v, bind)}' },
  'span-end': { file: `${LEAVES}/event-rows.ts`, from: '`e.occurred_at < ${momentSql(between.to', to: '`e.occurred_at <= ${momentSql(between.to' },
  'null-rule': { file: `${DOMAIN}/operators.ts`, from: "operator.missing === 'match' ?", to: "operator.missing === 'never' ?" },
  'zone': { file: `${DOMAIN}/operands.ts`, from: "`segment_local(${instant}, ${frame.personZone ?? 'p.time_zone'}", to: "`segment_local(${instant}, ${frame.personZone ?? 'null::text'}" },
  'distinct': { file: `${LEAVES}/event-value.ts`, from: '`count(distinct ${value})`', to: '`count(${value})`' },
  'average': { file: `${LEAVES}/event-value.ts`, from: '* count(${value})`', to: '* count(*)`' },
  'order': { file: `${LEAVES}/sequence-pass.ts`, from: 'order by l.at groups between unbounded preceding and 1 preceding', to: 'order by l.at groups between 1 following and unbounded following' },
  'same-instant': { file: `${LEAVES}/sequence-pass.ts`, from: 'order by l.at groups between unbounded preceding and 1 preceding', to: 'order by l.at groups between unbounded preceding and current row' },
  'set-order': { file: `${LEAVES}/sequence-set.ts`, from: 'and e.occurred_at > b.at`', to: 'and e.occurred_at < b.at`' },
  'set-same-instant': { file: `${LEAVES}/sequence-set.ts`, from: 'and e.occurred_at > b.at`', to: 'and e.occurred_at >= b.at`' },
  'denial-start': { file: `${LEAVES}/sequence-pass.ts`, from: "between '1 microsecond' following", to: 'between current row' },
  'visit-gap': { file: `${LEAVES}/page-rows.ts`, from: 'b.occurred_at >= e.occurred_at - ${VISIT_GAP}', to: 'b.occurred_at > e.occurred_at - ${VISIT_GAP}' },
  'consent-rule': { file: `${LEAVES}/consent.ts`, from: "when t.opt_in then ${said} = 'subscribed'", to: "when t.opt_in then ${said} is distinct from 'unsubscribed'" },
  // Boundaries that are forgotten.
  'boundary': { file: `${LEAVES}/event-rows.ts`, from: '[0, ...(rows.within ? [windowSeconds(rows.within)] : [])].map', to: '[0].map' },
  'date-boundary': { file: `${DOMAIN}/operators.ts`, from: 'edges: (v) => [0, windowSeconds(v)]', to: 'edges: () => [0]' },
  'calendar-edge': { file: `${DOMAIN}/operators.ts`, from: 'days: (v) => [Number(v), Number(v) - 1]', to: 'days: (v) => [Number(v)]' },
  'denial-edge': { file: `${LEAVES}/sequence.ts`, from: '...denialEdge(leaf)]', to: ']' },
  // Changes that are not noticed.
  'read-event': { file: `${LEAVES}/event-rows.ts`, from: '[`event:${rows.event}`, ...(filtersReadZone', to: '[...(filtersReadZone' },
  'read-tag': { file: `${LEAVES}/tag.ts`, from: 'reads: (leaf) => [`tag:${leaf.tag}`]', to: 'reads: () => []' },
  'read-list': { file: `${LEAVES}/list.ts`, from: 'reads: (leaf) => [`list:${leaf.listId}`]', to: 'reads: () => []' },
  'read-zone': { file: `${LEAVES}/attribute.ts`, from: "...(readsZone(leaf) ? ['$time_zone'] : [])", to: '' },
  'read-consent': { file: `${LEAVES}/consent.ts`, from: '[`consent:${leaf.channel}:${leaf.topic}`, ', to: '[' },
  'merge': { file: 'src/segments/follow-changes.ts', from: 'change.mergedInto ? [change.mergedInto] : []', to: '[]' },
  'erasure': { file: 'src/segments/follow-changes.ts', from: 'if (gone.size === 0) return [];', to: 'if (gone.size >= 0) return [];' },
  'unknown': { file: `${LEAVES}/event.ts`, from: 'unknown: atZero,', to: 'unknown: () => false,' },
  'late-event': { file: `${LEAVES}/event-rows.ts`, from: '=> `e.occurred_at <= ${frame.now}`;', to: "=> `e.occurred_at <= ${frame.now} and e.received_at < e.occurred_at + interval '10 seconds'`;" },
  // Builds and people.
  'renewal': { file: 'src/segments/build.service.ts', from: 'if (!build.isFirst) for', to: 'if (false) for' },
  'cancel': { file: 'src/segments/segments.service.ts', from: 'if (renews) await requestBuild', to: 'if (false) await requestBuild' },
  'own-value': { file: 'src/people/store/attribute.store.ts', from: "'(h.from_id is null) desc, h.last_at desc", to: "'h.last_at desc" },
};

/** The random worlds come first; the tables of cases only see what survives them. */
const WORLDS = ['test/db/segments-differential'];
const TABLES = ['test/db/segments-cases', 'test/db/segments-clock', 'test/db/segments-builds'];
/** The first 22 worlds of this seed are told whenever the tests run. */
const SEED = '20260310';
const RUNS = '66';

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

function run(tests) {
  const env = { ...process.env, SEGMENT_SEED: SEED, SEGMENT_RUNS: RUNS, SEGMENT_LESSEN: process.env.SEGMENT_LESSEN ?? 'no', FORCE_COLOR: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/jest.mjs', ...tests], { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 28, env });
  const said = `${stdout}\n${stderr}`;
  return { passed: status === 0, failed: [...said.matchAll(/^ +✕ (.*?)(?: \(\d+ m?s\))?$/gm)].map(([, name]) => name), world: /fails in world (\d+)/.exec(said)?.[1], small: /^ *(\{"name":"".*\})$/m.exec(said)?.[1], said };
}

/** What noticed the mutant; null when nothing did. */
function killer() {
  const worlds = run(WORLDS);
  if (worlds.small && process.env.SEGMENT_LESSEN === 'yes') process.stdout.write(`${worlds.small}\n`);
  const fixed = worlds.failed.filter((name) => !name.startsWith('set =') && !name.startsWith('that was'));
  if (!worlds.passed) return [worlds.world ? `world ${worlds.world}` : 'no random world', ...fixed.map((name) => `the kept world "${name}"`)].join(', ');
  const tables = run(TABLES);
  return tables.passed ? null : `no world, but ${[...tables.said.matchAll(/^FAIL (\S+)/gm)].map(([, file]) => file).join(', ')}`;
}

const started = performance.now();
const lines = [];
try {
  const sound = wanted.length > 0 ? null : run([...WORLDS, ...TABLES]);
  if (sound?.passed === false) throw new Error(`the tests fail without any mutant: ${sound.said.slice(-4_000)}`);
  for (const [name, { file, from, to }] of Object.entries(MUTANTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`mutant ${name}: ${JSON.stringify(from)} is not exactly once in ${file}`);
    writeFileSync(path, text.replace(from, () => to));
    const by = killer();
    writeFileSync(path, text);
    lines.push({ name, killed: by !== null });
    process.stdout.write(`${name}: ${by === null ? 'SURVIVED' : `killed by ${by}`}\n`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const survivors = lines.filter(({ killed }) => !killed);
process.stdout.write(`${lines.length - survivors.length} of ${lines.length} mutants killed in ${Math.round((performance.now() - started) / 1000)} s\n`);
process.exit(survivors.length > 0 ? 1 : 0);
