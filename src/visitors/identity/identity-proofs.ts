import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { IdentityClaim, IdentityPolicy, IdentityProof } from '../../kernel/identity.js';
import { IdentityGuard, type Unproven } from '../../platform/http/identity-guard.js';
import { VisitorSettings } from '../site/visitor-settings.js';
import { proveIdentity, readPublicKey, type ProvingKey } from './domain/prove.js';
import { activeSecrets } from './store/identity-secrets.store.js';
import { countUnproven, type UnprovenCount } from './store/unproven.store.js';

const KEPT_MS = 5_000;
const LONGEST_ORIGIN = 200;

/** Proves claims with the active secrets, which stay in memory for five seconds of process time. */
@Injectable()
export class IdentityProofs extends IdentityGuard {
  private kept: { keys: ProvingKey[]; until: number } | null = null;
  /** Counts changes: what was read before one must not be kept. */
  private changes = 0;

  constructor(private readonly db: DataSource, private readonly settings: VisitorSettings) {
    super();
  }

  async policy(): Promise<IdentityPolicy> {
    const { mode, protectedTraits, site } = await this.settings.current();
    return { mode, protectedTraits: new Set(protectedTraits), ip: site.ipAddresses };
  }

  async prove(claim: IdentityClaim, now: Date): Promise<IdentityProof> {
    return proveIdentity(claim, await this.keys(), now);
  }

  async note(unproven: readonly Unproven[], now: Date): Promise<void> {
    if (unproven.length === 0) return;
    const counts = new Map<string, UnprovenCount>();
    for (const { keyId, origin, reason, userId } of unproven) {
      const from = (origin ?? '').slice(0, LONGEST_ORIGIN);
      const key = `${keyId}\n${from}\n${reason}`;
      const known = counts.get(key);
      counts.set(key, { keyId, origin: from, reason, seen: (known?.seen ?? 0) + 1, lastUser: masked(userId) });
    }
    await countUnproven(this.db, [...counts.values()], now);
  }

  /** After a change made here: it holds at once in this process, within five seconds in the others. */
  forget(): void {
    this.changes += 1;
    this.kept = null;
  }

  private async keys(): Promise<ProvingKey[]> {
    if (this.kept && this.kept.until > performance.now()) return this.kept.keys;
    const before = this.changes;
    const keys = (await activeSecrets(this.db)).flatMap(({ kind, value }): ProvingKey[] => {
      if (kind === 'shared') return [{ kind, secret: value }];
      const key = readPublicKey(value);
      return key ? [{ kind, key }] : [];
    });
    if (before === this.changes) this.kept = { keys, until: performance.now() + KEPT_MS };
    return keys;
  }
}

/** Enough to recognise one's own kind of ids by, too little to be somebody: this list is not erased with a person. */
const masked = (userId: string): string => `${[...userId].slice(0, 4).join('')}…`;
