import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { AllowAll } from '../../../platform/http/access.js';
import { pageOf } from '../../../platform/http/paging.js';
import { MAIL_CSP, mailboxLanguage, mailboxPage, mailDocument, mailPage, missingMailPage, PAGE_CSP } from '../mailbox-pages.js';
import { readMail } from '../sandbox-mail.js';
import { findMail, listMails } from '../store/sandbox.store.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';

const SHOWN = 50;
const MailboxQuery = z.object({ to: z.string().trim().max(254).optional(), after: z.string().max(400).optional() });

/** The sandbox mailbox for people: plain pages without scripts. */
@ApiExcludeController()
@Controller('mailbox')
export class MailboxController {
  constructor(private readonly db: DataSource) {}

  @Get() @AllowAll()
  async list(@Query({ schema: MailboxQuery }) query: z.infer<typeof MailboxQuery>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const to = query.to || undefined;
    const cursor = instantAndId(query.after);
    const found = await listMails(this.db, { limit: SHOWN, to, before: cursor && { receivedAt: cursor.at, id: cursor.id } });
    const { items, next } = pageOf(found, SHOWN, (last) => [last.receivedAt.toISOString(), last.id]);
    return send(reply, 200, PAGE_CSP, mailboxPage(languageOf(request), { mails: items, to, next }));
  }

  @Get(':id') @AllowAll()
  async one(@Param('id', { schema: Id }) id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const mail = await findMail(this.db, id);
    if (!mail) return send(reply, 404, PAGE_CSP, missingMailPage(languageOf(request)));
    return send(reply, 200, PAGE_CSP, mailPage(languageOf(request), mail, await readMail(mail.raw)));
  }

  /** The message itself, for the frame only. */
  @Get(':id/html') @AllowAll()
  async html(@Param('id', { schema: Id }) id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const mail = await findMail(this.db, id);
    if (!mail) return send(reply, 404, PAGE_CSP, missingMailPage(languageOf(request)));
    return send(reply, 200, MAIL_CSP, mailDocument(await readMail(mail.raw)));
  }
}

const languageOf = (request: FastifyRequest) => mailboxLanguage(request.headers['accept-language']);

const send = (reply: FastifyReply, status: number, policy: string, body: string) =>
  reply.status(status).headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'cache-control': 'no-store' }).send(body);
