import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { pageLanguage } from '../../../access/domain/page-language.js';
import { sessionToken } from '../../../access/http/cookies.js';
import { Sessions } from '../../../access/sessions.service.js';
import { Id } from '../../../contract/common.js';
import { notFound } from '../../../kernel/errors.js';
import { Allow, AllowAll, CurrentActor, Public, type Actor } from '../../../platform/http/access.js';
import { DateTime } from '../../../platform/http/date-time.js';
import { PublicUrl } from '../../../platform/public-url.js';
import { DEMO_PAGES, DemoPages, type DemoLanguage, type DemoPage } from '../demo-pages.js';
import { Demo } from '../demo.service.js';

const PageQuery = z.object({ lang: z.enum(['en', 'ko']).optional().catch(undefined) });
const DemoState = z.object({
  ready: z.boolean().meta({ description: 'Its key works and all of its campaigns are published' }),
  writeKeyId: Id.nullable(), campaignIds: z.array(Id), setUpAt: DateTime.nullable(),
}).meta({ id: 'DemoSite' });

/** What a strict site allows: scripts, styles, pictures and connections of its own, and no text ever becomes a script. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = { 'demo.css': 'text/css; charset=utf-8', 'demo.js': 'text/javascript; charset=utf-8' } as const;

/** A small product site that uses the real SDK, for people who want to see auto messages before they build a site of their own. */
@ApiTags('Demo site')
@Controller()
export class DemoController {
  /** Read when somebody opens the first one: hardly any installation serves them. */
  private read: DemoPages | null = null;

  constructor(private readonly demo: Demo, private readonly sessions: Sessions, private readonly publicUrl: PublicUrl) {}

  @Get('demo') @Public() @ApiExcludeEndpoint()
  home(@Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.show('home', query, request, reply);
  }

  @Get('demo/:page') @Public() @ApiExcludeEndpoint()
  page(@Param('page', { schema: z.string().max(100) }) page: string, @Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (page in TYPES) return void reply.headers({ 'content-type': TYPES[page as keyof typeof TYPES], 'cache-control': 'public, max-age=300' }).send(this.pages().assets[page as keyof typeof TYPES]);
    const known = DEMO_PAGES.find((one) => one === page);
    if (!known) throw notFound('page', page);
    return this.show(known, query, request, reply);
  }

  /** The parts of the app are one page: the browser changes the address. */
  @Get('demo/app/*') @Public() @ApiExcludeEndpoint()
  app(@Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.show('app', query, request, reply);
  }

  @Post('demo/set-up') @Allow('marketer') @ApiExcludeEndpoint()
  async setUpForm(@CurrentActor() actor: Actor, @Res() reply: FastifyReply) {
    await this.demo.setUp(this.siteUrl(), actor);
    return reply.redirect('/demo', 303);
  }

  @Get('v1/demo') @AllowAll()
  @ApiOperation({ summary: 'Whether the demo site is set up, and its campaigns' }) @ApiOkResponse({ standardSchema: DemoState })
  state() {
    return this.demo.state();
  }

  @Post('v1/demo') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Set up the demo site: a write key and five published auto messages and campaigns; doing it again mends what is missing' }) @ApiOkResponse({ standardSchema: DemoState })
  setUp(@CurrentActor() actor: Actor) {
    return this.demo.setUp(this.siteUrl(), actor);
  }

  @Delete('v1/demo') @HttpCode(200) @Allow('marketer')
  @ApiOperation({ summary: 'Take the demo site down: its campaigns are stopped and archived, its key is revoked; what happened stays on record' }) @ApiOkResponse({ standardSchema: DemoState })
  remove(@CurrentActor() actor: Actor) {
    return this.demo.remove(actor);
  }

  private pages(): DemoPages {
    return (this.read ??= new DemoPages());
  }

  private siteUrl(): string {
    return `${this.publicUrl.value}/demo`;
  }

  private async show(page: DemoPage, { lang }: z.infer<typeof PageQuery>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const token = sessionToken(request);
    const session = token === null ? null : await this.sessions.find(token);
    const language: DemoLanguage = lang ?? pageLanguage(request.headers['accept-language']);
    const maySetUp = session !== null && session.role !== 'analyst';
    await reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY, 'cache-control': 'no-store', 'referrer-policy': 'same-origin' })
      .send(this.pages().render({ page, language, chosen: lang !== undefined, writeKey: await this.demo.writeKey(), maySetUp }));
  }
}
