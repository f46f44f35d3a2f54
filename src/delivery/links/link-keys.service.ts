import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { inTransaction } from '../../platform/database/db.js';
import { PublicUrl } from '../../platform/public-url.js';
import { RenderFailure, type LinkSigner } from '../content/compiled.js';
import { addSigningKey, loadSigningKeys } from '../store/signing-keys.store.js';
import { readToken, tokenSigner, type LinkClaim, type LinkKind, type SigningKey } from './link-token.js';

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

  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly publicUrl: PublicUrl) {}

  /** A signer with the keys of now; ask once per batch. */
  async signer(): Promise<LinkSigner> {
    const { current } = await this.fresh();
    const base = this.publicUrl.value;
    return {
      forMessage: (deliveryId, personId) => {
        let clicks: ((index: number, url: string) => string) | null = null;
        const once = (kind: LinkKind) => tokenSigner(current, kind, deliveryId, personId)(0, '');
        return {
          click: (index, url) => `${base}/c/${clickToken((clicks ??= tokenSigner(current, 'click', deliveryId, personId)), index, url)}`,
          open: () => `${base}/o/${once('open')}.gif`,
          unsubscribe: () => `${base}/u/${once('unsubscribe')}`,
          preferences: () => `${base}/p/${once('preferences')}`,
        };
      },
    };
  }

  /** What a token says, or null when it is not one of ours. */
  async read(kind: LinkKind, token: string): Promise<LinkClaim | null> {
    const { all } = await this.fresh();
    return readToken(all, kind, token);
  }

  private async fresh() {
    if (!this.keys || performance.now() - this.keys.loadedAt > REFRESH_MS) {
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

function clickToken(sign: (index: number, url: string) => string, index: number, url: string): string {
  try {
    return sign(index, url);
  } catch (cause) {
    throw new RenderFailure('RENDER_ERROR', cause instanceof Error ? cause.message : 'a link can not be signed');
  }
}
