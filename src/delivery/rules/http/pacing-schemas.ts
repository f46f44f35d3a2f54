import { z } from 'zod';
import { DateTime } from '../../../platform/http/date-time.js';
import { Id } from '../../../contract/common.js';
import { MessageClass, PacingSettings } from '../../../contract/pacing.js';

/** Settings that are not saved yet, and whom to try them on. */
export const PacingPreviewRequest = z.strictObject({ personId: z.string().min(1).max(200), settings: PacingSettings }).meta({ id: 'PacingPreviewRequest' });

/** The message that took the place, or for which one is kept. */
export const PaceWinner = z.object({
  campaignId: Id, campaignName: z.string().nullable(), stepId: z.string().nullable(), deliveryId: Id.nullable(),
  at: DateTime.nullable().meta({ description: 'When it went or is to go; null: it is on its way' }), kept: z.boolean(),
}).meta({ id: 'PaceWinner' });

/** Why a message waits, and until when. */
export const PaceWait = z.object({
  code: z.enum(['QUIET_HOURS_DEFERRED', 'CAP_DEFERRED']),
  rule: z.enum(['night_gate', 'quiet_hours', 'send_window', 'cap', 'frequency_preference']),
  cap: z.string().nullable().meta({ description: 'Key of the cap' }),
  until: DateTime,
  winner: PaceWinner.nullable(),
}).meta({ id: 'PaceWait' });

const paced = { deliveryId: Id, campaignId: Id, campaignName: z.string().nullable(), stepId: z.string(), channel: z.string(), class: MessageClass };

export const PersonPacing = z.object({
  personId: Id,
  timeZone: z.string().meta({ description: 'In which their hours and days are counted' }),
  at: DateTime,
  channels: z.array(z.object({ channel: z.enum(['email', 'in_app']), wait: PaceWait.nullable() })).meta({ description: 'What a marketing message of the class `standard` would meet now' }),
  waiting: z.array(z.object({ ...paced, wait: PaceWait })).meta({ description: 'What of theirs is put off at this moment; at most 50' }),
  week: z.array(z.object({
    ...paced, at: DateTime.meta({ description: 'When its campaign wanted it to go' }), wait: PaceWait.nullable().meta({ description: 'What would have put it off first' }),
    goesAt: DateTime.nullable().meta({ description: 'When it would have gone; null: not any more, or (an auto message) not then' }),
  })).meta({ description: 'The messages of the last seven days under these settings, oldest first; the newest 200' }),
}).meta({ id: 'PersonPacing' });
