import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers that teammates keep to be put into messages: a name, and the text in one or more languages. */
export class SavedReplies1763800000076 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table saved_reply (
        id uuid primary key,
        name text not null,
        texts jsonb not null,
        revision int not null default 1,
        created_by text not null,
        created_at timestamptz not null,
        updated_by text not null,
        updated_at timestamptz not null);
      create unique index saved_reply_name on saved_reply (lower(name));
      comment on column saved_reply.texts is 'the text by language';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table saved_reply');
  }
}
