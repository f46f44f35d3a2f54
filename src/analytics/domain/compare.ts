import { addAmounts } from './amounts.js';
import type { Cell } from './cell.js';

/** Numbers of a campaign by their names, as exact decimals. */
export type Named = Map<string, string>;

/** One number that is not what the ledger says. */
export interface Difference { number: string; ledger: string; cells: string }

/** A number with what it is a number of; what is not named is null there. */
export type Counted = Pick<Cell, 'measure'> & Partial<Omit<Cell, 'key' | 'count' | 'amount' | 'squares'>> & { count: number | string; amount?: string | null; squares?: string | null };

const NAMES = ['versionId', 'stepId', 'experimentId', 'variant', 'channel', 'language', 'detail', 'further'] as const;

/** What a number is called: its measure and whatever it is of. */
function nameOf(counted: Counted): string {
  const parts = NAMES.flatMap((name) => ((counted[name] ?? null) === null ? [] : [`${name}=${counted[name]!}`]));
  return [counted.measure, ...parts, ...(counted.bucket ? [`from=${counted.bucket.toISOString()}`] : [])].join(' ');
}

/** Adds to a number of this name; nothing when there is nothing to add. */
export function addTo(numbers: Named, name: string, by: number | string | null): void {
  if (by === null || Number(by) === 0) return;
  numbers.set(name, addAmounts([numbers.get(name) ?? null, String(by)])!);
}

/** Adds a count, and what goes with it. */
export function addCounted(numbers: Named, counted: Counted): void {
  const name = nameOf(counted);
  addTo(numbers, name, counted.count);
  addTo(numbers, `${name} amount`, counted.amount ?? null);
  addTo(numbers, `${name} squares`, counted.squares ?? null);
}

/** Numbers that differ, however little: 12.50 is 12.5, and nothing else is. */
export function differences(ledger: Named, cells: Named): Difference[] {
  return [...new Set([...ledger.keys(), ...cells.keys()])]
    .map((number) => ({ number, ledger: ledger.get(number) ?? '0', cells: cells.get(number) ?? '0' }))
    .filter((each) => Number(addAmounts([each.ledger, negated(each.cells)])) !== 0)
    .sort((a, b) => (a.number < b.number ? -1 : 1));
}

const negated = (amount: string): string => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`);
