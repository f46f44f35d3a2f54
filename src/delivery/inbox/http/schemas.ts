import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { INBOX_ACTIONS } from '../domain/display.js';
import { InAppView } from '../../content/http/schemas.js';

export const InboxMessageView = z.object({
  deliveryId: Id, campaignId: Id, content: InAppView, createdAt: DateTime,
  expiresAt: DateTime.nullable(), seenAt: DateTime.nullable(), openedAt: DateTime.nullable(), clickedAt: DateTime.nullable(), repliedAt: DateTime.nullable(), dismissedAt: DateTime.nullable(),
  /** Opened, or more than that. */
  interactedAt: DateTime.nullable(),
  /** Clicked, replied to, or the goal that ends the run was reached. */
  engagedAt: DateTime.nullable(),
  /** Still to be displayed unasked; afterwards it stays in the inbox. */
  displaying: z.boolean(),
}).meta({ id: 'InboxMessage' });
export const InboxList = z.object({ items: z.array(InboxMessageView), next: z.string().nullable(), unread: z.number().int() }).meta({ id: 'InboxList' });
export const InboxActionName = z.enum(INBOX_ACTIONS);
export const InboxQuery = PageQuery.extend({ displaying: z.enum(['true', 'false']).default('false').transform((text) => text === 'true') });
export const RecallRequest = z.union([z.strictObject({ deliveryId: Id }), z.strictObject({ campaignId: Id })]).meta({ id: 'InboxRecallRequest' });
/** `unseen` of them count as recalled; the others were delivered before. */
export const RecallAnswer = z.object({ recalled: z.number().int(), unseen: z.number().int() }).meta({ id: 'InboxRecall' });
/** Which button was clicked, from 0. */
export const InboxActionRequest = z.strictObject({ button: z.number().int().min(0).max(2).optional() }).optional().meta({ id: 'InboxActionRequest' });
