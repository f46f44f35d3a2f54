import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { readDraft } from '../../contract/campaign-draft.js';
import type { EntryPreview } from '../../contract/campaign-launch.js';
import { Clock } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import { loadWorkspace } from '../../platform/workspace.js';
import { lateLanding } from '../domain/late-landing.js';
import { normalise, type RunPlan } from '../domain/normalise.js';
import { lookBackTo, lookingBack, type LookingBack } from '../domain/takes.js';
import { whoMeets, type Moment } from '../engine/conditions.js';
import { entryRule } from '../engine/endings.js';
import { dueByDate } from '../engine/looking-back.js';
import { countMeant } from '../engine/meant.js';
import { usableZone } from '../engine/people.js';
import { findCampaign } from '../store/campaigns.store.js';
import { whoDidLately } from '../store/events.store.js';

/** Of more people it is only said how many they are. */
const MOST = 100_000;
const PAGE = 5_000;
const NOBODY: EntryPreview = { people: null, from: null, places: null };

interface There { personId: string; at: Date; zone: string }

/** Who would enter with the publishing of a draft that looks back, and where they would stand then. */
@Injectable()
export class EntryPreviews {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** Of the draft as it is now. Holdouts, re-entry and goals are asked at the launch, not here. @throws AppError `campaign.not-found` */
  async preview(id: string): Promise<EntryPreview> {
    const campaign = await findCampaign(this.db, id);
    if (!campaign) throw notFound('campaign', id);
    const { definition } = readDraft(campaign.definition);
    const looking = definition?.type === 'series' ? lookingBack(definition.entry) : null;
    if (!definition || !looking) return NOBODY;
    const moment = { now: this.clock.now(), zone: (await loadWorkspace(this.db)).timeZone };
    const plan = normalise(definition);
    const from = lookBackTo(looking, moment.now).from;
    const there = await this.there(looking, moment);
    if (!there) return { people: await countMeant(this.db, { segmentId: null, audience: plan.audience, looking }, moment.now), from, places: null };
    const inside = await this.inside(plan, there, moment);
    return { people: inside.length, from, places: placesOf(plan, inside, moment.now) };
  }

  /** Everybody with a moment in the window, with their last; null when they are too many to look at each. */
  private async there(looking: LookingBack, { now, zone }: Moment): Promise<There[] | null> {
    const window = lookBackTo(looking, now);
    if (looking.type === 'event') {
      const found = await whoDidLately(this.db, { rule: entryRule(looking), ...window, zone }, MOST + 1);
      return found.length > MOST ? null : found.map((one) => ({ ...one, zone: usableZone(one.zone, zone) }));
    }
    const there: There[] = [];
    for await (const page of dueByDate(this.db, looking, window, zone)) if (there.push(...page) > MOST) return null;
    return there;
  }

  private async inside({ audience }: RunPlan, there: readonly There[], moment: Moment): Promise<There[]> {
    if (!audience) return [...there];
    const inside: There[] = [];
    for (let start = 0; start < there.length; start += PAGE) {
      const page = there.slice(start, start + PAGE);
      const met = await whoMeets(this.db, audience, page.map(({ personId }) => personId), moment);
      inside.push(...page.filter(({ personId }) => met.has(personId)));
    }
    return inside;
  }
}

function placesOf(plan: RunPlan, there: readonly There[], since: Date): NonNullable<EntryPreview['places']> {
  const places = new Map<string, NonNullable<EntryPreview['places']>[number]>();
  for (const { at, zone } of there) {
    const { kind, stepId, at: until } = lateLanding(plan, at, { since, zone });
    const place = places.get(`${kind} ${stepId}`) ?? { kind, stepId, people: 0, firstAt: null, lastAt: null };
    place.people += 1;
    if (until && (!place.firstAt || until < place.firstAt)) place.firstAt = until;
    if (until && (!place.lastAt || until > place.lastAt)) place.lastAt = until;
    places.set(`${kind} ${stepId}`, place);
  }
  const order = Object.keys(plan.steps);
  return [...places.values()].toSorted((a, b) => order.indexOf(a.stepId) - order.indexOf(b.stepId) || (a.kind < b.kind ? -1 : 1));
}
