import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What open pages of a person are told, and e-mails that stand in for what was not seen. */
export class PersonNews1763800000021 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table person_news (
        id bigint generated always as identity primary key,
        xid xid8 not null default pg_current_xact_id(),
        person_id uuid,
        kind text not null check (kind in ('message', 'gone', 'unread', 'rules')),
        ref uuid,
        at timestamptz not null);
      comment on table person_news is 'kept for a quarter of an hour: longer than a ticket of the stream is good';
      comment on column person_news.xid is 'readers ask for what a snapshot of theirs did not show: ids are given before commit, so their order is not that of becoming visible';
      comment on column person_news.person_id is 'null: everybody';
      comment on column person_news.ref is 'of message and gone: the delivery or claim';
      create index person_news_xid on person_news (xid);
      create index person_news_person on person_news (person_id, xid);

      alter table delivery add column fallback_of uuid, add column fallback_hours int;
      comment on column delivery.fallback_of is 'of e-mail: the in-app delivery it stands in for when that is not seen within fallback_hours';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table person_news; alter table delivery drop column fallback_of, drop column fallback_hours;');
  }
}
