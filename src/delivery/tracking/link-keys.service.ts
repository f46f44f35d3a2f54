import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { AuditLog } from '../../platform/audit.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { PublicUrl } from '../../platform/public-url.js';
import { RenderFailure, type LinkSigner } from '../content/compiled.js';
import { addSigningKey, listSigningKeys, loadSigningKeys, retireSigningKey, type KeyAge } from './store/signing-keys.store.js';
import { readToken, tokenSigner, type LinkClaim, type LinkKind, type SigningKey, type TokenSigner } from './link-token.js';

/** A key made or retired by another process is noticed within this time. */
const REFRESH_MS = 60_000;

/**
 * The keys that sign links: the newest signs, all that are not retired verify. Tokens do not expire, so a key is retired
 * only when it leaked. The first key is made at the first use.
 */
@Injectable()
export class LinkKeys {
  private keys: { current: SigningKey; all: Map<number, Buffer>; loadedAt: number } | null = null;
  private loading: Promise<void> | null = null;

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly publicUrl: PublicUrl, private readonly audit: AuditLog) {}

  /** A signer with the keys of now; ask once per batch. */
  async signer(): Promise<LinkSigner> {
    const { current } = await this.fresh();
    const base = this.publicUrl.value;
    const signer = tokenSigner(current);
    return {
      forMessage: (deliveryId, personId) => {
        const sign = signer(deliveryId, personId);
        // The text part repeats the links of the HTML part.
        const clicks = new Map<string, string>();
        return {
          click: (index, url) => {
            const key = `${index} ${url}`;
            let address = clicks.get(key);
            if (address === undefined) clicks.set(key, (address = `${base}/c/${clickToken(sign, index, url)}`));
            return address;
          },
          open: () => `${base}/o/${sign('open', 0, '')}.gif`,
          unsubscribe: () => `${base}/u/${sign('unsubscribe', 0, '')}`,
          preferences: () => `${base}/p/${sign('preferences', 0, '')}`,
          view: () => `${base}/v/${sign('view', 0, '')}`,
          honeypot: () => `${base}/h/${sign('honeypot', 0, '')}`,
        };
      },
    };
  }

  /** The page on which somebody confirms what a mail asks. */
  async confirmUrl(deliveryId: string, personId: string): Promise<string> {
    const { current } = await this.fresh();
    return `${this.publicUrl.value}/y/${tokenSigner(current)(deliveryId, personId)('confirm', 0, '')}`;
  }

  /** The key that signs now. */
  async secret(): Promise<Buffer> {
    return (await this.fresh()).current.secret;
  }

  /** What a token says, or null when it is not one of ours; at once unless the keys have to be looked at again. */
  read(kind: LinkKind, token: string): Promise<LinkClaim | null> | LinkClaim | null {
    return this.isFresh() ? readToken(this.keys!.all, kind, token) : this.readLater(kind, token);
  }

  private async readLater(kind: LinkKind, token: string): Promise<LinkClaim | null> {
    const { all } = await this.fresh();
    return readToken(all, kind, token);
  }

  /** The secrets that verify, newest first, for what derives keys of its own from them. */
  async verifying(): Promise<Buffer[]> {
    return [...(await this.fresh()).all.values()];
  }

  /** The keys that verify, newest first; never their secrets. */
  async list(): Promise<KeyAge[]> {
    await this.fresh();
    return listSigningKeys(this.db);
  }

  /** Makes a new key; links are signed with it from now on, here at once and elsewhere within a minute. */
  async rotate(actor: Actor): Promise<KeyAge[]> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      await addSigningKey(tx, randomBytes(32), now, { onlyFirst: false });
      await this.audit.record(tx, { actor, action: 'signing-key.rotate', subject: 'signing-key' }, now);
    });
    await this.load();
    return listSigningKeys(this.db);
  }

  /** Makes every link signed with this key void. The key that signs can not be retired before there is a newer one. */
  async retire(id: number, actor: Actor): Promise<KeyAge[]> {
    const now = this.clock.now();
    await inTransaction(this.db, async (tx) => {
      const outcome = await retireSigningKey(tx, id, now);
      if (outcome === 'unknown') throw new AppError('signing-key.not-found', `There is no signing key ${id} in use.`, 'not_found');
      if (outcome === 'newest') throw new AppError('signing-key.in-use', 'This key signs links now. Rotate first, then retire it.', 'conflict');
      await this.audit.record(tx, { actor, action: 'signing-key.retire', subject: `signing-key:${id}` }, now);
    });
    await this.load();
    return listSigningKeys(this.db);
  }

  private isFresh(): boolean {
    return this.keys !== null && performance.now() - this.keys.loadedAt <= REFRESH_MS;
  }

  private async fresh() {
    if (!this.isFresh()) {
      this.loading ??= this.load().finally(() => { this.loading = null; });
      await this.loading;
    }
    return this.keys!;
  }

  private async load(): Promise<void> {
    let keys = await loadSigningKeys(this.db);
    if (keys.length === 0) {
      await inTransaction(this.db, (tx) => addSigningKey(tx, randomBytes(32), this.clock.now(), { onlyFirst: true }));
      keys = await loadSigningKeys(this.db);
    }
    this.keys = { current: keys[0]!, all: new Map(keys.map((key) => [key.id, key.secret])), loadedAt: performance.now() };
  }
}

function clickToken(sign: TokenSigner, index: number, url: string): string {
  try {
    return sign('click', index, url);
  } catch (cause) {
    throw new RenderFailure('RENDER_ERROR', cause instanceof Error ? cause.message : 'a link can not be signed');
  }
}
