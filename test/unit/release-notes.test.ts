import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { piecesOf, readNotes } from '../../web/src/features/settings/release/notes.js';

test('a change log is read by release; lines below an item belong to it', () => {
  const notes = readNotes('# Changelog\n\n## Pending\n\nAll of it,\nend to end.\n\n- **Traces** with `OTEL`\n  over two lines.\n- Plain one.\n\n## 0.1.0\n- **First.** Text\n');
  expect(notes).toEqual([
    { name: 'Pending', words: ['All of it, end to end.'], items: [{ title: 'Traces', text: 'with `OTEL` over two lines.' }, { title: '', text: 'Plain one.' }] },
    { name: '0.1.0', words: [], items: [{ title: 'First.', text: 'Text' }] },
  ]);
});

test('bold, code and the words of links are told apart; nothing of the text is lost', () => {
  expect(piecesOf('see [the page](docs/x.md), `npm run x` and **this**')).toEqual([{ kind: 'text', text: 'see the page, ' }, { kind: 'code', text: 'npm run x' }, { kind: 'text', text: ' and ' }, { kind: 'strong', text: 'this' }]);
});

test('the change log of this release has items that can be shown', () => {
  const [first] = readNotes(readFileSync('CHANGELOG.md', 'utf8'));
  expect(first!.items.length).toBeGreaterThan(0);
  expect(first!.items.filter(({ title, text }) => `${title}${text}`.trim() === '')).toEqual([]);
});
