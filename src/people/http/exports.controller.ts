import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Instant } from '../../contract/common.js';
import { Allow, AllowAll } from '../../platform/http/access.js';
import { ExportStreams } from '../export/export-streams.js';

const Flag = z.enum(['true', 'false', '1', '0', '']).transform((value) => value === 'true' || value === '1' || value === '').default(false);
const Filter = { tag: z.string().min(1).max(100).optional(), q: z.string().min(1).max(200).optional() };
const PeopleQuery = z.strictObject(Filter);
const PeopleCsvQuery = z.strictObject({ ...Filter, bom: Flag, raw: Flag });
const EventsQuery = z.strictObject({ from: Instant.optional(), to: Instant.optional(), name: z.string().min(1).max(200).optional() });

const filterOf = ({ tag, q }: z.infer<typeof PeopleQuery>) => ({ tag: tag ?? null, q: q ?? null });

/** People and events as files. Whole address books leave only with those who may write to people; events carry ids only. */
@ApiTags('Exports')
@Controller('v1/exports')
export class ExportsController {
  constructor(private readonly streams: ExportStreams) {}

  @Get('people.csv') @Allow('marketer')
  @ApiOperation({ summary: 'Download people as CSV; the file can be imported again' }) @ApiProduces('text/csv')
  peopleCsv(@Query({ schema: PeopleCsvQuery }) query: z.infer<typeof PeopleCsvQuery>) {
    return new StreamableFile(this.streams.peopleCsv(filterOf(query), query), { type: 'text/csv; charset=utf-8', disposition: 'attachment; filename="people.csv"' });
  }

  @Get('people.ndjson') @Allow('marketer')
  @ApiOperation({ summary: 'Download people as one JSON object a line' }) @ApiProduces('application/x-ndjson')
  peopleNdjson(@Query({ schema: PeopleQuery }) query: z.infer<typeof PeopleQuery>) {
    return new StreamableFile(this.streams.peopleNdjson(filterOf(query)), { type: 'application/x-ndjson', disposition: 'attachment; filename="people.ndjson"' });
  }

  @Get('events.ndjson') @AllowAll()
  @ApiOperation({ summary: 'Download events as one JSON object a line: from (inclusive) to (exclusive)' }) @ApiProduces('application/x-ndjson')
  eventsNdjson(@Query({ schema: EventsQuery }) { from, to, name }: z.infer<typeof EventsQuery>) {
    return new StreamableFile(this.streams.eventsNdjson({ from: from ? new Date(from) : null, to: to ? new Date(to) : null, name: name ?? null }), { type: 'application/x-ndjson', disposition: 'attachment; filename="events.ndjson"' });
  }
}
