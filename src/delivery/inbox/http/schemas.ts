import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { InAppView } from '../../content/http/schemas.js';

export const InboxMessageView = z.object({
  deliveryId: Id, campaignId: Id, content: InAppView, createdAt: DateTime,
  expiresAt: DateTime.nullable(), seenAt: DateTime.nullable(), clickedAt: DateTime.nullable(), dismissedAt: DateTime.nullable(),
}).meta({ id: 'InboxMessage' });
export const InboxList = z.object({ items: z.array(InboxMessageView), next: z.string().nullable(), unread: z.number().int() }).meta({ id: 'InboxList' });
export const InboxActionName = z.enum(['seen', 'click', 'dismiss']);
/** Which button was clicked, from 0. */
export const InboxActionRequest = z.strictObject({ button: z.number().int().min(0).max(2).optional() }).optional().meta({ id: 'InboxActionRequest' });
