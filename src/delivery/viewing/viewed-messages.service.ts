import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { loadPastPerson } from '../../people/past-person.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { RenderFailure, type CompiledEmail, type LinkSigner, type RenderContext, type RenderedEmail } from '../content/compiled.js';
import { ContentCache } from '../content/content-cache.js';
import { UNSIGNED } from '../content/preview.service.js';
import { renderEmail } from '../content/render.js';
import { contentFor, contextOf } from '../sending/render-context.js';
import { LinkKeys } from '../tracking/link-keys.service.js';
import { loadViewed, type ViewedDelivery } from './store/viewed.store.js';

/** A message made a second time. */
export interface MadeAgain {
  email: RenderedEmail;
  /** Whether it is made of the person as known when it was sent, or as of now because that cannot be told any more. */
  asOf: 'sending' | 'now';
}

/**
 * Messages as pages. A message is made again from what was published, for the person as we knew them when it was sent: a name
 * changed since does not change the letter. Where that cannot be told any more (people merged since) or
 * no longer makes the message, it is made for the person as of now.
 */
@Injectable()
export class ViewedMessages {
  constructor(private readonly db: DataSource, private readonly links: LinkKeys, private readonly contents: ContentCache) {}

  /** The HTML of the message.
   *
   * @param signedFor whose the delivery was when its links were signed; null when the message or its person is gone, or it cannot be made
   */
  async view(deliveryId: string, signedFor: string): Promise<string | null> {
    const again = await this.again(deliveryId, signedFor, quiet(await this.links.signer(), signedFor));
    return again && again.email.html;
  }

  /**
   * The e-mail as it went, for colleagues who look at it. Its links lead where its author wanted them to: whoever tries one counts as
   * nobody's click and unsubscribes nobody.
   *
   * @param personId whose the delivery is
   */
  copy(deliveryId: string, personId: string): Promise<MadeAgain | null> {
    return this.again(deliveryId, personId, UNSIGNED);
  }

  private async again(deliveryId: string, personId: string, links: LinkSigner): Promise<MadeAgain | null> {
    const delivery = await loadViewed(this.db, deliveryId);
    if (!delivery) return null;
    const [workspace, contents] = [await loadWorkspace(this.db), await this.contents.load(this.db, delivery.contentId === null ? [] : [delivery.contentId])];
    const now = contextOf({ ...delivery, fence: 0 }, delivery.person, workspace);
    try {
      const compiled = contentFor('email', contents, delivery.contentId);
      const then = delivery.personId === personId ? await this.asOfSending(delivery, now) : null;
      const asSent = then && made(compiled, then, links);
      if (asSent) return { email: asSent, asOf: 'sending' };
      const email = made(compiled, now, links);
      return email && { email, asOf: 'now' };
    } catch (error) {
      if (error instanceof RenderFailure) return null;
      throw error;
    }
  }

  private async asOfSending({ personId, madeAt }: ViewedDelivery, now: RenderContext): Promise<RenderContext | null> {
    const past = madeAt === null ? null : await loadPastPerson(this.db, personId, madeAt);
    if (!past) return null;
    const { attributes, id, externalId, email, timeZone, language } = past;
    return { ...now, person: { ...attributes, id, externalId, email, timeZone, language } };
  }
}

/** Null when it cannot be made: what is missing of the past is no reason to show nothing. */
function made(compiled: CompiledEmail, context: RenderContext, links: LinkSigner): RenderedEmail | null {
  try {
    return renderEmail(compiled, context, links);
  } catch (error) {
    if (error instanceof RenderFailure) return null;
    throw error;
  }
}

/** The same signed links as in the mail; reading the page counts nothing, and it leads not to itself. */
function quiet(signer: LinkSigner, signedFor: string): LinkSigner {
  return { forMessage: (deliveryId) => ({ ...signer.forMessage(deliveryId, signedFor), open: () => '', view: () => '', honeypot: () => '' }) };
}
