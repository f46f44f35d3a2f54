import { deliveryNamed } from '../../domain/attribution.js';
import { classify } from '../../domain/classify.js';
import type { BounceCategory, NoticeKind, ReturnNotice } from '../../domain/notice.js';
import { line, statusIn } from './fields.js';

/** What every notice of one report shares: which message, which recipient, when. */
export interface About {
  recipient: string | null;
  deliveryId: string | null;
  messageId: string | null;
  at: Date;
}

/** What a provider says happened, in its words. */
export interface Said {
  status?: string;
  diagnostic?: string;
}

/** What it means. */
export interface Meaning { kind: NoticeKind; category: BounceCategory | null }

export function noticeOf(about: About, { kind, category }: Meaning, { status = '', diagnostic = '' }: Said = {}): ReturnNotice {
  const words = wordsOf(diagnostic);
  return { ...about, kind, category, status: statusIn(status) ?? statusIn(words), diagnostic: words };
}

/** The server's words without the type that RFC 3464 puts before them (`smtp; 550 …`). */
const wordsOf = (text: string): string => line(text.replace(/^\s*(?:smtp|x-[a-z-]+)\s*;\s*/i, ''));

export const meaning = (kind: NoticeKind, category: BounceCategory | null = null): Meaning => ({ kind, category });

/** What the server's words mean by our own rules; soft without a reason where they say nothing. */
export function byWords(said: Said): Meaning {
  return wordsMean(said) ?? meaning('soft', 'other');
}

/** What the server's words mean by our own rules; null where they say nothing. */
export function wordsMean({ status = '', diagnostic = '' }: Said): Meaning | null {
  const { kind, category } = classify({ words: wordsOf(diagnostic), status: statusIn(status) });
  return category === 'other' ? null : meaning(kind, category);
}

/** A refusal that the provider says is not final: what the words say, but never that the address is no good. */
export function atMostSoft(said: Said): Meaning {
  const found = byWords(said);
  return found.kind === 'hard' ? meaning('soft', 'other') : found;
}

/** A refusal that the provider blames on us: the finer reason from the words. */
export function blocked(said: Said): Meaning {
  const found = wordsMean(said);
  return found?.kind === 'block' ? found : meaning('block', 'other');
}

/** An address that the provider says is no good: the finer reason from the words. */
export function hard(said: Said): Meaning {
  const found = wordsMean(said);
  return found?.kind === 'hard' ? found : meaning('hard', 'invalid_recipient');
}

/** Still tried by the provider: the reason from the words. */
export function delayed(said: Said): Meaning {
  return meaning('delayed', wordsMean(said)?.category ?? null);
}

/** Nobody here knows what this is: kept for a person to look at. */
export const unknown = (about: About, what: string): ReturnNotice[] => [noticeOf(about, meaning('unknown'), { diagnostic: what })];

/**
 * An account of a provider may also send mail that is not ours. That it arrived concerns nobody here; that it bounced is
 * shown, for it speaks of an address that may be ours too.
 */
export const concerning = (notices: readonly ReturnNotice[]): ReturnNotice[] =>
  notices.filter((notice) => notice.kind !== 'delivered' || deliveryNamed(notice) !== null);
