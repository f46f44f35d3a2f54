import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Key } from '../../../contract/common.js';
import { FeatureAskerPage, FeatureRequestPage, FeatureRequests, FeatureRequestsTaken, FeatureTake, FeatureTaken, MOST_REQUESTS } from '../../../contract/features.js';
import { AppError } from '../../../kernel/errors.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { decodeCursor, INSTANT_AND_ID_KEY, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { ndjsonRows } from '../../http/given-stream.js';
import { Features } from '../features.service.js';
import { FeatureRequestsService } from '../requests.service.js';

const Flag = z.enum(['true', 'false']).transform((text) => text === 'true').optional();
const RequestQuery = PageQuery.extend({ words: Flag.describe('true: only what was said in words') });
const PeopleQuery = PageQuery.extend({ told: Flag.describe('true: only those whose message has left') });

const json = FeatureRequests['~standard'];
/** NDJSON arrives as a stream; its rows are checked one by one. Everything else must be one request or a list of them. */
const Given = { '~standard': { ...json, validate: (value: unknown) => (value instanceof Readable ? { value } : json.validate(value)) } } as typeof FeatureRequests;

@ApiTags('Features')
@Controller('v1/features/:key')
export class FeatureRequestsController {
  constructor(private readonly features: Features, private readonly asked: FeatureRequestsService) {}

  @Get('requests') @AllowAll()
  @ApiOperation({ summary: 'What people said, the last first' }) @ApiOkResponse({ standardSchema: FeatureRequestPage })
  async requests(@Param('key', { schema: Key }) key: string, @Query({ schema: RequestQuery }) { after, limit, words }: z.infer<typeof RequestQuery>) {
    const [at, id] = decodeCursor(after, INSTANT_AND_ID_KEY) ?? [];
    const found = await this.asked.requests(await this.features.find(key), { words, after: at && id ? { at, id } : null, limit: limit + 1 });
    const page = pageOf(found, limit, (last) => [last.cursorAt, last.id]);
    return { ...page, items: page.items.map(({ cursorAt: _cursor, ...item }) => item) };
  }

  @Post('requests') @HttpCode(200) @Allow('marketer')
  @ApiOperation({
    summary: 'Record that people ask for a feature',
    description: `One request, or up to ${MOST_REQUESTS} as \`{"requests": […]}\` or \`application/x-ndjson\` (one a line). With a \`requestId\` for each it may be sent again. Whoever asks for what is shipped is told as well.`,
  })
  @ApiOkResponse({ standardSchema: FeatureRequestsTaken })
  async record(@Param('key', { schema: Key }) key: string, @Body({ schema: Given }) body: z.infer<typeof FeatureRequests> | Readable, @CurrentActor() actor: Actor) {
    if (body instanceof Readable) return this.asked.add(key, await linesOf(body), actor);
    return 'requests' in body ? this.asked.add(key, body.requests, actor) : this.asked.addOne(key, body, actor);
  }

  @Post('take') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Say which colleague takes the requests of these people, or of all nobody took', description: 'The message that tells them comes from that colleague.' }) @ApiOkResponse({ standardSchema: FeatureTaken })
  take(@Param('key', { schema: Key }) key: string, @Body({ schema: FeatureTake }) take: FeatureTake, @CurrentActor() actor: Actor) {
    return this.asked.take(key, take, actor);
  }

  @Get('people') @AllowAll()
  @ApiOperation({ summary: 'Who asked, and what became of it: asked, told, opened, used' }) @ApiOkResponse({ standardSchema: FeatureAskerPage })
  async people(@Param('key', { schema: Key }) key: string, @Query({ schema: PeopleQuery }) { after, limit, told }: z.infer<typeof PeopleQuery>) {
    const [at, personId] = decodeCursor(after, INSTANT_AND_ID_KEY) ?? [];
    const found = await this.asked.people(await this.features.find(key), { told, after: at && personId ? { at, personId } : null, limit: limit + 1 });
    const page = pageOf(found, limit, (last) => [last.cursorAt, last.personId]);
    return { ...page, items: page.items.map(({ cursorAt: _cursor, ...item }) => item) };
  }
}

async function linesOf(stream: Readable): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const row of ndjsonRows(stream, { code: 'feature' })) {
    if (lines.length === MOST_REQUESTS) throw new AppError('feature.too-many-requests', `One body may carry ${MOST_REQUESTS} requests; send the rest in another.`, 'too_large');
    lines.push('value' in row ? row.value : row.unreadable);
  }
  return lines;
}
