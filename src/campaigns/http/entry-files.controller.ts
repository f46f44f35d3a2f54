import { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { EnterHeader } from '../../contract/campaign-enter.js';
import { Id, Name } from '../../contract/common.js';
import { EntryFileList, EntryFileRows, EntryFileView } from '../../contract/entry-file.js';
import { AppError } from '../../kernel/errors.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { decodeCursor, idAfter, pageOf, PageQuery } from '../../platform/http/paging.js';
import { EntryFiles } from '../entry/entry-files.service.js';
import { csvRows, ndjsonRows, type FileKind } from './given-stream.js';

const ENTER: FileKind = { code: 'enter', columns: ['personId', 'externalId', 'key', 'requestId', 'properties.NAME'], needs: ['personId', 'externalId'], parts: 'properties' };
const Sent = z.object({ name: Name.optional().meta({ description: 'What the file is called' }) });
const FilesQuery = PageQuery.extend({ request: z.string().max(100).optional().meta({ description: 'Only the file of this Idempotency-Key' }) });
const LINE = z.tuple([z.number().int()]);

/** Files of people to let into a series. */
@ApiTags('Campaigns')
@Controller('v1/campaigns/:id/entry-files')
export class EntryFilesController {
  constructor(private readonly files: EntryFiles) {}

  @Post() @HttpCode(200) @Allow('marketer')
  @ApiOperation({
    summary: 'Let the people of a file into a series with the entry "api"',
    description: 'The file is the body: `text/csv` with a header of externalId or personId, and key, requestId, properties.NAME; or `application/x-ndjson`, one row of POST …/enter a line. Any number of rows, 1,000 a transaction. It answers at the end; meanwhile GET …/entry-files?request= tells how far it is. A file that was cut off goes on where it stopped when it is sent again with the same `Idempotency-Key`.',
  })
  @ApiConsumes('text/csv', 'application/x-ndjson') @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiHeader({ name: 'Idempotency-Key', required: true, description: 'Stands for the file: up to 100 visible characters' })
  @ApiOkResponse({ standardSchema: EntryFileView })
  take(@Param('id', { schema: Id }) campaignId: string, @Body() body: unknown, @Query({ schema: Sent }) { name }: z.infer<typeof Sent>, @Headers('idempotency-key') key: string | undefined, @Headers('content-type') type: string | undefined, @CurrentActor() actor: Actor) {
    if (!(body instanceof Readable)) throw new AppError('enter.no-file', 'Send the file itself as the body, with the header "content-type: text/csv" or "application/x-ndjson".');
    const request = EnterHeader.safeParse(key);
    if (!request.success || request.data === undefined) {
      body.resume();
      throw new AppError('enter.bad-idempotency-key', 'Idempotency-Key must have 1 to 100 visible characters.');
    }
    return this.files.take(campaignId, type?.startsWith('text/csv') ? csvRows(body, ENTER) : ndjsonRows(body, ENTER), { request: request.data, name: name ?? null }, actor).finally(() => { body.resume(); });
  }

  @Get() @AllowAll()
  @ApiOperation({ summary: 'Files by which people were let in, newest first, with how far each has come' })
  @ApiOkResponse({ standardSchema: EntryFileList })
  async list(@Param('id', { schema: Id }) campaignId: string, @Query({ schema: FilesQuery }) { request, after, limit }: z.infer<typeof FilesQuery>) {
    return pageOf(await this.files.list(campaignId, { request: request ?? null, before: idAfter(after), limit: limit + 1 }), limit, (last) => [last.id]);
  }

  @Get(':file/rows') @AllowAll()
  @ApiOperation({ summary: 'Lines that let nobody in and why, the first 10,000' })
  @ApiOkResponse({ standardSchema: EntryFileRows })
  async rows(@Param('id', { schema: Id }) campaignId: string, @Param('file', { schema: Id }) file: string, @Query({ schema: PageQuery }) { after, limit }: PageQuery) {
    const [line = 0] = decodeCursor(after, LINE) ?? [];
    return pageOf(await this.files.faults(campaignId, file, { after: line, limit: limit + 1 }), limit, (last) => [last.line]);
  }
}
