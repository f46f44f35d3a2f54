import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { Id } from '../../../contract/common.js';
import { AllowAll } from '../../../platform/http/access.js';
import { refusedInput } from '../../../platform/http/validation.js';
import { ReportExports, type ExportStyle } from '../export/exports.service.js';
import { EXPORT_FORMATS } from '../export/sheet.js';
import { CAMPAIGN_REPORTS, WORKSPACE_REPORTS } from '../registry.js';
import { Reports } from '../reports.service.js';

const Flag = z.enum(['true', 'false', '1', '0', '']).transform((value) => value === 'true' || value === '1' || value === '').default(false);
const style = { format: z.enum(EXPORT_FORMATS).default('csv'), bom: Flag, raw: Flag };
const StyleQuery = z.strictObject(style);
/** The style of the file, and beside it the question of the report, which has its own schema. */
const ReportStyleQuery = z.looseObject(style);
const CampaignReport = z.enum(CAMPAIGN_REPORTS.map(({ name }) => name) as [string, ...string[]]);
const WorkspaceReport = z.enum(WORKSPACE_REPORTS.map(({ name }) => name) as [string, ...string[]]);
const RawRows = z.enum(['deliveries', 'people']);

const TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson', parquet: 'application/vnd.apache.parquet' };
const download = (stream: Readable, name: string, { format }: ExportStyle) => new StreamableFile(stream, { type: TYPES[format], disposition: `attachment; filename="${name}.${format}"` });

/** Reports and the rows behind them as files. They hold ids, no addresses and no contents. */
@ApiTags('Reports')
@AllowAll()
@ApiProduces('text/csv', 'application/x-ndjson', 'application/vnd.apache.parquet')
@Controller('v1')
export class ReportExportsController {
  constructor(private readonly reports: Reports, private readonly files: ReportExports) {}

  @Get('campaigns/:id/reports/:report/export')
  @ApiOperation({ summary: 'A report of a campaign as CSV, NDJSON or Parquet; takes the query of the report too' })
  async campaignReport(@Param('id', { schema: Id }) id: string, @Param('report', { schema: CampaignReport }) name: string, @Query({ schema: ReportStyleQuery }) { format, bom, raw, ...query }: z.infer<typeof ReportStyleQuery>) {
    const report = CAMPAIGN_REPORTS.find((one) => one.name === name)!;
    const answer = await this.reports.ofCampaign(report, id, checked(report.query, query));
    return download(this.files.file(report.columns, report.rows(answer), { format, bom, raw }), name, { format, bom, raw });
  }

  @Get('reports/:report/export')
  @ApiOperation({ summary: 'A report of the workspace as CSV, NDJSON or Parquet; takes the query of the report too' })
  async workspaceReport(@Param('report', { schema: WorkspaceReport }) name: string, @Query({ schema: ReportStyleQuery }) { format, bom, raw, ...query }: z.infer<typeof ReportStyleQuery>) {
    const report = WORKSPACE_REPORTS.find((one) => one.name === name)!;
    const answer = await this.reports.ofWorkspace(report, checked(report.query, query));
    return download(this.files.file(report.columns, report.rows(answer), { format, bom, raw }), name, { format, bom, raw });
  }

  @Get('campaigns/:id/exports/:rows')
  @ApiOperation({ summary: 'The rows behind the results: deliveries with their reactions, or people with arm and outcomes' })
  async rows(@Param('id', { schema: Id }) id: string, @Param('rows', { schema: RawRows }) rows: z.infer<typeof RawRows>, @Query({ schema: StyleQuery }) query: z.infer<typeof StyleQuery>) {
    return download(await (rows === 'deliveries' ? this.files.deliveries(id, query) : this.files.people(id, query)), rows, query);
  }
}

/** @throws request.invalid, as every other query */
function checked(schema: z.ZodType, query: unknown): unknown {
  const read = schema.safeParse(query);
  if (read.success) return read.data;
  throw refusedInput(read.error.issues);
}
