import '@mantine/tiptap/styles.css';
import { Paper, Portal, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { RichTextEditor } from '@mantine/tiptap';
import { Link } from '@tiptap/extension-link';
import { useEditor, useEditorState, type Editor, type JSONContent } from '@tiptap/react';
import { StarterKit } from '@tiptap/starter-kit';
import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { IconBraces } from '../../../ui/icons.ts';
import { FieldNode } from './field-node.ts';
import classes from './email-editor.module.css';
import { TagLine } from './tag-line.tsx';
import { useRichTags, type RichTags } from './use-rich-tags.ts';

/** Addresses in e-mails: the web, mail, telephone, places in the message, and fields that hold one. */
const isAddress = (url: string) => /^(https?:|mailto:|tel:|#|\{\{)/i.test(url);
const EXTENSIONS = [
  // The kit's own link is off: this one neither makes links of words ("yet.한국") nor opens them.
  StarterKit.configure({ link: false, heading: false, blockquote: false, code: false, codeBlock: false, horizontalRule: false, trailingNode: false }),
  Link.configure({ autolink: false, linkOnPaste: true, openOnClick: false, isAllowedUri: isAddress, HTMLAttributes: { target: null, rel: null } }),
  FieldNode,
];
const LABELS = ['boldControlLabel', 'italicControlLabel', 'underlineControlLabel', 'strikeControlLabel', 'linkControlLabel', 'unlinkControlLabel', 'bulletListControlLabel', 'orderedListControlLabel', 'linkEditorInputLabel', 'linkEditorInputPlaceholder', 'linkEditorExternalLink', 'linkEditorInternalLink', 'linkEditorSave'] as const;

/** A text with looks, links and fields. `value` changes from outside only when something else than typing changed it. */
export default function RichText({ label, value, onChange, withLists, readOnly }: { label: string; value: JSONContent; onChange(value: JSONContent): void; withLists: boolean; readOnly: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const tags = useRef<RichTags>(null);
  const known = useRef(JSON.stringify(value));
  const editor = useEditor({
    extensions: EXTENSIONS, content: value, editable: !readOnly, shouldRerenderOnTransaction: false,
    editorProps: {
      attributes: { 'aria-label': label, role: 'textbox', 'aria-multiline': 'true' },
      handleKeyDown: (_view, event) => tags.current?.onKey(event) ?? false,
    },
    onUpdate: ({ editor: now }) => {
      const next = now.getJSON();
      known.current = JSON.stringify(next);
      onChange(next);
    },
  });
  const offered = useRichTags(editor);
  useEffect(() => { tags.current = offered; });
  const outside = JSON.stringify(value);
  useEffect(() => {
    if (!editor || same(outside, known.current) || editor.view.composing) return;
    known.current = outside;
    editor.commands.setContent(JSON.parse(outside) as JSONContent, { emitUpdate: false });
  }, [editor, outside]);
  const ask = () => { editor?.chain().focus().insertContent('{{').run(); };
  const labels = Object.fromEntries(LABELS.map((name) => [name, t(`messages.rich.${name}`)]));
  return (
    <RichTextEditor editor={editor} labels={labels} className={classes.rich}>
      {!readOnly && (
        <RichTextEditor.Toolbar>
          <RichTextEditor.ControlsGroup><RichTextEditor.Bold /><RichTextEditor.Italic /><RichTextEditor.Underline /><RichTextEditor.Strikethrough /></RichTextEditor.ControlsGroup>
          <RichTextEditor.ControlsGroup><RichTextEditor.Link /><RichTextEditor.Unlink /></RichTextEditor.ControlsGroup>
          {withLists && <RichTextEditor.ControlsGroup><RichTextEditor.BulletList /><RichTextEditor.OrderedList /></RichTextEditor.ControlsGroup>}
          <RichTextEditor.ControlsGroup><RichTextEditor.Control onClick={ask} aria-label={t('messages.tags.insertInto', { label })} title={t('messages.tags.insert')}><IconBraces size={16} aria-hidden /></RichTextEditor.Control></RichTextEditor.ControlsGroup>
        </RichTextEditor.Toolbar>
      )}
      <RichTextEditor.Content />
      {editor && !readOnly && <Fallback editor={editor} />}
      {offered.asked && (
        <Portal>
          <Paper withBorder shadow="md" p={4} role="listbox" id={id} aria-label={t('messages.tags.title')} className={classes.offer} style={{ left: offered.asked.left, top: offered.asked.top + 4 }}>
            {offered.found.map((tag, index) => (
              <div key={tag.path} role="option" aria-selected={index === offered.index} tabIndex={-1} className={classes.option} onMouseDown={(event) => { event.preventDefault(); offered.pick(tag); }}><TagLine tag={tag} /></div>
            ))}
            {offered.found.length === 0 && <Text size="sm" c="dimmed" px="xs">{t('messages.tags.none')}</Text>}
            <VisuallyHidden component="output">{offered.found[offered.index]?.path}</VisuallyHidden>
          </Paper>
        </Portal>
      )}
    </RichTextEditor>
  );
}

/** Both say the same; the editor adds attributes of its own. */
const same = (a: string, b: string): boolean => a === b || plain(JSON.parse(a) as JSONContent) === plain(JSON.parse(b) as JSONContent);
const plain = ({ type, text, attrs, marks = [], content = [] }: JSONContent): string => JSON.stringify([type, text, type === 'field' ? [attrs?.field, attrs?.default] : null, marks.map((mark) => [mark.type, mark.attrs?.href ?? null]).toSorted(), content.map(plain)]);

/** What the chosen field says for people without it. */
function Fallback({ editor }: { editor: Editor }) {
  const { t } = useTranslation();
  const chosen = useEditorState({ editor, selector: ({ editor: now }) => {
    const { selection } = now.state;
    const node = 'node' in selection ? (selection.node as { type: { name: string }; attrs: { field: string; default: string | null } }) : null;
    return node?.type.name === 'field' ? { at: selection.from, field: node.attrs.field, fallback: node.attrs.default } : null;
  } });
  if (!chosen) return null;
  // At once, not with the next frame: the letters that follow belong to the text.
  const leave = () => { editor.commands.setTextSelection(chosen.at + 1); editor.view.focus(); };
  const set = (text: string) => {
    const said = text.replace(/["\\{}\n]/g, '');
    editor.commands.command(({ tr }) => { tr.setNodeMarkup(chosen.at, undefined, { field: chosen.field, default: said === '' ? null : said }); return true; });
    editor.commands.setNodeSelection(chosen.at);
  };
  return (
    <TextInput
      className={classes.fallback} size="xs" label={t('messages.tags.fallback', { field: chosen.field })} description={t('messages.tags.fallbackHint')} value={chosen.fallback ?? ''} maxLength={200}
      onChange={(event) => { set(event.currentTarget.value); }}
      onKeyDown={(event) => { if ((event.key === 'Enter' || event.key === 'Escape') && !event.nativeEvent.isComposing && event.keyCode !== 229) { event.preventDefault(); leave(); } }}
    />
  );
}
