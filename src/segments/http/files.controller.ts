import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id, Name } from '../../contract/common.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../platform/http/access.js';
import { FILE_FORMAT } from '../domain/segment-file.js';
import { SegmentFiles } from '../segment-files.service.js';
import { Sentence } from './schemas.js';

const FileSegment = z.strictObject({ name: Name, description: z.string().max(2_000).default(''), definition: z.unknown() });
const SegmentFile = z
  .strictObject({ format: z.literal(FILE_FORMAT, `must be "${FILE_FORMAT}": another form of file is not understood here`), segments: z.array(FileSegment).max(500) })
  .meta({ id: 'SegmentFile', description: 'As `GET /v1/segments/file` writes it. Definitions name segments, lists and campaigns by name (`segment`, `list`, `campaign`) or by id (`segmentId` …).' });
/** Strict: a misspelt `dryRun` must not carry out what was only to be looked at. */
const FileQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false').transform((text) => text === 'true').describe('Only say what would happen') });
const FilePlan = z
  .object({
    applied: z.boolean(), valid: z.boolean(),
    problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string(), messageKo: z.string().optional() })),
    segments: z.array(z.object({ name: z.string(), action: z.enum(['create', 'update', 'unchanged']), note: z.string().nullable(), sentence: Sentence.nullable(), sentenceBefore: Sentence.nullable() })),
  })
  .meta({ id: 'SegmentFilePlan' });

/** Definitions as files, to be kept beside code and moved between installations. */
@ApiTags('Segments')
@Controller('v1/segments')
export class SegmentFilesController {
  constructor(private readonly files: SegmentFiles) {}

  @Get('file') @AllowAll() @Header('content-type', 'application/json; charset=utf-8') @Header('content-disposition', 'attachment; filename="segments.json"')
  @ApiOperation({ summary: 'All shared segments as one file; the same text for the same segments' })
  @ApiOkResponse({ standardSchema: SegmentFile })
  all() {
    return this.files.write();
  }

  @Get(':id/file') @AllowAll() @Header('content-type', 'application/json; charset=utf-8') @Header('content-disposition', 'attachment; filename="segment.json"')
  @ApiOperation({ summary: 'One segment as a file' })
  @ApiOkResponse({ standardSchema: SegmentFile })
  one(@Param('id', { schema: Id }) id: string) {
    return this.files.write(id);
  }

  @Post('file') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Create and update segments from a file, all or none; with `dryRun=true` only the plan' })
  @ApiOkResponse({ standardSchema: FilePlan })
  read(@Body({ schema: SegmentFile }) { segments }: z.infer<typeof SegmentFile>, @Query({ schema: FileQuery }) { dryRun }: z.infer<typeof FileQuery>, @CurrentActor() actor: Actor) {
    return this.files.read(segments, dryRun, actor);
  }
}
