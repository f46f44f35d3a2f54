import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PageQuery } from '../../../platform/http/paging.js';

export const MailsQuery = PageQuery.extend({ to: z.string().max(254).optional() });
const mail = z.object({ id: Id, receivedAt: DateTime, from: z.string(), to: z.string(), subject: z.string(), messageId: z.string().nullable(), bytes: z.number().int() });
const MailListed = mail.meta({ id: 'SandboxMail' });
export const MailPage = z.object({ items: z.array(MailListed), next: z.string().nullable() }).meta({ id: 'SandboxMailPage' });
export const MailDetail = mail.extend({ headers: z.array(z.object({ name: z.string(), value: z.string() })), html: z.string().nullable(), text: z.string() }).meta({ id: 'SandboxMailDetail' });
export const DeleteMailsQuery = z.object({ confirm: z.literal('all', { error: 'must be "all": every message in the sandbox mailbox is deleted' }) });
export const DeletedMails = z.object({ deleted: z.number().int() }).meta({ id: 'DeletedSandboxMails' });
