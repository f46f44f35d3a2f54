import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CampaignDefinition } from '../../contract/campaign.js';
import { neededTags } from '../../delivery/content/needed-tags.js';
import { Clock } from '../../kernel/clock.js';
import { lookAtSome } from '../../segments/segment-questions.js';
import { audienceOf, emptyFindings, keysOf } from '../domain/empty-fields.js';
import { within, type Finding } from '../domain/finding.js';
import { referencesOf } from '../domain/references.js';
import { countEmpty } from '../store/empty-fields.store.js';

/** Somebody waits for the check of a draft; without an answer by then nothing is said. */
const LIMIT_MS = 1_500;
/** Fewer people of a sample say too little about a share. */
const ENOUGH = 100;
const MOST = 100;

/** Looks for merge tags that some of the audience have no value for. A remark only: it reads a sample of many people, and gives up in time. */
@Injectable()
export class EmptyFields {
  constructor(private readonly db: DataSource, private readonly clock: Clock) {}

  /** @param definition one without errors: its conditions are asked */
  async find(definition: CampaignDefinition): Promise<Finding[]> {
    const placed: { path: string; tag: string; keys: string[] }[] = [];
    for (const { path, content } of referencesOf(definition).contents) {
      for (const needed of await neededTags(this.db, content)) {
        const keys = keysOf(needed.path);
        if (keys) placed.push({ path: within(path, needed.place), tag: needed.path, keys });
      }
    }
    const asked = [...new Map(placed.map(({ tag, keys }) => [tag, keys])).entries()].slice(0, MOST);
    if (asked.length === 0) return [];
    return (await lookAtSome(this.db, audienceOf(definition), { now: this.clock.now(), milliseconds: LIMIT_MS }, async (tx, { people, isAll }) => {
      if (people.length === 0 || (!isAll && people.length < ENOUGH)) return [];
      const counts = await countEmpty(tx, people, asked.map(([, keys]) => keys));
      const missing = new Map(asked.map(([tag], index) => [tag, counts[index]!]));
      return emptyFindings(placed.map(({ path, tag }) => ({ path, tag, missing: missing.get(tag) ?? 0, looked: people.length })));
    })) ?? [];
  }
}
