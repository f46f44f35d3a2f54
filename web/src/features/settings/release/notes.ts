/** What one release brought. `title`: what stands in bold before the rest. */
export interface ReleaseNotes { name: string; words: string[]; items: { title: string; text: string }[] }
/** A piece of a sentence: as it is, in bold, as code. */
export interface Piece { kind: 'text' | 'strong' | 'code'; text: string }

/** Reads a change log: a release begins with `## `, an item with `- `; lines below go on with it. Pure. */
export function readNotes(text: string): ReleaseNotes[] {
  const releases: ReleaseNotes[] = [];
  let open: string[] | null = null;
  const close = () => {
    const release = releases.at(-1);
    if (release && open && open.length > 0) keep(release, open.join(' '));
    open = null;
  };
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('## ')) { close(); releases.push({ name: line.slice(3).trim(), words: [], items: [] }); }
    else if (line.trim() === '' || line.startsWith('#')) close();
    else if (line.startsWith('- ')) { close(); open = [line]; }
    else open = [...(open ?? []), line.trim()];
  }
  close();
  return releases;
}

function keep(release: ReleaseNotes, text: string): void {
  if (!text.startsWith('- ')) { release.words.push(text); return; }
  const [, title, mark, rest] = /^- \*\*(.+?)\*\*([.:]?)\s*(.*)$/s.exec(text) ?? [];
  release.items.push(title === undefined ? { title: '', text: text.slice(2) } : { title: `${title}${mark}`, text: rest! });
}

/** Bold, code and links, of which only the words stay: they lead to files of the repository. Pure. */
export function piecesOf(text: string): Piece[] {
  const plain = text.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
  return plain.split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter((part) => part !== '').map((part): Piece => (part.startsWith('**') && part.length > 4 ? { kind: 'strong', text: part.slice(2, -2) } : part.startsWith('`') && part.length > 2 ? { kind: 'code', text: part.slice(1, -1) } : { kind: 'text', text: part }));
}
