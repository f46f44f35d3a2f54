import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Allow, AllowAll, CurrentActor, type Actor } from '../../../platform/http/access.js';
import { decodeCursor, pageOf, PageQuery } from '../../../platform/http/paging.js';
import { Snippets } from '../snippets.service.js';
import { NewSnippet, SnippetChange, SnippetKey, SnippetPage, SnippetUsesView, SnippetView } from './snippet-schemas.js';

const CURSOR = z.tuple([SnippetKey]);

@ApiTags('Messages')
@Controller('v1/snippets')
export class SnippetsController {
  constructor(private readonly snippets: Snippets) {}

  @Get() @AllowAll()
  @ApiOperation({ summary: 'List snippets: pieces that messages share, named in them as {{> key}}' })
  @ApiOkResponse({ standardSchema: SnippetPage })
  async list(@Query({ schema: PageQuery }) { after, limit }: PageQuery) {
    const [from = null] = decodeCursor(after, CURSOR) ?? [];
    return pageOf(await this.snippets.list(from, limit + 1), limit, (last) => [last.key]);
  }

  @Post() @Allow('marketer')
  @ApiOperation({ summary: 'Make a snippet; its templates are checked, and snippets that contain one another in a circle are refused' })
  @ApiCreatedResponse({ standardSchema: SnippetView })
  create(@Body({ schema: NewSnippet }) input: NewSnippet, @CurrentActor() actor: Actor) {
    return this.snippets.create(input, actor);
  }

  @Get(':key') @AllowAll()
  @ApiOperation({ summary: 'Read one snippet' })
  @ApiOkResponse({ standardSchema: SnippetView })
  read(@Param('key', { schema: SnippetKey }) key: string) {
    return this.snippets.read(key);
  }

  @Get(':key/uses') @AllowAll()
  @ApiOperation({ summary: 'Which drafts and snippets name this one' })
  @ApiOkResponse({ standardSchema: SnippetUsesView })
  uses(@Param('key', { schema: SnippetKey }) key: string) {
    return this.snippets.uses(key);
  }

  @Put(':key') @Allow('marketer')
  @ApiOperation({ summary: 'Change a snippet; published messages keep the text they were published with' })
  @ApiOkResponse({ standardSchema: SnippetView })
  change(@Param('key', { schema: SnippetKey }) key: string, @Body({ schema: SnippetChange }) { revision, ...change }: SnippetChange, @CurrentActor() actor: Actor) {
    return this.snippets.change({ key, ...change }, revision, actor);
  }

  @Delete(':key') @HttpCode(204) @Allow('marketer')
  @ApiOperation({ summary: 'Delete a snippet; refused while a draft or another snippet names it' })
  @ApiNoContentResponse()
  remove(@Param('key', { schema: SnippetKey }) key: string, @CurrentActor() actor: Actor) {
    return this.snippets.remove(key, actor);
  }
}
