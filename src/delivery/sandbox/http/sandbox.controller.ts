import { Controller, Delete, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import type { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { notFound } from '../../../kernel/errors.js';
import { Allow, AllowAll } from '../../../platform/http/access.js';
import { pageOf } from '../../../platform/http/paging.js';
import { readMail } from '../sandbox-mail.js';
import { deleteMails, findMail, listMails } from '../store/sandbox.store.js';
import { instantAndId } from '../../../platform/http/instant-cursor.js';
import { DeletedMails, DeleteMailsQuery, MailDetail, MailPage, MailsQuery } from './schemas.js';

/** What the built-in mail server took, while there is no SMTP_URL. */
@ApiTags('Sandbox mailbox')
@Controller('v1/sandbox/mails')
export class SandboxController {
  constructor(private readonly db: DataSource) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List messages, newest first; `to` finds recipients containing it' })
  @ApiOkResponse({ standardSchema: MailPage })
  async list(@Query({ schema: MailsQuery }) { limit, after, to }: z.infer<typeof MailsQuery>) {
    const cursor = instantAndId(after);
    const found = await listMails(this.db, { limit, to, before: cursor && { receivedAt: cursor.at, id: cursor.id } });
    return pageOf(found, limit, (last) => [last.receivedAt.toISOString(), last.id]);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'One message, read as a mail program reads it' })
  @ApiOkResponse({ standardSchema: MailDetail })
  async one(@Param('id', { schema: Id }) id: string) {
    const { raw, ...mail } = await this.find(id);
    const { headers, html, text } = await readMail(raw);
    return { ...mail, headers, html, text };
  }

  @Get(':id/raw') @AllowAll()
  @ApiOperation({ summary: 'One message as it came over the wire' })
  @ApiProduces('message/rfc822')
  @ApiOkResponse({ description: 'RFC 5322 message' })
  async raw(@Param('id', { schema: Id }) id: string, @Res() reply: FastifyReply) {
    const { raw } = await this.find(id);
    return reply.headers({ 'content-type': 'message/rfc822', 'content-disposition': `attachment; filename="${id}.eml"` }).send(raw);
  }

  @Delete() @Allow('marketer')
  @ApiOperation({ summary: 'Empty the sandbox mailbox; needs `confirm=all`' })
  @ApiOkResponse({ standardSchema: DeletedMails })
  async clear(@Query({ schema: DeleteMailsQuery }) _confirmed: z.infer<typeof DeleteMailsQuery>) {
    return { deleted: await deleteMails(this.db) };
  }

  private async find(id: string) {
    const mail = await findMail(this.db, id);
    if (!mail) throw notFound('sandbox-mail', id);
    return mail;
  }
}
