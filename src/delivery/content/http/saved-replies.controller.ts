import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Id, Name } from '../../../contract/common.js';
import { LanguageTag } from '../../../contract/message.js';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { idAfter, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { SavedReplies } from '../saved-replies.service.js';

const MOST_LANGUAGES = 20;
const RepliesQuery = PageQuery.extend({ q: z.string().trim().min(1).max(200).optional().meta({ description: 'Part of the name or of a text' }) });
const shown = {
  name: Name,
  texts: z.record(LanguageTag, z.string().min(1).max(20_000)).refine((all) => Object.keys(all).length >= 1, 'must have a text in at least one language').refine((all) => Object.keys(all).length <= MOST_LANGUAGES, 'must not be more than 20 languages').meta({ description: 'The text by language, with fields such as {{person.name}}' }),
};
const NewReply = z.strictObject(shown).meta({ id: 'NewSavedReply' });
const ReplyChange = z.strictObject({ revision: z.number().int().min(1), ...shown }).meta({ id: 'SavedReplyChange' });
const ReplyView = z.object({ id: Id, name: z.string(), texts: z.record(z.string(), z.string()), revision: z.number().int(), createdBy: z.string(), createdAt: DateTime, updatedBy: z.string(), updatedAt: DateTime }).meta({ id: 'SavedReply' });
const ReplyPage = z.object({ items: z.array(ReplyView), next: z.string().nullable() }).meta({ id: 'SavedReplyPage' });

@ApiTags('Messages')
@Controller('v1/saved-replies')
export class SavedRepliesController {
  constructor(private readonly replies: SavedReplies) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List saved replies, newest first: answers to be put into messages as copies' }) @ApiOkResponse({ standardSchema: ReplyPage })
  async list(@Query({ schema: RepliesQuery }) { q, limit, after }: z.infer<typeof RepliesQuery>) {
    return pageOf(await this.replies.list({ q: q ?? null, before: idAfter(after), limit: limit + 1 }), limit, (last) => [last.id]);
  }

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Save a reply in one or more languages; its fields are checked' }) @ApiCreatedResponse({ standardSchema: ReplyView })
  create(@Body({ schema: NewReply }) input: z.infer<typeof NewReply>, @CurrentActor() actor: Actor) {
    return this.replies.create(input, actor);
  }

  @Get(':id') @AllowAll()
  @ApiOperation({ summary: 'Read one saved reply' }) @ApiOkResponse({ standardSchema: ReplyView })
  read(@Param('id', { schema: Id }) id: string) {
    return this.replies.read(id);
  }

  @Put(':id') @Allow('marketer')
  @ApiOperation({ summary: 'Change a saved reply; messages it was put into keep what they say' }) @ApiOkResponse({ standardSchema: ReplyView })
  change(@Param('id', { schema: Id }) id: string, @Body({ schema: ReplyChange }) { revision, ...input }: z.infer<typeof ReplyChange>, @CurrentActor() actor: Actor) {
    return this.replies.change(id, input, revision, actor);
  }

  @Delete(':id') @HttpCode(204) @Allow('marketer')
  @ApiOperation({ summary: 'Delete a saved reply; messages it was put into keep what they say' }) @ApiNoContentResponse({ description: 'It is gone.' })
  remove(@Param('id', { schema: Id }) id: string, @CurrentActor() actor: Actor): Promise<void> {
    return this.replies.remove(id, actor);
  }
}
