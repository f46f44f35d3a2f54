import { Injectable } from '@nestjs/common';
import type { Db } from '../../platform/database/db.js';
import type { AccountCell, AccountReactions } from '../domain/account-counts.js';
import type { EntryCell } from '../domain/experiment-counts.js';
import type { ReactionCell } from '../domain/guardrails.js';
import { CountPlans } from '../plans.js';
import { countMarked, markedPeople, workedUntil } from '../store/marks.store.js';
import { freshRows } from '../store/tested.store.js';
import { accountCounts, keptAccountCounts } from './reads/accounts.read.js';
import { experimentCounts, type CountQuestion } from './reads/counts.read.js';
import { keptCounts } from './reads/kept-counts.read.js';
import { keptAccountReactions, keptReactions } from './reads/kept-reactions.read.js';
import { accountReactions, reactionCells, type ReactionQuestion } from './reads/reactions.read.js';

/** So many people who wait to be worked off are counted while somebody waits for the answer. */
const AT_ONCE = 1_000;
/** Marks are looked into while there are at most so many times as many. */
const MARKS_READ = 20;

/** Answers what the experiments of one campaign count. */
export interface Counter {
  counts: (question: CountQuestion) => Promise<EntryCell[]>;
  reactions: (question: ReactionQuestion) => Promise<ReactionCell[]>;
  /** The sums over accounts beside both, of tests by account. */
  accounts: (question: CountQuestion) => Promise<AccountCell[]>;
  accountReactions: (question: ReactionQuestion) => Promise<AccountReactions[]>;
  /** The moment whose ledger is counted. */
  asOf: Date;
}

/** Counts by the ledger, in time by the number of people. */
const ledgerCounter = (tx: Db, asOf: Date): Counter => ({ counts: (question) => experimentCounts(tx, question), reactions: (question) => reactionCells(tx, question), accounts: (question) => accountCounts(tx, question), accountReactions: (question) => accountReactions(tx, question), asOf });

/** Counts the people of verdicts by what is kept of them, and whoever waits to be worked off there and then. */
@Injectable()
export class Counters {
  constructor(private readonly plans: CountPlans) {}

  /**
   * With too many people waiting a look is made by the ledger (`mustBeWhole`), and a page says what is worked off, and since when.
   */
  async of(tx: Db, campaignId: string, now: Date, mustBeWhole: boolean): Promise<Counter> {
    const { plan, reads, timeZone } = await this.plans.load(tx, campaignId);
    // Marks name people more than once.
    const marked = (await countMarked(tx, campaignId, reads)) <= MARKS_READ * AT_ONCE ? await markedPeople(tx, campaignId, reads) : null;
    const isWhole = marked !== null && marked.length <= AT_ONCE;
    if (!isWhole && mustBeWhole) return ledgerCounter(tx, now);
    const people = isWhole ? marked : [];
    const lacking = { people, fresh: await freshRows(tx, plan, people, { now, timeZone }) };
    return {
      counts: (question) => keptCounts(tx, question, lacking), reactions: (question) => keptReactions(tx, question, lacking),
      accounts: (question) => keptAccountCounts(tx, question, lacking), accountReactions: (question) => keptAccountReactions(tx, question, lacking),
      asOf: isWhole ? now : ((await workedUntil(tx)) ?? now),
    };
  }
}
