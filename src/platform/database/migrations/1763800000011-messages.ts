import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages in several languages, and pieces that messages share. */
export class Messages1763800000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery add column language text;
      comment on column delivery.language is 'the language the message was made in, when its author named one';

      create table snippet (
        key text primary key,
        name text not null,
        kind text not null check (kind in ('text', 'body')),
        language text not null,
        content text not null,
        translations jsonb not null default '{}',
        revision int not null default 1,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null);
      comment on table snippet is 'named in templates as {{> key}} and put in their place when a message is compiled; published messages keep what they had';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
