import { ActionIcon, Badge, Stack, Text, UnstyledButton } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash } from '../../../ui/icons.ts';
import { ButtonForm, HeadingForm, ImageForm, MjmlForm, ProductForm, SpacerForm, TextForm } from './block-forms.tsx';
import { BlockList, type BlockActions } from './block-list.tsx';
import { ShowIf } from './condition.tsx';
import type { Block } from './content.ts';
import classes from './email-editor.module.css';
import { useFindings, useSaid } from './findings.ts';
import { wordsOf } from './new-block.ts';

/** One block: its first words, what can be done to it, and its form when it is open. Alt with an arrow moves it. */
export function BlockCard({ block, index, count, actions }: { block: Block; index: number; count: number; actions: BlockActions }) {
  const { t } = useTranslation();
  const { readOnly, open, setOpen } = actions;
  const isOpen = open === block.id;
  const findings = useFindings('', block.id);
  const kind = t(`messages.block.kinds.${block.type}`);
  const name = [kind, wordsOf(block)].filter(Boolean).join(': ');
  // Moving takes the focus away in some browsers; it stays at what was pressed, wherever that is now.
  const move = (by: -1 | 1) => {
    const pressed = document.activeElement as HTMLElement | null;
    actions.move(block.id, by);
    requestAnimationFrame(() => { pressed?.focus(); });
  };
  const keys = (event: KeyboardEvent) => {
    if (readOnly || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') || event.nativeEvent.isComposing) return;
    event.preventDefault();
    move(event.key === 'ArrowUp' ? -1 : 1);
  };
  const button = (label: string, Icon: typeof IconTrash, onClick: () => void, disabled = false) => <ActionIcon variant="subtle" color="gray" aria-label={`${label}: ${name}`} title={label} disabled={disabled} onClick={onClick}><Icon size={16} aria-hidden /></ActionIcon>;
  return (
    <li className={classes.block}>
      <div className={classes.head}>
        <UnstyledButton onKeyDown={keys} className={classes.open} aria-expanded={isOpen} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown" onClick={() => { setOpen(isOpen ? null : block.id); }}>
          <Text size="xs" c="dimmed" span>{kind}</Text>
          {' '}
          <Text size="sm" span lineClamp={1} style={{ overflowWrap: 'anywhere' }}>{wordsOf(block)}</Text>
        </UnstyledButton>
        {block.showIf && <Badge variant="light" size="sm">{t('messages.showIf.badge', { field: block.showIf.field })}</Badge>}
        {actions.untranslated.includes(block.id) && <Badge variant="light" color="gray" size="sm">{t('messages.languages.same')}</Badge>}
        {!readOnly && (
          <>
            {button(t('messages.block.up'), IconArrowUp, () => { move(-1); }, index === 0)}
            {button(t('messages.block.down'), IconArrowDown, () => { move(1); }, index === count - 1)}
            {button(t('messages.block.duplicate'), IconCopy, () => { actions.duplicate(block.id); })}
            {button(t('messages.block.remove'), IconTrash, () => { actions.remove(block.id); })}
          </>
        )}
      </div>
      <Said findings={findings} />
      {(isOpen || block.type === 'columns') && <Stack gap="sm" p="sm" pt={4}><Form block={block} isOpen={isOpen} actions={actions} /></Stack>}
    </li>
  );
}

function Said({ findings }: { findings: ReturnType<typeof useFindings> }) {
  const said = useSaid();
  return findings.map((finding, index) => <Text key={`${finding.code} ${index}`} size="xs" px="sm" pb={4} c={finding.severity === 'error' ? 'red' : 'dimmed'} role={finding.severity === 'error' ? 'alert' : undefined}>{said(finding)}</Text>);
}

/** What a block is made of. Columns show their blocks always; what is said of themselves when they are open. */
function Form({ block, isOpen, actions }: { block: Block; isOpen: boolean; actions: BlockActions }) {
  const { t } = useTranslation();
  const { readOnly } = actions;
  const rest = { readOnly, textKey: `${block.id} ${actions.language ?? ''}`, onChange: (change: Partial<Block>) => { actions.change(block.id, change); } };
  return (
    <>
      {block.type === 'heading' && <HeadingForm block={block} {...rest} />}
      {block.type === 'text' && <TextForm block={block} {...rest} />}
      {block.type === 'button' && <ButtonForm block={block} {...rest} />}
      {block.type === 'image' && <ImageForm block={block} {...rest} />}
      {block.type === 'spacer' && <SpacerForm block={block} {...rest} />}
      {block.type === 'product' && <ProductForm block={block} {...rest} />}
      {block.type === 'mjml' && <MjmlForm block={block} {...rest} />}
      {block.type === 'columns' && (['left', 'right'] as const).map((side) => <BlockList key={side} blocks={block[side]} list={{ columns: block.id, side }} label={t(`messages.block.sides.${side}`)} actions={actions} />)}
      {isOpen && <ShowIf value={block.showIf} readOnly={readOnly} onChange={(showIf) => { actions.change(block.id, { showIf }); }} />}
    </>
  );
}
