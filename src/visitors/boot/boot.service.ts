import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { liveRulesFor, type LiveRule } from '../../campaigns/auto/live-rules.js';
import { displayPlace } from '../../contract/in-app.js';
import type { BootAnswer, WireRule } from '../../contract/visitor-wire.js';
import { countUnread, waitingDeliveries } from '../../delivery/inbox/store/inbox.store.js';
import { Clock } from '../../kernel/clock.js';
import type { VerifiedCaller } from '../caller/callers.service.js';
import { wireRule } from '../rules/domain/wire-rule.js';
import { wireSettings } from '../site/domain/site-settings.js';
import { VisitorSettings } from '../site/visitor-settings.js';
import { StreamTickets } from '../stream/tickets.service.js';

/** In-app messages announced at once; the next come when these were displayed. */
const MOST_WAITING = 20;
/** Rules of a version never change, so each is translated once a process. */
const translated = new WeakMap<LiveRule['display'], WireRule>();

/** What a browser has to know to begin. */
@Injectable()
export class Boots {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly settings: VisitorSettings, private readonly tickets: StreamTickets) {}

  /**
   * Who is not trusted gets what any anonymous visitor could get, and nothing about the person.
   *
   * @param origin of the page that asks
   */
  async answer(caller: VerifiedCaller, origin: string | undefined): Promise<BootAnswer> {
    const { site } = await this.settings.current();
    if (site.off) return { off: 1 };
    const now = this.clock.now();
    const personId = caller.trusted ? caller.personId : null;
    // First of all: what happens from here on comes by the stream.
    const ticket = personId === null ? undefined : await this.tickets.issue({ personId, keyId: caller.keyId, origin: origin ?? null, verified: caller.trusted }, now);
    const [rules, waiting, unread] = await Promise.all([
      liveRulesFor(this.db, personId, now),
      personId === null ? [] : waitingDeliveries(this.db, personId, { now, limit: MOST_WAITING }),
      personId === null ? 0 : countUnread(this.db, personId, now),
    ]);
    const settings = wireSettings(site);
    return {
      ...(settings ? { s: settings } : {}),
      ...(rules.length > 0 ? { r: rules.map(ruleOf) } : {}),
      ...(waiting.length > 0 ? { d: waiting } : {}),
      ...(unread > 0 ? { n: unread } : {}),
      // Anonymous visitors have no inbox before their first message: a stream would say nothing.
      ...(ticket !== undefined && (caller.identified || waiting.length > 0 || unread > 0) ? { q: ticket } : {}),
      ...(caller.verified ? { p: 1 } : {}),
    };
  }
}

function ruleOf({ campaignId, display, message }: LiveRule): WireRule {
  const known = translated.get(display);
  if (known) return known;
  const { format, slot } = message.variants[0]!.content;
  const rule = { ...wireRule(display, campaignId), s: displayPlace(format, display.slot, slot) };
  translated.set(display, rule);
  return rule;
}
