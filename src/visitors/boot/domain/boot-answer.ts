import { createHash } from 'node:crypto';
import type { Display } from '../../../contract/display.js';
import { SLOTS_OF, type InAppFormat } from '../../../contract/in-app.js';
import type { BootAnswer, WireRule } from '../../../contract/visitor-wire.js';

/** The place a message takes: what the campaign or the message says, where the format can be there; else the format's own. */
export function slotOf(format: InAppFormat, ...wanted: (Display['slot'] | undefined)[]): NonNullable<WireRule['s']> {
  const places = SLOTS_OF[format];
  return wanted.find((slot) => slot !== undefined && places.includes(slot)) ?? places[0]!;
}

/** Names the content of an answer. The ticket is no content: each answer has another one. */
export function tagOf(answer: BootAnswer): string {
  return `"${createHash('sha256').update(JSON.stringify({ ...answer, q: undefined })).digest('base64url').slice(0, 22)}"`;
}

/** Whether a tag that a client kept (with or without quotes, or weakened by a proxy) names this content; several may be listed. */
export function isKnown(kept: string | undefined, tag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, '').replaceAll('"', '');
  return kept !== undefined && kept.split(',').some((one) => bare(one) === bare(tag));
}
