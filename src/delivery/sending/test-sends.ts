import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EmailContent } from '../../contract/message.js';
import { Clock } from '../../kernel/clock.js';
import { AppError } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { AuditLog } from '../../platform/audit.js';
import { Config } from '../../platform/config.js';
import { inTransaction } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { LintFinding } from '../rules/domain/lint.js';
import type { CompiledEmail, LinkSigner, RenderContext, RenderedEmail } from '../content/compiled.js';
import { NOBODY, Previews, type Reader, type Topical } from '../content/preview.service.js';
import { renderEmail } from '../content/render.js';
import type { Outgoing } from '../identity/outgoing.js';
import { firstRelay } from '../relays/first-relay.js';
import type { RelayPlan } from '../relays/relay-settings.js';
import { EmailSurroundings } from './jobs/email.worker.js';
import { SmtpTransport } from './smtp-transport.js';

export interface TestSend extends Reader, Topical {
  content: EmailContent;
  to: string[];
}

/** What the relay said about one address. */
export interface TestVerdict { address: string; verdict: 'accepted' | 'refused' | 'deferred' | 'uncertain' | 'unreachable'; answer: string }

interface Made { compiled: CompiledEmail; context: RenderContext; links: LinkSigner; outgoing: Outgoing; relay: RelayPlan; topic: string; now: Date }

const MARKS = { ko: '[테스트]', en: '[Test]' };

/**
 * Sends a message to colleagues as one person would get it, over the relay that is tried first. There is no delivery: nothing
 * is counted, links lead on without counting, and its unsubscribe page is nobody's.
 */
@Injectable()
export class TestSends {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly config: Config, private readonly outside: EmailSurroundings, private readonly previews: Previews, private readonly audit: AuditLog) {}

  /** @throws message.invalid when it can not be compiled, message.not-made when it can not be made for this person */
  async send({ content, to, ...reader }: TestSend, actor: Actor): Promise<{ language: string | null; lint: LintFinding[]; items: TestVerdict[] }> {
    const now = this.clock.now();
    const shown = await this.previews.preview({ channel: 'email', content, ...reader });
    if (!shown.email) throw new AppError('message.not-made', `The message can not be made: ${shown.problems[0]!.message}`, 'invalid', shown.problems);
    const compiled = (await this.previews.compiled('email', content)) as CompiledEmail;
    const relay = await firstRelay(this.db, this.config, () => this.outside.sandbox.url());
    const made: Made = { compiled, context: await this.previews.contextOf(reader), links: await this.outside.links.signer(), outgoing: await this.outside.senders.outgoing(await loadWorkspace(this.db)), relay, topic: reader.topic ?? 'test', now };
    // Before the first byte leaves, so that nothing is sent that nobody answers for.
    await inTransaction(this.db, (tx) => this.audit.record(tx, { actor, action: 'message.test-send', subject: 'message:test', detail: { addresses: to.length, language: shown.language, relay: relay.id } }, now));
    const transport = new SmtpTransport(relay.session);
    try {
      const items: TestVerdict[] = [];
      for (const address of to) items.push(await sendOne(transport, made, address));
      return { language: shown.language, lint: shown.lint, items };
    } finally {
      transport.close();
    }
  }
}

function marked(content: RenderedEmail, { person, workspace, readIn }: RenderContext): RenderedEmail {
  const korean = /^ko\b/i.test(content.language ?? readIn ?? person.language ?? workspace.language);
  return { ...content, subject: `${korean ? MARKS.ko : MARKS.en} ${content.subject}` };
}

async function sendOne(transport: SmtpTransport, { compiled, context, links, outgoing, relay, topic, now }: Made, address: string): Promise<TestVerdict> {
  const deliveryId = newId();
  try {
    const content = marked(renderEmail(compiled, { ...context, deliveryId, personId: NOBODY }, links), context);
    const mail = await outgoing.compose({ deliveryId, campaignId: 'test', stepId: 'test', topic, transactional: context.transactional ?? false, to: address, date: now, content, relay }).sealed();
    const result = await transport.send(mail, () => {});
    if (result.kind === 'accepted') return { address, verdict: 'accepted', answer: result.reply };
    const verdict = ({ rejected: 'refused', unreachable: 'refused', deferred: 'deferred', uncertain: 'uncertain', lost: 'unreachable', transport_down: 'unreachable' } as const)[result.kind];
    return { address, verdict, answer: result.detail };
  } catch (error) {
    return { address, verdict: 'refused', answer: error instanceof Error ? error.message : String(error) };
  }
}
