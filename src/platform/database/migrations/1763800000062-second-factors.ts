import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Codes from a telephone beside the password: the sealed secret of each colleague, recovery codes as hashes, and sign-ins that wait for their code. */
export class SecondFactors1763800000062 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table second_factor (
        id uuid primary key,
        user_id uuid not null unique references app_user on delete cascade,
        secret text not null,
        last_step bigint not null default 0,
        started_at timestamptz not null,
        confirmed_at timestamptz);
      create table recovery_code (
        user_id uuid not null references app_user on delete cascade,
        code_hash text not null,
        used_at timestamptz,
        primary key (user_id, code_hash));
      create table login_step (
        token_hash text primary key,
        user_id uuid not null references app_user on delete cascade,
        expires_at timestamptz not null);
      create index login_step_expiry on login_step (expires_at)`);
  }

  async down(): Promise<void> {
    throw new Error('there is no way back from the first schema; restore a backup');
  }
}
