import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How fast campaigns and the workspace may send, and the breaker of the workspace. */
export class SendRates1763800000047 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table send_rate (
        scope text primary key,
        messages integer not null check (messages > 0),
        per text not null check (per in ('minute', 'hour')),
        tokens double precision not null,
        at timestamptz not null,
        served uuid);
      comment on column send_rate.served is 'of the workspace: the campaign that went last, so that the one behind it comes first';
      comment on table send_rate is 'a token bucket for each campaign with a rate (scope: its id) and one for the workspace (scope: workspace), shared by all processes';

      create table workspace_breaker (
        id integer primary key check (id = 1),
        state text not null check (state in ('open', 'closed')),
        reason jsonb,
        by text not null,
        at timestamptz not null,
        closes_at timestamptz,
        opened_times integer not null default 0,
        check (state = 'open' or closes_at is null));
      comment on column workspace_breaker.closes_at is 'opened by itself: it closes then and looks again; null: by hand, and only a hand closes it';
      comment on column workspace_breaker.opened_times is 'in a row by itself: each time it stays open twice as long';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table send_rate, workspace_breaker');
  }
}
