import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../kernel/errors.js';
import { sessionToken } from '../access/http/cookies.js';
import { Sessions } from '../access/sessions.service.js';
import { Public } from '../platform/http/access.js';
import { sendBuilt } from '../platform/http/send-built.js';
import { DashboardFiles } from './dashboard-files.js';

/** Nothing from any other host; styles are also set by the parts of the kit as they lay themselves out. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PAGE = { 'content-security-policy': POLICY, 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff' };
/** The first part of every address the dashboard has pages for; what follows is known to its router. */
const PLACES = ['campaigns', 'segments', 'people', 'deliveries', 'features', 'messages', 'results', 'auto-messages', 'settings', 'data', 'week'];

/** One page for all addresses of the dashboard, and its files. Who is not signed in is asked to, and comes back to the same place. */
@ApiExcludeController()
@Public()
@Controller()
export class DashboardController {
  constructor(private readonly files: DashboardFiles, private readonly sessions: Sessions) {}

  @Get(['/', ...PLACES, ...PLACES.map((place) => `${place}/*`)])
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = sessionToken(request);
    const session = token === null ? null : await this.sessions.find(token);
    if (session?.lacksFactor) return void (await reply.redirect('/second-factor', 303));
    if (!session) return void (await reply.redirect(request.url === '/' ? '/login' : `/login?next=${encodeURIComponent(request.url)}`, 303));
    void reply.headers(PAGE);
    await sendBuilt(this.files.page(), 'no-cache', request, reply);
  }

  @Get('assets/:name')
  async asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const file = this.files.asset(name);
    if (!file) throw new AppError('not_found', 'There is no such file of the dashboard. It may have been updated: load the page again.', 'not_found');
    void reply.header('x-content-type-options', 'nosniff');
    await sendBuilt(file, 'public, max-age=3600', request, reply);
  }
}
