import { v7 } from 'uuid';
import { createHash, randomFillSync } from 'node:crypto';

/** Asking the system for random bytes costs as much as thousands of them: one call serves 512 ids. */
const random = new Uint8Array(512 * 16);
let used = random.length;
let last = { msecs: 0, seq: 0 };

/**
 * A new id (UUIDv7), in the order of making within a process. Made in the application so that a row's id is known before it
 * is written. Its time is the machine's, not the injected clock's: it orders ids and answers no question about time, and a
 * clock that a test stands still or turns back must not make ids repeat.
 */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const bytes = random.subarray(used, (used += 16));
  last = after(last, Date.now(), bytes);
  return v7({ random: bytes, ...last });
}

/** The library's own rule: a new millisecond starts at a random number below 2^31, within one it counts on. */
function after({ msecs, seq }: typeof last, now: number, bytes: Uint8Array): typeof last {
  if (now > msecs) return { msecs: now, seq: new DataView(bytes.buffer, bytes.byteOffset).getUint32(6) & 0x7fffffff };
  const next = (seq + 1) | 0;
  return next === 0 ? { msecs: msecs + 1, seq: next } : { msecs, seq: next };
}

/** A UUID-shaped key for any string: the first 128 bits of its SHA-256. Fixed size keeps unique indexes small. */
export function keyOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
