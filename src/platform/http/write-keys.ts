/** A key that may send events: a public write key, or a server key whose role may write. */
export interface WriteKey {
  id: string;
  name: string;
  /** `server` keys are secret, so what they say about a person may be trusted; `write` keys are public. */
  kind: 'write' | 'server';
  /** Browser origins that may use a write key (`https://shop.example`); empty means every origin. */
  allowedOrigins: string[];
}

/** Verifies the key of a route marked with `@WithWriteKey()`, however the client presented it. */
export abstract class WriteKeys {
  /**
   * The key behind `presented`, or null when it is unknown or revoked. Cheap enough for every request: answers are kept in
   * memory for a few seconds. A key revoked by this process stops at once, by another process within those seconds.
   */
  abstract verify(presented: string): Promise<WriteKey | null>;
  /** Whether a key that was verified once has been revoked since; asks the database each time. */
  abstract isRevoked(id: string): Promise<boolean>;
}

/** Whether a browser on `origin` may use this key (the value for `Access-Control-Allow-Origin` is then `origin`). */
export function allowsOrigin(key: WriteKey, origin: string): boolean {
  return key.allowedOrigins.length === 0 || key.allowedOrigins.includes(origin.toLowerCase());
}
