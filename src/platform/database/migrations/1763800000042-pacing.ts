import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much a message matters, until when it may go, and what a gate that put it off was told. */
export class Pacing1763800000042 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery
        add column class text not null default 'standard' check (class in ('standard', 'important', 'essential')),
        add column priority smallint not null default 50,
        add column expires_at timestamptz,
        add column gate_facts jsonb;
      comment on column delivery.class is 'contract/pacing.ts';
      comment on column delivery.expires_at is 'after this moment it goes no more';
      comment on column delivery.gate_facts is 'what the gate that last put it off or refused it compared, the message that took its place among it';`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from this schema; restore a backup');
  }
}
