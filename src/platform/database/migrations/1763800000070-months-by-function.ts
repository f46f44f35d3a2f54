import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Months of the large tables are made and dropped by two functions with the rights of whoever owns them, so that the service itself needs no right
 * to change the schema (docs/decisions/roles-of-the-database.md). Whoever may call them can make and drop months of these tables and nothing else.
 */
export class MonthsByFunction1763800000070 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function danbi_make_month(parent text, month date) returns void language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        if parent is null or parent <> all (array['event', 'decision', 'delivery_event']) then raise exception 'no table of months: %', parent; end if;
        if month is null or month <> date_trunc('month', month)::date or month not between date '2000-01-01' and date '2200-01-01' then raise exception 'no month: %', month; end if;
        execute format('create table if not exists %I partition of %I for values from (%L) to (%L)', parent || to_char(month, '"_"YYYY"_"MM'), parent,
          to_char(month, 'YYYY-MM-DD') || 'T00:00:00Z', to_char(month + interval '1 month', 'YYYY-MM-DD') || 'T00:00:00Z');
      end $$;
      create function danbi_drop_month(part text) returns void language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        if part is null or part !~ '^event_[0-9]{4}_[0-9]{2}$' or not exists (select from pg_inherits as i where i.inhparent = 'event'::regclass and i.inhrelid = to_regclass(part)) then raise exception 'no month of events: %', part; end if;
        execute format('drop table %I', part);
      end $$;
      revoke all on function danbi_make_month(text, date), danbi_drop_month(text) from public;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function danbi_make_month(text, date), danbi_drop_month(text)');
  }
}
