import type { ReasonCode } from '../../../kernel/reason-codes.js';
import type { BounceCategory } from '../../returns/domain/notice.js';
import { nextAttempt } from './retry.js';
import type { SendingSettings } from './sending-settings.js';
import type { SmtpOutcome } from './smtp-outcome.js';

/** What of a delivery decides about its next attempt. */
export interface Tried { id: string; topic: string; transactional: boolean; attempts: number; firstAttemptAt: Date; uncertainAt: Date | null }

/** What a send that was not accepted means for its delivery. */
export interface End {
  state: 'queued' | 'bounced' | 'failed' | 'uncertain';
  reason?: ReasonCode;
  detail: string;
  dueAt?: Date;
  bounce?: { refusal: BounceCategory; suppress: boolean };
  /** What a final refusal was about. */
  refusal?: string;
  /** Now nobody knows, and it is sent once more. */
  uncertainAt?: Date;
  attempted: boolean;
}

/** When a message that may have been accepted is sent once more: not before a bounce of the first one would have come. */
export const RESEND_MS = 5 * 60_000;

export function endOf(outcome: SmtpOutcome, tried: Tried, settings: SendingSettings, now: Date): End {
  const { detail } = outcome;
  switch (outcome.kind) {
    case 'uncertain':
      if (mayResend(tried, settings)) return { state: 'queued', reason: 'PROVIDER_UNCERTAIN', detail, dueAt: new Date(now.getTime() + RESEND_MS), uncertainAt: now, attempted: true };
      return { state: 'uncertain', reason: 'PROVIDER_UNCERTAIN', detail, attempted: true };
    case 'transport_down':
      return { state: 'queued', detail, attempted: false };
    case 'unreachable':
      return { state: 'failed', reason: 'CHANNEL_UNREACHABLE', detail, attempted: false };
    case 'rejected':
      return { state: outcome.bounce ? 'bounced' : 'failed', reason: 'PROVIDER_REJECTED', detail, refusal: outcome.refusal, attempted: true, ...(outcome.bounce ? { bounce: { refusal: outcome.refusal, suppress: outcome.suppress } } : {}) };
    case 'lost':
    case 'deferred': {
      const giveUpHours = settings.giveUpHours[tried.transactional ? 'transactional' : 'marketing'];
      const dueAt = nextAttempt({ deliveryId: tried.id, attempts: tried.attempts + 1, firstAttempt: tried.firstAttemptAt, now, giveUpHours, detail, lost: outcome.kind === 'lost' });
      if (dueAt === null) return { state: 'failed', reason: 'PROVIDER_REJECTED', detail: `Given up after ${giveUpHours} hours. ${detail}`, attempted: true };
      return { state: 'queued', detail, dueAt, attempted: true };
    }
  }
}

const mayResend = (tried: Tried, { resendUncertain }: SendingSettings) => tried.transactional && tried.uncertainAt === null && resendUncertain.includes(tried.topic);
