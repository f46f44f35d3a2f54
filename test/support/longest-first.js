import Sequencer from '@jest/test-sequencer';

/** What takes longest, first: `sending` mostly waits, so the others have the processor meanwhile. */
const LONG = [
  '/test/crash/sending', '/test/http/founding-story', '/test/browser/dashboard-axe', '/test/http/hillstrom', '/test/crash/', '/test/http/hostile-routes', '/test/db/segments-differential', '/test/http/provider-reports', '/test/browser/dashboard', '/test/browser/', '/test/db/',
];
const rankOf = (path) => {
  const rank = LONG.findIndex((part) => path.includes(part));
  return rank < 0 ? LONG.length : rank;
};

/** A fresh clone knows no durations, and one long file begun last would keep the other workers waiting. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rankOf(a.path) - rankOf(b.path));
  }
}
