import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finding people by a part of their name, and deliveries by their filters in the order of time.
 *
 * Names are found by their pairs of characters, and by single ones that are not ASCII, kept by our own function in an index of core PostgreSQL:
 * `pg_trgm` is an extension that a hosted server may refuse, and finds nothing by two letters or one Hangul syllable (docs/decisions/search-by-name.md).
 */
export class PersonSearch1763800000035 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The cost keeps the planner from reading everybody through it.
    await runner.query(`
      create function name_grams(name text, shortest int) returns text[] language plpgsql immutable parallel safe strict cost 5000 as $$
        declare
          last text;
          mark text;
          grams text[] := '{}';
        begin
          foreach mark in array string_to_array(name, null) loop
            if shortest = 1 and ascii(mark) > 127 then grams := grams || mark; end if;
            if last is not null then grams := grams || (last || mark); end if;
            last := mark;
          end loop;
          return grams;
        end $$`);
    await runner.query(`
      create function person_name_of(attributes jsonb) returns text language sql immutable parallel safe as $$
        select nullif(lower(normalize(btrim(left(case when jsonb_typeof(attributes -> 'name') = 'string' and attributes ->> 'name' <> '' then attributes ->> 'name'
          else concat_ws(' ', case when jsonb_typeof(attributes -> 'firstName') = 'string' then attributes ->> 'firstName' end, case when jsonb_typeof(attributes -> 'lastName') = 'string' then attributes ->> 'lastName' end) end, 100)), NFC)), '')
      $$`);
    await runner.query('create table person_name (person_id uuid primary key, name text not null)');
    await runner.query('insert into person_name (person_id, name) select p.id, person_name_of(p.attributes) from person as p where person_name_of(p.attributes) is not null');
    await runner.query('create index person_name_grams on person_name using gin (name_grams(name, 1))');
    await keepNames(runner);
    // Prefixes in any collation; the same index serves addresses asked for whole.
    await runner.query('drop index person_email');
    await runner.query('create index person_email on person (lower(email) text_pattern_ops) where email is not null');
    await runner.query(`create index person_identity_start on person_identity (lower(value) text_pattern_ops) where kind = 'user_id'`);
    await runner.query('analyze person_name');
    // Whose state is still open is asked for by the indexes of senders; what is settled moves into this one once.
    await runner.query(`create index delivery_state_listed on delivery (state, queued_at, id) where state not in ('queued', 'sending')`);
    await runner.query('create index delivery_reason_listed on delivery (reason, queued_at, id) where reason is not null');
    await runner.query('create index delivery_channel_listed on delivery (channel, queued_at, id)');
    await runner.query('create index delivery_campaign_listed on delivery (campaign_id, queued_at, id)');
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}

/** By triggers, because people are written at several places; one that only notes a visit looks at no name. */
async function keepNames(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create function person_named() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          delete from person_name as n using old_rows as o where n.person_id = o.id;
        elsif tg_op = 'INSERT' then
          insert into person_name (person_id, name) select n.id, n.name from (select p.id, person_name_of(p.attributes) as name from new_rows as p offset 0) as n where n.name is not null;
        elsif person_name_of(new.attributes) is null then
          delete from person_name as n where n.person_id = new.id;
        elsif person_name_of(new.attributes) is distinct from person_name_of(old.attributes) then
          insert into person_name (person_id, name) values (new.id, person_name_of(new.attributes)) on conflict (person_id) do update set name = excluded.name;
        end if;
        return null;
      end $$`);
  await runner.query('create trigger person_named_first after insert on person referencing new table as new_rows for each statement execute function person_named()');
  await runner.query(`
    create trigger person_named after update of attributes on person for each row
      when (old.attributes is distinct from new.attributes
        and (old.attributes -> 'name', old.attributes -> 'firstName', old.attributes -> 'lastName') is distinct from (new.attributes -> 'name', new.attributes -> 'firstName', new.attributes -> 'lastName'))
      execute function person_named()`);
  await runner.query('create trigger person_unnamed after delete on person referencing old table as old_rows for each statement execute function person_named()');
}
