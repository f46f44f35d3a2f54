import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel, MessageContent } from '../../contract/message.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound, type Problem } from '../../kernel/errors.js';
import { row } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { payloadOf } from '../hooks/hook-request.js';
import { renderChat, renderWebhook } from '../hooks/render-hooks.js';
import { endpointStates } from '../hooks/store/endpoints.store.js';
import { compileMessage } from './compile.js';
import { RenderFailure, type CompiledMessage, type LinkSigner, type RenderContext, type RenderedEmail, type RenderedInApp, type Warning } from './compiled.js';
import { renderEmail, renderInApp } from './render.js';

export interface PreviewQuestion {
  channel: Channel;
  content: MessageContent;
  personId?: string;
  sample?: { person: Record<string, unknown>; event?: Record<string, unknown>; timeZone?: string };
}

export interface Preview {
  email: RenderedEmail | null;
  inApp: RenderedInApp | null;
  /** The body of a webhook or chat notice, as its endpoint would get it. */
  payload: unknown;
  problems: Problem[];
  warnings: Warning[];
}

interface PersonRow { id: string; externalId: string | null; email: string | null; timeZone: string | null; language: string | null; attributes: Record<string, unknown> }

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A preview's links lead where the author pointed them and count nothing; its own pages have no address. */
const UNSIGNED: LinkSigner = { forMessage: () => ({ click: (_index, url) => url, open: () => 'data:,', unsubscribe: () => '#unsubscribe', preferences: () => '#preferences', view: () => '#view', honeypot: () => '' }) };

/** Shows a message as one person would get it. Writes nothing. */
@Injectable()
export class Previews {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  async preview({ channel, content, personId, sample }: PreviewQuestion): Promise<Preview> {
    const problems: Problem[] = [];
    const compiled = await compileMessage(channel, content).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      problems.push(...error.problems);
      return null;
    });
    if (!compiled) return { email: null, inApp: null, payload: null, problems, warnings: [] };
    const context = await this.contextOf(personId, sample);
    try {
      const email = compiled.kind === 'email' ? renderEmail(compiled, context, UNSIGNED) : null;
      const inApp = compiled.kind === 'in_app' ? renderInApp(compiled, context) : null;
      return { email, inApp, payload: await this.payload(compiled, context), problems, warnings: compiled.warnings };
    } catch (error) {
      if (!(error instanceof RenderFailure)) throw error;
      return { email: null, inApp: null, payload: null, problems: [{ path: error.detail.split(':', 1)[0]!, code: error.code, message: error.detail }], warnings: compiled.warnings };
    }
  }

  /** An endpoint that is not there yet gets what JANDI would: publishing refuses it, a preview need not. */
  private async payload(compiled: CompiledMessage, context: RenderContext): Promise<unknown> {
    if (compiled.kind === 'webhook') return payloadOf({ channel: 'webhook', webhook: renderWebhook(compiled, context, this.clock.now()) }, 'standard');
    if (compiled.kind !== 'chat') return null;
    const kind = (await endpointStates(this.db, [compiled.endpointId])).get(compiled.endpointId)?.kind;
    return payloadOf({ channel: 'chat', chat: renderChat(compiled, context) }, kind === 'slack' ? 'slack' : 'jandi');
  }

  private async contextOf(personId: string | undefined, sample: PreviewQuestion['sample']): Promise<RenderContext> {
    const found = personId === undefined ? null : await row<PersonRow>(this.db, `
      select p.id, p.external_id as "externalId", p.email, p.time_zone as "timeZone", p.language, p.attributes from person as p where p.id = $1`, [personId]);
    if (personId !== undefined && !found) throw notFound('person', personId);
    const { attributes, ...known }: PersonRow = found ?? { attributes: {}, id: NOBODY, externalId: null, email: null, timeZone: sample?.timeZone ?? null, language: null };
    const workspace = await loadWorkspace(this.db);
    return {
      person: { ...attributes, ...known, ...sample?.person },
      event: sample?.event,
      workspace: { name: workspace.name, timeZone: workspace.timeZone, language: workspace.language, senderContact: workspace.settings.senderContact },
      deliveryId: NOBODY,
      personId: personId ?? NOBODY,
    };
  }
}
