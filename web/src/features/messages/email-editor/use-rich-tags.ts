import type { Editor } from '@tiptap/react';
import { useEffect, useMemo, useState } from 'react';
import { findTags, needsFallback, useTags, type Tag } from './tags.ts';

/** What stands between open braces and the caret, and where on the screen. */
interface Asked { query: string; from: number; to: number; left: number; top: number }

function askedIn(editor: Editor): Asked | null {
  const { $from, empty } = editor.state.selection;
  if (!empty || editor.view.composing || !editor.isFocused) return null;
  const before = $from.parent.textBetween(0, $from.parentOffset, undefined, '\ufffc');
  const match = /\{\{ *([^{}\n\ufffc]{0,60})$/.exec(before);
  if (!match) return null;
  const { left, bottom } = editor.view.coordsAtPos($from.pos);
  return { query: match[1]!, from: $from.pos - match[0].length, to: $from.pos, left, top: bottom };
}

export interface RichTags { asked: Asked | null; found: Tag[]; index: number; pick(tag: Tag): void; /** What a key means while fields are offered. @returns whether it was for them */ onKey(event: KeyboardEvent): boolean }

/** Offers fields while somebody types `{{` in the text editor. */
export function useRichTags(editor: Editor | null): RichTags {
  const tags = useTags();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [index, setIndex] = useState(0);
  const found = useMemo(() => (asked ? findTags(tags, asked.query) : []), [asked, tags]);

  useEffect(() => {
    if (!editor) return undefined;
    const look = () => {
      setAsked(askedIn(editor));
      setIndex(0);
    };
    const close = () => { setAsked(null); };
    editor.on('selectionUpdate', look).on('update', look).on('blur', close);
    return () => { editor.off('selectionUpdate', look).off('update', look).off('blur', close); };
  }, [editor]);

  const pick = (tag: Tag) => {
    if (!editor || !asked) return;
    editor.chain().focus().deleteRange({ from: asked.from, to: asked.to }).insertContentAt(asked.from, { type: 'field', attrs: { field: tag.path, default: null } }).run();
    // Not everybody has it: the piece is chosen, so that what is said instead can be written at once.
    if (needsFallback(tag)) editor.commands.setNodeSelection(asked.from);
    setAsked(null);
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (!asked || found.length === 0 || event.isComposing || event.keyCode === 229) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setIndex((index + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    else if (event.key === 'Enter' || event.key === 'Tab') pick(found[index]!);
    else if (event.key === 'Escape') setAsked(null);
    else return false;
    return true;
  };
  return { asked, found, index, pick, onKey };
}
