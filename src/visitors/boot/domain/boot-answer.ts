import { createHash } from 'node:crypto';
import type { BootAnswer } from '../../../contract/visitor-wire.js';

/** Names the content of an answer. The ticket is no content, each answer has another one; that there is one is: who had none would go without. */
export function tagOf(answer: BootAnswer): string {
  return `"${createHash('sha256').update(JSON.stringify({ ...answer, q: answer.q && 1 })).digest('base64url').slice(0, 22)}"`;
}

/** Whether a tag that a client kept (with or without quotes, or weakened by a proxy) names this content; several may be listed. */
export function isKnown(kept: string | undefined, tag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '').replaceAll('"', '');
  return kept !== undefined && kept.split(',').some((one) => bare(one) === bare(tag));
}
