import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Channel, MessageContent } from '../../contract/message.js';
import { Clock } from '../../kernel/clock.js';
import { AppError, notFound, type Problem } from '../../kernel/errors.js';
import { loadPastPerson } from '../../people/past-person.js';
import { personIdOf } from '../../people/person-handle.js';
import { row } from '../../platform/database/db.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { inKorean } from '../../platform/korean/korean-of.js';
import { payloadOf } from '../hooks/hook-request.js';
import { renderChat, renderWebhook } from '../hooks/render-hooks.js';
import { endpointStates } from '../hooks/store/endpoints.store.js';
import { listTopics } from '../preferences/store/preferences.store.js';
import { advertisingOf } from '../rules/domain/advertising.js';
import { lintMessage, type LintFinding } from '../rules/domain/lint.js';
import { lintable } from '../rules/lint-content.js';
import { compileMessage } from './compile.js';
import { RenderFailure, type CompiledChat, type CompiledMessage, type CompiledWebhook, type LinkSigner, type RenderContext, type RenderedEmail, type RenderedInApp, type Warning } from './compiled.js';
import { diagnose, type PersonProblem, type ProblemKind } from './diagnosis.js';
import { loadBookFor } from './store/snippets.store.js';

/** As whom a message is looked at. */
export interface Reader {
  /** Any handle of a person. */
  personId?: string;
  /** The person as of this moment; now when absent or to come. */
  at?: string;
  /** As somebody of this language would read it. */
  language?: string;
  /** Adds to the person, or stands alone. */
  sample?: { person: Record<string, unknown>; event?: Record<string, unknown>; timeZone?: string };
}

/** Of which topic the message is: the rules of sending are asked as for a delivery of it, where none is named not at all. */
export interface Topical { topic?: string }

export interface PreviewQuestion extends Reader, Topical {
  channel: Channel;
  content: MessageContent;
}

export interface Preview {
  email: RenderedEmail | null;
  inApp: RenderedInApp | null;
  /** The language of the text shown, or that would be. */
  language: string | null;
  /** The body of a webhook or chat notice, as its endpoint would get it. */
  payload: unknown;
  problems: Problem[];
  warnings: Warning[];
  /** What the rules of sending say of a message of this topic; an error keeps it from being published. */
  lint: LintFinding[];
}

interface PersonFields { id: string; externalId: string | null; email: string | null; timeZone: string | null; language: string | null; attributes: Record<string, unknown> }

export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A preview's links lead where the author pointed them and count nothing; its own pages have no address. */
export const UNSIGNED: LinkSigner = { forMessage: () => ({ click: (_index, url) => url, open: () => 'data:,', unsubscribe: () => '#unsubscribe', preferences: () => '#preferences', view: () => '#view', honeypot: () => '' }) };

const CODES: Record<ProblemKind, string> = {
  missing_value: 'RENDER_MISSING_VAR', render_error: 'RENDER_ERROR', broken_link: 'RENDER_ERROR', missing_language: 'LANGUAGE_MISSING', long_subject: 'message.long-subject', large_body: 'message.clipped',
};

function sentenceOf({ kind, part, subject }: PersonProblem): string {
  if (kind === 'missing_value') return `${part}: ${subject} has no value`;
  if (kind === 'broken_link') return `${part}: ${subject} does not lead to http, https, mailto or tel`;
  if (kind === 'missing_language') return `The message is not written in ${subject}.`;
  return `${part}: ${subject}`;
}

const NOTHING: Preview = { email: null, inApp: null, payload: null, language: null, problems: [], warnings: [], lint: [] };

function spokenIn(sample: Reader['sample']): string | null {
  const language = sample?.person.language;
  return typeof language === 'string' ? language : null;
}

/** Shows a message as one person would get it. Writes nothing. */
@Injectable()
export class Previews {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  async preview({ channel, content, ...reader }: PreviewQuestion): Promise<Preview> {
    const compiled = await this.compiled(channel, content);
    if (Array.isArray(compiled)) return { ...NOTHING, problems: compiled.map(inKorean) };
    const { topic } = reader;
    const said = await this.show(compiled, await this.contextOf(reader));
    const shown = { ...said, problems: said.problems.map(inKorean), warnings: said.warnings.map(inKorean) };
    return topic === undefined ? shown : { ...shown, lint: await this.lint(channel, content, compiled, topic) };
  }

  private async lint(channel: Channel, content: MessageContent, compiled: CompiledMessage, topic: string): Promise<LintFinding[]> {
    const message = lintable(channel, content, compiled, await this.isTransactional(topic));
    return message ? lintMessage(message, await loadWorkspace(this.db)) : [];
  }

  /** A topic that is not there yet is marketing, as for the sender; publishing refuses it. */
  async isTransactional(topic: string): Promise<boolean> {
    return (await listTopics(this.db)).some(({ key, kind }) => key === topic && kind === 'transactional');
  }

  private async show(compiled: CompiledMessage, context: RenderContext): Promise<Preview> {
    if (compiled.kind === 'webhook' || compiled.kind === 'chat') return this.showPayload(compiled, context);
    const { message, language, problems } = diagnose(compiled, context, UNSIGNED);
    const told = problems.map((problem) => ({ path: problem.part, code: CODES[problem.kind], message: sentenceOf(problem) }));
    const shown = { email: message && 'html' in message ? message : null, inApp: message && !('html' in message) ? message : null, payload: null };
    return { ...NOTHING, ...shown, language, problems: message ? [] : told, warnings: message ? [...compiled.warnings, ...told] : compiled.warnings };
  }

  private async showPayload(compiled: CompiledWebhook | CompiledChat, context: RenderContext): Promise<Preview> {
    try {
      return { ...NOTHING, payload: await this.payload(compiled, context), warnings: compiled.warnings };
    } catch (error) {
      if (!(error instanceof RenderFailure)) throw error;
      return { ...NOTHING, problems: [{ path: error.detail.split(':', 1)[0]!, code: error.code, message: error.detail }], warnings: compiled.warnings };
    }
  }

  /** An endpoint that is not there yet gets what JANDI would: publishing refuses it, a preview need not. */
  private async payload(compiled: CompiledWebhook | CompiledChat, context: RenderContext): Promise<unknown> {
    if (compiled.kind === 'webhook') return payloadOf({ channel: 'webhook', webhook: renderWebhook(compiled, context, this.clock.now()) }, 'standard');
    const kind = (await endpointStates(this.db, [compiled.endpointId])).get(compiled.endpointId)?.kind;
    return payloadOf({ channel: 'chat', chat: renderChat(compiled, context) }, kind === 'slack' ? 'slack' : 'jandi');
  }

  /** What the templates may say about this reader. @throws person.not-found */
  async contextOf({ personId, at, language, sample, topic }: Reader & Topical): Promise<RenderContext> {
    const { attributes, ...known } = personId === undefined ? { attributes: {}, id: NOBODY, externalId: null, email: null, timeZone: sample?.timeZone ?? null, language: null } : await this.person(personId, at);
    const workspace = await loadWorkspace(this.db);
    const reads = { timeZone: known.timeZone ?? null, language: language ?? spokenIn(sample) ?? known.language };
    const transactional = topic !== undefined && (await this.isTransactional(topic));
    return {
      ...(topic === undefined ? {} : { transactional, advertising: advertisingOf(workspace, reads, transactional) }),
      person: { ...attributes, ...known, ...sample?.person },
      event: sample?.event,
      workspace: { name: workspace.name, timeZone: workspace.timeZone, language: workspace.language, senderContact: workspace.settings.senderContact },
      deliveryId: NOBODY,
      personId: known.id,
      ...(language === undefined ? {} : { readIn: language }),
    };
  }

  private async person(handle: string, at: string | undefined): Promise<PersonFields> {
    const id = await personIdOf(this.db, handle);
    const moment = at === undefined ? null : new Date(at);
    if (moment !== null && moment < this.clock.now()) {
      const past = await loadPastPerson(this.db, id, moment);
      if (!past) throw notFound('person', handle);
      const { externalId, email, timeZone, language, attributes } = past;
      return { id, externalId, email, timeZone, language, attributes };
    }
    const found = await row<PersonFields>(this.db, `
      select p.id, p.external_id as "externalId", p.email, p.time_zone as "timeZone", p.language, p.attributes from person as p where p.id = $1`, [id]);
    if (!found) throw notFound('person', handle);
    return found;
  }

  /** The message compiled, or what is wrong with it. */
  async compiled(channel: Channel, content: MessageContent): Promise<CompiledMessage | Problem[]> {
    try {
      return await compileMessage(channel, content, await loadBookFor(this.db, content));
    } catch (error) {
      if (error instanceof AppError && error.kind === 'invalid') return error.problems;
      throw error;
    }
  }
}
