import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError, conflict, notFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import type { IdentityMode } from '../../kernel/identity.js';
import { loadVisitorSettings, lockVisitorSettings, saveVisitorSettings } from '../site/store/visitor-settings.store.js';
import { VisitorSettings } from '../site/visitor-settings.js';
import { readPublicKey } from './domain/prove.js';
import { remarksOn, type IdentityRemark } from './domain/remarks.js';
import { IdentityProofs } from './identity-proofs.js';
import { activeSecrets, insertSecret, listSecrets, loadSecret, revokeSecret, type SecretRecord } from './store/identity-secrets.store.js';
import { listUnproven, type UnprovenRecord } from './store/unproven.store.js';

/** Old and new at the same time, so that a secret is changed without anybody being refused. */
const MOST_ACTIVE = 2;

export interface IdentityVerificationView { mode: IdentityMode; protectedTraits: string[]; secrets: SecretRecord[]; remarks: IdentityRemark[] }
export type SecretRequest = { kind: 'shared'; name: string } | { kind: 'ed25519'; name: string; publicKey: string };

/** How the site proves who its users are: the switch, the protected traits, the secrets. */
@Injectable()
export class IdentityVerification {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly settings: VisitorSettings, private readonly proofs: IdentityProofs) {}

  async read(): Promise<IdentityVerificationView> {
    const { mode, protectedTraits } = await loadVisitorSettings(this.db);
    return { mode, protectedTraits, secrets: await listSecrets(this.db), remarks: remarksOn(mode) };
  }

  /** @throws AppError `identity.no-secret` when proofs are to be enforced and none could be given */
  async change(wanted: { mode: IdentityMode; protectedTraits: string[] }, actor: Actor): Promise<IdentityVerificationView> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const before = await lockVisitorSettings(tx, now);
      if (wanted.mode === 'enforce') await this.assertProvable(tx);
      await saveVisitorSettings(tx, { ...before, ...wanted }, now);
      await this.audit.record(tx, { actor, action: 'identity-verification.change', subject: 'identity-verification', detail: { was: { mode: before.mode, protectedTraits: before.protectedTraits }, is: wanted } }, now);
    });
    this.settings.changed();
    return this.read();
  }

  /**
   * Makes a shared secret, answered this once, or takes in a public key.
   *
   * @throws AppError `identity.too-many-secrets`, `identity.bad-key`
   */
  async addSecret(request: SecretRequest, actor: Actor): Promise<{ secret: SecretRecord; value: string | null }> {
    const now = this.clock.now();
    const value = request.kind === 'shared' ? `dnb_is_${randomBytes(32).toString('base64url')}` : publicKeyOf(request.publicKey);
    const made = await inTransaction(this.db, async (tx) => {
      await lockVisitorSettings(tx, now);
      const active = (await activeSecrets(tx)).filter(({ kind }) => kind === request.kind);
      if (active.length >= MOST_ACTIVE) throw conflict('identity.too-many-secrets', `There are ${MOST_ACTIVE} active ones of this kind already: the old and the new. Revoke the old one first.`);
      const secret = await insertSecret(tx, { id: newId(), kind: request.kind, name: request.name, value, hint: hintOf(value), createdBy: actorName(actor) }, now);
      await this.audit.record(tx, { actor, action: 'identity-secret.create', subject: `identity-secret:${secret.id}`, detail: { kind: secret.kind, name: secret.name } }, now);
      return secret;
    });
    this.proofs.forget();
    return { secret: made, value: request.kind === 'shared' ? value : null };
  }

  /** Revoking twice is the same as once. @throws AppError `identity.last-secret` while proofs are enforced */
  async revokeSecret(id: string, actor: Actor): Promise<SecretRecord> {
    const now = this.clock.now();
    const revoked = await inTransaction(this.db, async (tx) => {
      const { mode } = await lockVisitorSettings(tx, now);
      const secret = await revokeSecret(tx, id, now);
      if (!secret) return loadSecret(tx, id);
      if (mode === 'enforce' && (await activeSecrets(tx)).length === 0) throw conflict('identity.last-secret', 'This is the last active secret, and proofs are enforced: nobody could be let in. Add another one first, or switch to warn.');
      await this.audit.record(tx, { actor, action: 'identity-secret.revoke', subject: `identity-secret:${id}`, detail: { kind: secret.kind, name: secret.name } }, now);
      return secret;
    });
    if (!revoked) throw notFound('identity-secret', id);
    this.proofs.forget();
    return revoked;
  }

  unproven(limit: number): Promise<UnprovenRecord[]> {
    return listUnproven(this.db, limit);
  }

  private async assertProvable(tx: Db): Promise<void> {
    if ((await activeSecrets(tx)).length === 0) throw conflict('identity.no-secret', 'Add a secret and let your server prove its users before you enforce it: nobody could be let in.');
  }
}

function publicKeyOf(pem: string): string {
  const key = readPublicKey(pem);
  if (!key) throw new AppError('identity.bad-key', 'publicKey must be a public Ed25519 key in PEM: -----BEGIN PUBLIC KEY-----. Keep the private key to yourself.', 'invalid', [{ path: 'publicKey', code: 'identity.bad-key', message: 'is not a public Ed25519 key in PEM' }]);
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

const hintOf = (value: string): string => value.trim().replace(/\s*-----END.*$/s, '').slice(-4);
