import { Alert, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOwnLanguage } from '../languages.ts';
import { PickReply } from '../replies/pick-reply.tsx';
import { blockOfText, paragraphsOfText, textIn } from '../replies/reply-text.ts';
import { BlockList, type BlockActions } from './block-list.tsx';
import { changeBlock, duplicateBlock, insertBlock, isOwn, moveBlock, newId, removeBlock, restoreBlock, textsIn, untranslated, withTexts, type EmailContent, type Removed } from './content.ts';
import classes from './email-editor.module.css';
import { Findings, findingsOf, findingsOfRefusal } from './findings.ts';
import { HeadFields } from './head-fields.tsx';
import { LanguageBar } from './language-bar.tsx';
import { newBlock } from './new-block.ts';
import { PlainView } from './plain-view.tsx';
import { Preview } from './preview.tsx';
import { SourceView } from './source-view.tsx';
import { StarterButton } from './starters.tsx';
import { EventName } from './tags.ts';
import { TestSend, type Variant } from './test-send.tsx';
import { usePreview } from './use-preview.ts';

export type View = 'design' | 'source' | 'text';

export interface EmailEditorProps {
  value: EmailContent;
  /** `merge`: changes with the same one that follow each other are one step of undo. */
  onChange(value: EmailContent, merge?: string): void;
  context: {
    /** The topic decides which rules of sending are asked. */
    topic?: string | undefined;
    /** The event that lets people in, whose properties may be named. */
    event?: string | undefined;
    /** Every variant of the step, for test sends; the message alone when absent. */
    variants?: readonly Variant[] | undefined;
  };
  readOnly?: boolean;
  /** What is open; kept here unless somebody else keeps it, as an address does. */
  shown?: { language: string | undefined; view: View; onShow(change: { language?: string | undefined; view?: View }): void };
}

/** Writes an e-mail: what stands around it, its blocks or its source, in each language, beside how one person will see it. */
export function EmailEditor({ value, onChange, context, readOnly = false, shown }: EmailEditorProps) {
  return <EventName value={context.event}><Editor value={value} onChange={onChange} context={context} readOnly={readOnly} {...(shown ? { shown } : {})} /></EventName>;
}

function Editor({ value: content, onChange, context, readOnly, shown }: EmailEditorProps & { readOnly: boolean }) {
  const { t } = useTranslation();
  const [own, setOwn] = useState<{ language: string | undefined; view: View }>({ language: undefined, view: 'design' });
  const { view } = shown ?? own;
  const asked = shown ? shown.language : own.language;
  const language = isOwn(content, asked) ? undefined : asked;
  const show = (change: { language?: string | undefined; view?: View }) => { if (shown) shown.onShow(change); else setOwn((before) => ({ ...before, ...change })); };
  const [person, setPerson] = useState<string>();
  const reader = { person, language: language ?? content.language, topic: context.topic };
  const preview = usePreview(content, reader);
  const findings = useMemo(() => (preview.isError ? findingsOfRefusal(content, preview.error) : preview.data ? findingsOf(content, preview.data) : []), [content, preview.isError, preview.error, preview.data]);
  const here = useMemo(() => findings.filter((one) => one.language === undefined || one.language === language), [findings, language]);
  const texts = textsIn(content, language);
  const isEmpty = content.body.trim() === '';
  return (
    <Findings value={here}>
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <LanguageBar content={content} language={language} onLanguage={(next) => { show({ language: next }); }} onChange={onChange} readOnly={readOnly} />
          {!readOnly && <Group gap="xs"><StarterButton isEmpty={isEmpty} onPick={(starter) => { onChange(starter); show({ language: undefined, view: 'design' }); }} /><TestSend variants={context.variants ?? [{ key: 'A', name: '', content }]} reader={reader} /></Group>}
        </Group>
        <div className={classes.panes}>
          <Stack gap="md" miw={0}>
            <HeadFields content={content} language={language} readOnly={readOnly} onChange={onChange} />
            <SegmentedControl aria-label={t('messages.views.title')} value={view} onChange={(next) => { show({ view: next as View }); }} data={(['design', 'source', 'text'] as const).map((one) => ({ value: one, label: t(`messages.views.${one}`) }))} />
            {view === 'design' && (texts.blocks ? <Blocks content={content} language={language} onChange={onChange} readOnly={readOnly} /> : <NoBlocks isEmpty={texts.body.trim() === ''} readOnly={readOnly} onBegin={() => { onChange(withTexts(content, language, { blocks: [], body: '' })); }} />)}
            {view === 'source' && <SourceView content={content} language={language} onChange={onChange} readOnly={readOnly} />}
            {view === 'text' && <PlainView content={content} language={language} made={preview.data?.email?.text} onChange={onChange} readOnly={readOnly} />}
          </Stack>
          <div className={classes.side}><Preview preview={preview} findings={findings} person={person} onPerson={setPerson} isEmpty={isEmpty} /></div>
        </div>
      </Stack>
    </Findings>
  );
}

/** The message is written in code, or not at all yet. */
function NoBlocks({ isEmpty, readOnly, onBegin }: { isEmpty: boolean; readOnly: boolean; onBegin(): void }) {
  const { t } = useTranslation();
  return <Alert variant="light" color="gray"><Stack gap="xs" align="flex-start"><Text size="sm">{t(isEmpty ? 'messages.block.begin' : 'messages.block.inCode')}</Text>{isEmpty && !readOnly && <Button size="xs" onClick={onBegin}>{t('messages.block.beginDo')}</Button>}</Stack></Alert>;
}

interface Edited { content: EmailContent; language: string | undefined; onChange(content: EmailContent, merge?: string): void; readOnly: boolean }

function Blocks({ content, language, onChange, readOnly }: Edited) {
  const { t } = useTranslation();
  const workspaceLanguage = useOwnLanguage();
  const own = content.language ?? workspaceLanguage;
  const [open, setOpen] = useState<string | null>(null);
  const [removed, setRemoved] = useState<Removed | null>(null);
  const same = useMemo(() => untranslated(content, language), [content, language]);
  const actions: BlockActions = {
    readOnly, language, open, setOpen, untranslated: same,
    insert: (list, index, kind) => {
      const block = { ...newBlock(kind), id: newId() };
      onChange(insertBlock(content, list, index, block));
      setOpen(block.id);
    },
    move: (id, by) => { onChange(moveBlock(content, id, by)); },
    duplicate: (id) => {
      const made = duplicateBlock(content, id);
      onChange(made.content);
      setOpen(made.id);
    },
    remove: (id) => {
      const made = removeBlock(content, id);
      onChange(made.content);
      setRemoved(made.removed);
    },
    change: (id, change) => { onChange(changeBlock(content, language, id, change), `block ${id} ${language ?? ''}`); },
  };
  // Each language of the message gets the text of its own language.
  const reply = (texts: Record<string, string>) => {
    const block = blockOfText(textIn(texts, own).text);
    const placed = insertBlock(content, null, textsIn(content, language).blocks?.length ?? 0, block);
    onChange(Object.keys(content.translations ?? {}).reduce((made, one) => changeBlock(made, one, block.id, { paragraphs: paragraphsOfText(textIn(texts, one).text) }), placed));
    setOpen(block.id);
  };
  return (
    <Stack gap="xs">
      {same.length > 0 && <Alert variant="light" color="orange">{t('messages.languages.untranslated', { count: same.length })}</Alert>}
      <BlockList blocks={textsIn(content, language).blocks ?? []} list={null} label={t('messages.block.list')} actions={actions} />
      {!readOnly && <PickReply language={language ?? own} onPick={reply} />}
      <output>{removed && <Group gap="xs"><Text size="sm">{t('messages.block.removed')}</Text><Button size="compact-xs" variant="default" onClick={() => { onChange(restoreBlock(content, removed)); setRemoved(null); }}>{t('messages.block.undo')}</Button></Group>}</output>
    </Stack>
  );
}
