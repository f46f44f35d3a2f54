import { NUMBERS, type PeopleNumber } from './people-numbers.ts';
import { dayOf, oneOf, textOf } from '../../lib/search.ts';
import type { Api } from '../../lib/api.ts';

/** What the address of the results says, so that a view can be shared. Apart from the pages, so that reading an address loads none. */
export const VIEWS = ['verdict', 'time', 'flow', 'credit', 'answers', 'displays'] as const;
export type View = (typeof VIEWS)[number];
export interface ResultsFilter {
  view?: View | undefined;
  step?: string | undefined;
  /** First and last calendar day of the workspace's zone, both included. */
  from?: string | undefined;
  to?: string | undefined;
  language?: string | undefined;
}

export const resultsSearch = (search: Record<string, unknown>): ResultsFilter => ({ view: oneOf(VIEWS, search.view), step: textOf(search.step), from: dayOf(search.from), to: dayOf(search.to), language: textOf(search.language) });

const EVIDENCE = ['human', 'machine', 'unknown'] as const;

/** Which number's people: the number, and of what. */
export interface PeopleSearch {
  number?: PeopleNumber | undefined;
  version?: number | undefined;
  step?: string | undefined;
  variant?: string | undefined;
  code?: string | undefined;
  evidence?: (typeof EVIDENCE)[number] | undefined;
  experiment?: string | undefined;
  goal?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  language?: string | undefined;
}

export function peopleSearch(search: Record<string, unknown>): PeopleSearch {
  const version = Number(search.version);
  return {
    number: oneOf(NUMBERS, search.number), version: Number.isInteger(version) && version > 0 ? version : undefined, step: textOf(search.step), variant: textOf(search.variant), code: textOf(search.code), evidence: oneOf(EVIDENCE, search.evidence),
    experiment: textOf(search.experiment), goal: textOf(search.goal), from: dayOf(search.from), to: dayOf(search.to), language: textOf(search.language),
  };
}

export type Filtered = Pick<ResultsFilter, 'from' | 'to' | 'language'>;
/** The filter as the results and their people are asked for. */
export const atEntry = ({ from, to, language }: Filtered) => ({ ...(from ? { entryFrom: from } : {}), ...(to ? { entryTo: to } : {}), ...(language ? { language } : {}) });

export const TEST_STATES = ['collecting', 'traffic_problem', 'not_enough_data', 'winner', 'practically_same', 'no_clear_winner'] as const satisfies readonly Api<'ExperimentList'>['items'][number]['state'][];
export const OF = ['running', 'ended', 'all'] as const;
export const LISTS = ['tests', 'goals'] as const;
/** What the address of the list of all results says. */
export interface ListSearch { list?: (typeof LISTS)[number] | undefined; of?: (typeof OF)[number] | undefined; state?: (typeof TEST_STATES)[number] | undefined; q?: string | undefined }
export const listSearch = (search: Record<string, unknown>): ListSearch => ({ list: oneOf(LISTS, search.list), of: oneOf(OF, search.of), state: oneOf(TEST_STATES, search.state), q: textOf(search.q) });

/** What the address of a report over all campaigns says. */
export interface PeriodSearch { from?: string | undefined; to?: string | undefined; by?: 'domain' | 'relay' | undefined; more?: number | undefined }
export function periodSearch(search: Record<string, unknown>): PeriodSearch {
  const more = Number(search.more);
  return { from: dayOf(search.from), to: dayOf(search.to), by: oneOf(['domain', 'relay'] as const, search.by), more: search.more !== undefined && Number.isInteger(more) && more >= 0 && more <= 10_000 ? more : undefined };
}
