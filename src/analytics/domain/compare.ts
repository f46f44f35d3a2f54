/** Numbers of a campaign by their names. */
export type Named = Map<string, string>;

/** One number that is not what the ledger says. */
export interface Difference { number: string; ledger: string; cells: string }

/** Adds to a number; `0` when there is none. */
export function addTo(numbers: Named, parts: readonly (string | null)[], by: number | string | null): void {
  if (by === null || Number(by) === 0) return;
  const name = parts.map((part) => part ?? '-').join(' ');
  const known = numbers.get(name);
  numbers.set(name, known === undefined ? String(by) : String(Number(known) + Number(by)));
}

/** Numbers that differ. Amounts are compared as numbers: 12.50 is 12.5. */
export function differences(ledger: Named, cells: Named): Difference[] {
  return [...new Set([...ledger.keys(), ...cells.keys()])]
    .map((number) => ({ number, ledger: ledger.get(number) ?? '0', cells: cells.get(number) ?? '0' }))
    .filter((each) => Math.abs(Number(each.ledger) - Number(each.cells)) > 1e-6 * Math.max(1, Math.abs(Number(each.ledger))))
    .sort((a, b) => a.number.localeCompare(b.number));
}
