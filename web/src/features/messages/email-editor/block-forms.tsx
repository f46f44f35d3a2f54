import { ColorInput, Group, NumberInput, SegmentedControl, Select, Switch, Textarea } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../../ui/states.tsx';
import type { Block } from './content.ts';
import { docOf, docOfRuns, paragraphsOf, runsOfDoc } from './rich-doc.ts';
import { TagInput } from './tag-input.tsx';

/** Loaded with the first text that is opened: it is larger than all the rest of the editor. */
const RichText = lazy(() => import('./rich-text.tsx'));

type Of<T extends Block['type']> = Extract<Block, { type: T }>;
export interface FormOf<B> { block: B; /** Which editor of text this is: another language is another text. */ textKey: string; onChange(change: Partial<B>): void; readOnly: boolean }

function Align({ value, onChange, readOnly }: { value: 'left' | 'center' | 'right' | undefined; onChange(value: 'left' | 'center' | 'right'): void; readOnly: boolean }) {
  const { t } = useTranslation();
  return <SegmentedControl size="xs" aria-label={t('messages.block.align')} readOnly={readOnly} value={value ?? 'left'} onChange={(next) => { onChange(next as 'left' | 'center' | 'right'); }} data={(['left', 'center', 'right'] as const).map((one) => ({ value: one, label: t(`messages.block.aligns.${one}`) }))} />;
}

export function HeadingForm({ block, textKey, onChange, readOnly }: FormOf<Of<'heading'>>) {
  const { t } = useTranslation();
  return (
    <>
      <Suspense fallback={<Loading rows={2} />}><RichText key={textKey} label={t('messages.block.kinds.heading')} value={docOfRuns(block.runs)} withLists={false} readOnly={readOnly} onChange={(doc) => { onChange({ runs: runsOfDoc(doc) }); }} /></Suspense>
      <Group gap="sm"><SegmentedControl size="xs" aria-label={t('messages.block.level')} readOnly={readOnly} value={String(block.level)} onChange={(level) => { onChange({ level: Number(level) as 1 | 2 | 3 }); }} data={['1', '2', '3']} /><Align value={block.align} readOnly={readOnly} onChange={(align) => { onChange({ align }); }} /></Group>
    </>
  );
}

export function TextForm({ block, textKey, onChange, readOnly }: FormOf<Of<'text'>>) {
  const { t } = useTranslation();
  return (
    <>
      <Suspense fallback={<Loading rows={2} />}><RichText key={textKey} label={t('messages.block.kinds.text')} value={docOf(block.paragraphs)} withLists readOnly={readOnly} onChange={(doc) => { onChange({ paragraphs: paragraphsOf(doc) }); }} /></Suspense>
      <Group gap="sm"><Align value={block.align} readOnly={readOnly} onChange={(align) => { onChange({ align }); }} /><Switch size="xs" label={t('messages.block.small')} checked={block.small === true} disabled={readOnly} onChange={(event) => { onChange({ small: event.currentTarget.checked ? true : undefined }); }} /></Group>
    </>
  );
}

export function ButtonForm({ block, onChange, readOnly }: FormOf<Of<'button'>>) {
  const { t } = useTranslation();
  return (
    <>
      <TagInput label={t('messages.block.label')} value={block.label} maxLength={200} readOnly={readOnly} onChange={(label) => { onChange({ label }); }} />
      <TagInput label={t('messages.block.href')} placeholder="https://" value={block.href} maxLength={2000} readOnly={readOnly} onChange={(href) => { onChange({ href }); }} />
      <Group gap="sm" align="flex-end">
        <Align value={block.align} readOnly={readOnly} onChange={(align) => { onChange({ align }); }} />
        <ColorInput size="xs" w={160} label={t('messages.block.color')} placeholder="#1A5FB4" value={block.color ?? ''} readOnly={readOnly} withEyeDropper={false} popoverProps={{ withinPortal: true }} onChange={(color) => { if (color === '' || /^#[0-9a-f]{6}$/i.test(color)) onChange({ color: color || undefined }); }} />
      </Group>
    </>
  );
}

export function ImageForm({ block, onChange, readOnly }: FormOf<Of<'image'>>) {
  const { t } = useTranslation();
  return (
    <>
      <TagInput label={t('messages.block.src')} placeholder="https://" value={block.src} maxLength={2000} readOnly={readOnly} onChange={(src) => { onChange({ src }); }} />
      <TagInput label={t('messages.block.alt')} description={t('messages.block.altHint')} value={block.alt} maxLength={500} readOnly={readOnly} onChange={(alt) => { onChange({ alt }); }} />
      <TagInput label={t('messages.block.hrefOptional')} placeholder="https://" value={block.href ?? ''} maxLength={2000} readOnly={readOnly} onChange={(href) => { onChange({ href: href || undefined }); }} />
      <NumberInput size="xs" w={160} label={t('messages.block.width')} min={16} max={640} allowDecimal={false} value={block.width ?? ''} readOnly={readOnly} onChange={(width) => { onChange({ width: typeof width === 'number' && width >= 16 && width <= 640 ? width : undefined }); }} />
    </>
  );
}

export function SpacerForm({ block, onChange, readOnly }: FormOf<Of<'spacer'>>) {
  const { t } = useTranslation();
  return <Select size="xs" w={160} label={t('messages.block.height')} data={['8', '16', '24', '32', '48', '64', ...(['8', '16', '24', '32', '48', '64'].includes(String(block.height)) ? [] : [String(block.height)])]} value={String(block.height)} allowDeselect={false} readOnly={readOnly} onChange={(height) => { onChange({ height: Number(height) }); }} />;
}

export function ProductForm({ block, onChange, readOnly }: FormOf<Of<'product'>>) {
  const { t } = useTranslation();
  const field = (name: 'src' | 'alt' | 'title' | 'note' | 'price' | 'label' | 'href', label: string, maxLength: number, lines = false) => <TagInput label={label} value={block[name]} maxLength={maxLength} lines={lines} readOnly={readOnly} onChange={(value) => { onChange({ [name]: value }); }} />;
  return (
    <>
      {field('title', t('messages.block.title'), 300)}
      {field('note', t('messages.block.note'), 1000, true)}
      {field('price', t('messages.block.price'), 100)}
      {field('src', t('messages.block.src'), 2000)}
      {field('alt', t('messages.block.alt'), 500)}
      {field('label', t('messages.block.label'), 200)}
      {field('href', t('messages.block.href'), 2000)}
    </>
  );
}

export function MjmlForm({ block, onChange, readOnly }: FormOf<Of<'mjml'>>) {
  const { t } = useTranslation();
  return <Textarea label={t('messages.block.mjml')} description={t('messages.block.mjmlHint')} value={block.mjml} autosize minRows={6} maxRows={24} maxLength={65_536} readOnly={readOnly} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }} onChange={(event) => { onChange({ mjml: event.currentTarget.value }); }} />;
}

