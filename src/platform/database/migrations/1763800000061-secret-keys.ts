import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which keys seal the secrets of this database; never the keys themselves. The proof is a word sealed with the key: it shows a wrong one at start. */
export class SecretKeys1763800000061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table secret_key (
        id text primary key,
        proof text not null,
        state text not null check (state in ('active', 'old')),
        made_at timestamptz not null);
      create unique index secret_key_active on secret_key ((true)) where state = 'active'`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
