import type { ArmInput } from '../../../src/analytics/domain/statistics/decision.js';
import type { AccountSums } from '../../../src/analytics/domain/statistics/outcome.js';
import type { Random } from './random.js';
import { planFor, Watched } from './run.js';

/** People of accounts who are like each other, drawn by account. */
export interface AccountWorld {
  accounts: number;
  /** Mean rate; an account's own is lognormal around it with this sigma, so that people of one account are alike. */
  rate: number;
  alike: number;
  /** Sigma of the lognormal sizes; 0: all alike. */
  sizes: number;
  perDay: number;
  /** What messages of B do to the rate of every account. */
  lift?: number;
}

interface Account { arm: number; rate: number; n: number; y: number }

/** The rates of the accounts and, as running sums, how many of the people they get. */
function found(random: Random, { accounts, rate, alike, sizes, lift = 0 }: AccountWorld): { all: Account[]; ends: number[] } {
  let end = 0;
  const ends: number[] = [];
  const all = Array.from({ length: accounts }, (): Account => {
    ends.push((end += Math.exp(sizes * random.normal())));
    const arm = random.uniform() < 0.5 ? 0 : 1;
    return { arm, rate: Math.min(0.95, rate * Math.exp(alike * random.normal() - (alike * alike) / 2) * (arm === 1 ? 1 + lift : 1)), n: 0, y: 0 };
  });
  return { all, ends };
}

function pick(random: Random, { all, ends }: { all: Account[]; ends: number[] }): Account {
  const at = random.uniform() * ends.at(-1)!;
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return all[low]!;
}

/** The arms as they stand. @param byAccount false: as if everybody had been drawn alone */
function armsOf(all: readonly Account[], byAccount: boolean): ArmInput[] {
  return [0, 1].map((arm) => {
    const sums: AccountSums = { count: 0, met: 0, peopleSq: 0, cross: 0, outcomeSq: 0 };
    let [n, x] = [0, 0];
    for (const account of all) {
      if (account.arm !== arm || account.n === 0) continue;
      n += account.n;
      x += account.y;
      sums.count += 1;
      if (account.y > 0) sums.met += 1;
      sums.peopleSq += account.n ** 2;
      sums.cross += account.n * account.y;
      sums.outcomeSq += account.y ** 2;
    }
    return { key: 'AB'[arm]!, weight: 1, assigned: n, ...(byAccount ? { accounts: { assigned: sums.count, eligible: sums.count } } : {}), outcome: { n, x, ...(byAccount ? { accounts: sums } : {}) } };
  });
}

/** What the rule says first beside "collecting", day by day. */
export function watchAccounts(random: Random, world: AccountWorld, { mode, days, byAccount }: { mode: 'planned' | 'open'; days: number; byAccount: boolean }): string {
  const accounts = found(random, world);
  const watched = new Watched(planFor(mode, 28 * world.perDay, 28 * 24));
  for (let day = 1; day <= days; day += 1) {
    for (let person = 0; person < world.perDay; person += 1) {
      const account = pick(random, accounts);
      account.n += 1;
      if (random.uniform() < account.rate) account.y += 1;
    }
    const { state, winner } = watched.look(day * 24, armsOf(accounts.all, byAccount));
    if (state === 'winner') return winner!;
    if (state !== 'collecting') return state;
  }
  return 'collecting';
}
