import type { MessageTotals } from '../../contract/results.js';
import type { Cell } from './cell.js';
import { accountOf, isSent } from './reconcile.js';

/** What became of messages by one of their properties, over all steps and variants; controls got none. Most sent first. */
export function messageTotals(cells: readonly Cell[], by: 'channel' | 'language'): (MessageTotals & { of: string })[] {
  const values = [...new Set(cells.filter(({ measure, detail }) => measure === 'delivery' && detail !== 'ghost').map((cell) => cell[by]!))];
  return values.map((of) => ({ of, ...totalsOf(cells.filter((cell) => cell[by] === of)) })).sort((a, b) => b.sent - a.sent || a.of.localeCompare(b.of));
}

function totalsOf(cells: readonly Cell[]): MessageTotals {
  const sum = (measure: string, is: (cell: Cell) => boolean = () => true) => cells.filter((cell) => cell.measure === measure && is(cell)).reduce((total, cell) => total + cell.count, 0);
  const verdicts = (kind: string) => ({ human: sum('reaction', (c) => c.detail === kind && c.further === 'human'), machine: sum('reaction', (c) => c.detail === kind && c.further === 'machine'), unknown: sum('reaction', (c) => c.detail === kind && c.further === 'unknown') });
  const reactions = (kind: string) => sum('reaction', (c) => c.detail === kind);
  const account = (name: string) => sum('delivery', (c) => accountOf({ state: c.detail!, channel: c.channel! }) === name);
  const opened = verdicts('open');
  const [bounced, bouncedHard] = [account('bounced'), sum('bounce', (c) => c.detail === 'hard')];
  return {
    reached: sum('reached'), sent: sum('delivery', (c) => isSent(c.detail!)), delivered: account('delivered'),
    opened, openedRange: { from: opened.human, to: opened.human + opened.unknown + opened.machine }, clicked: verdicts('click'),
    replied: reactions('reply'), dismissed: reactions('dismiss'), unsubscribed: reactions('unsubscribe'), complained: reactions('complaint'),
    bounced, bouncedHard, bouncedSoft: bounced - bouncedHard,
  };
}
