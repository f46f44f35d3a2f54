import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Id } from '../../contract/common.js';
import { ImportPage, ImportView } from '../../contract/people-import.js';
import { AppError } from '../../kernel/errors.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { PageQuery } from '../../platform/http/paging.js';
import { ExportStreams } from '../export/export-streams.js';
import { EventsImportQuery, PeopleImportQuery } from '../import/domain/import-options.js';
import { Imports, type ImportRequest } from '../import/imports.service.js';
import type { ImportRun } from '../import/store/imports.store.js';
import { CSV_TYPES } from './csv-body.js';

/** CSV files of people and events: taken in whole, then read by a worker. */
@ApiTags('Imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(private readonly imports: Imports, private readonly streams: ExportStreams) {}

  @Post('people') @HttpCode(202) @Allow('marketer')
  @ApiOperation({ summary: 'Import people from a CSV file (the body; gzip allowed)' })
  @ApiConsumes(...CSV_TYPES) @ApiBody({ schema: { type: 'string', format: 'binary' } }) @ApiResponse({ status: 202, standardSchema: ImportView })
  people(@Body() body: unknown, @Query({ schema: PeopleImportQuery }) query: PeopleImportQuery, @CurrentActor() actor: Actor | null) {
    return this.take(body, { kind: 'people', ...query }, actor);
  }

  @Post('events') @HttpCode(202) @Allow('marketer')
  @ApiOperation({ summary: 'Import events from a CSV file (the body; gzip allowed); the same file again adds nothing' })
  @ApiConsumes(...CSV_TYPES) @ApiBody({ schema: { type: 'string', format: 'binary' } }) @ApiResponse({ status: 202, standardSchema: ImportView })
  events(@Body() body: unknown, @Query({ schema: EventsImportQuery }) query: EventsImportQuery, @CurrentActor() actor: Actor | null) {
    return this.take(body, { kind: 'events', ...query }, actor);
  }

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List imports, newest first' }) @ApiOkResponse({ standardSchema: ImportPage })
  async list(@Query({ schema: PageQuery }) query: PageQuery) {
    const { items, next } = await this.imports.list(query);
    return { items: items.map(viewOf), next };
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'Read an import: state, progress and counts' }) @ApiOkResponse({ standardSchema: ImportView })
  async read(@Param('id', { schema: Id }) id: string) {
    return viewOf(await this.imports.read(id));
  }

  // The refused rows hold what the file said about people: whoever may import may see them.
  @Get(':id/rejections.csv') @Allow('marketer')
  @ApiOperation({ summary: 'Download the refused rows as CSV: row, line, field, code, message, raw' }) @ApiProduces('text/csv')
  async rejections(@Param('id', { schema: Id }) id: string) {
    await this.imports.read(id);
    return new StreamableFile(this.streams.rejections(id), { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="rejections-${id}.csv"` });
  }

  @Post(':id/cancel') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Stop an import after its current batch; what is in stays and is counted' }) @ApiOkResponse({ standardSchema: ImportView })
  async cancel(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor | null) {
    return viewOf(await this.imports.cancel(id, actor));
  }

  private async take(body: unknown, request: ImportRequest, actor: Actor | null): Promise<ImportView> {
    if (!(body instanceof Readable)) throw new AppError('import.no-file', 'Send the file itself as the body, with the header "content-type: text/csv".');
    return viewOf(await this.imports.take(body, request, actor));
  }
}

function viewOf(run: ImportRun): ImportView {
  const { id, kind, state, options, problem, createdBy } = run;
  return {
    id, kind, state, fileName: options.fileName, encoding: options.encoding, delimiter: options.delimiter, dryRun: options.dryRun, columns: options.columns,
    bytes: { total: run.bytesTotal, done: run.bytesDone },
    rows: { total: run.rowsTotal, created: run.rowsCreated, updated: run.rowsUpdated, unchanged: run.rowsUnchanged, rejected: run.rowsRejected },
    problem, createdBy, createdAt: run.createdAt.toISOString(), finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}
