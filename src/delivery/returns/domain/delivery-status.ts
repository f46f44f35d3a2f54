import { readHeaders, firstOf, type Headers } from './mime.js';

/** What a delivery status notification (RFC 3464) says about one recipient. */
export interface RecipientStatus {
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`; empty when it is none of these. */
  action: string;
  status: string | null;
  diagnostic: string;
  /** The address as we wrote it, when the reporter tells, else the one that was tried. */
  recipient: string | null;
  /** The other one of the two. */
  finalRecipient: string | null;
}

const MAX_RECIPIENTS = 200;

/** Reads the blocks of a `message/delivery-status`: the first is about the message, each other about a recipient. */
export function readDeliveryStatus(text: string): RecipientStatus[] {
  const blocks = text.split(/\r?\n[ \t]*\r?\n/).map((block) => readHeaders(block.replace(/^\s*\n/, '')));
  return blocks.filter((block) => block.has('final-recipient') || block.has('original-recipient') || (block.has('action') && block.has('status')) || block.has('x-actual-recipient'))
    .slice(0, MAX_RECIPIENTS).map(recipientOf);
}

function recipientOf(block: Headers): RecipientStatus {
  const original = addressIn(firstOf(block, 'original-recipient'));
  const final = addressIn(firstOf(block, 'final-recipient')) ?? addressIn(firstOf(block, 'x-actual-recipient'));
  const action = /^(failed|failure|delayed|delivered|relayed|expanded)\b/i.exec(firstOf(block, 'action') ?? '')?.[1]?.toLowerCase() ?? '';
  return {
    action: action === 'failure' ? 'failed' : action,
    status: statusIn(firstOf(block, 'status') ?? ''),
    diagnostic: [...(block.get('diagnostic-code') ?? []), ...(block.get('x-supplementary-info') ?? [])].map((value) => value.replace(/^\s*[\w-]{1,30}\s*;\s*/, '')).join(' '),
    recipient: original ?? final,
    finalRecipient: final,
  };
}

/** The enhanced status code in a text (RFC 3463); none that begins in the middle of a number or address. */
export function statusIn(text: string): string | null {
  return /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(text)?.[1] ?? null;
}

/** An address written as `rfc822; <a@b.example>` or plainly; null when there is none. */
export function addressIn(value: string | undefined): string | null {
  if (value === undefined) return null;
  const text = value.replace(/^\s*[\w-]{1,30}\s*;/, '');
  return /<?([^\s<>;,"()[\]]{1,64}@[^\s<>;,"()[\]]{1,253})>?/.exec(text)?.[1]?.replace(/[.:]+$/, '') ?? null;
}
