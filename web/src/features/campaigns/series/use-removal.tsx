import { Button, Group, Modal, Paper, Stack, Text } from '@mantine/core';
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../draft/draft-context.tsx';
import { lostBy, remove, removeArm } from './edits.ts';
import { focusButton, useSeries } from './editor-context.tsx';
import { stepsById, waysOf, waysTo, type Way } from './graph.ts';
import type { Step } from './model.js';
import { useWayWords } from './step-words.ts';

const SHOWN_MS = 10_000;

interface Removal {
  /** Takes a step out; asks first where it is not plain what stays. */
  step(id: string): void;
  arm(id: string, index: number): void;
}
const Context = createContext<Removal | null>(null);

export function useRemoval(): Removal {
  const removal = use(Context);
  if (!removal) throw new Error('useRemoval is only for parts of the series editor');
  return removal;
}

/** Taking steps out, and back by the message that says so. */
export function RemovalProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { series, change, at, close, readOnly } = useSeries();
  const { undo, definition } = useDraft();
  const [asked, setAsked] = useState<Step | null>(null);
  const [gone, setGone] = useState<{ count: number; back: string; before: unknown; after: unknown } | null>(null);
  // The message speaks of the newest change only: any other one ends it.
  if (gone && gone.after === null && definition !== gone.before) setGone({ ...gone, after: definition });
  const isShown = gone !== null && gone.after === definition;
  useEffect(() => {
    if (!gone) return undefined;
    const timer = setTimeout(() => { setGone(null); }, SHOWN_MS);
    return () => { clearTimeout(timer); };
  }, [gone]);

  const said = useCallback((count: number, back: string) => { setGone({ count, back, before: definition, after: null }); }, [definition]);
  const take = useCallback((id: string, keep: number | null) => {
    const before = waysTo(series, id)[0]?.from ?? '$entry';
    said(1 + lostBy(series, id, keep), id);
    change((now) => remove(now, id, keep));
    if (at === id) close();
    setAsked(null);
    focusButton(before);
  }, [series, change, at, close, said]);
  const value = useMemo<Removal>(() => ({
    step: (id) => {
      const step = stepsById(series).get(id);
      if (!step || readOnly) return;
      if (waysOf(step).length > 1 && lostBy(series, id, null) > 0) setAsked(step);
      else take(id, null);
    },
    arm: (id, index) => {
      const after = removeArm(series, id, index);
      said(series.steps.length - (after.steps ?? []).length, id);
      change((now) => removeArm(now, id, index));
    },
  }), [series, change, readOnly, take, said]);

  return (
    <Context value={value}>
      {children}
      <Modal opened={asked !== null} onClose={() => { setAsked(null); }} title={t('series.remove.title')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
        {asked && <Ask step={asked} onPick={(keep) => { take(asked.id, keep); }} onClose={() => { setAsked(null); }} />}
      </Modal>
      <div role="status" style={{ position: 'fixed', insetBlockEnd: 16, insetInline: 0, display: 'flex', justifyContent: 'center', pointerEvents: 'none', zIndex: 150 }}>
        {isShown && <Paper withBorder shadow="md" p="xs" px="md" style={{ pointerEvents: 'auto' }}><Group gap="sm"><Text size="sm">{gone.count > 0 ? t('series.remove.done', { count: gone.count }) : t('series.remove.doneArm')}</Text><Button size="compact-sm" variant="default" onClick={() => { undo(); setGone(null); focusButton(gone.back); }}>{t('draft.undo')}</Button></Group></Paper>}
      </div>
    </Context>
  );
}

/** What is to happen with what hangs below a step of several ways. */
function Ask({ step, onPick, onClose }: { step: Step; onPick(keep: number | null): void; onClose(): void }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  return (
    <Stack gap="xs">
      <Text size="sm">{t('series.remove.what')}</Text>
      {waysOf(step).map((way, index) => <Keep key={way.path} step={step} way={way} lost={lostBy(series, step.id, index)} onPick={() => { onPick(index); }} />)}
      <Button variant="default" onClick={() => { onPick(null); }}>{t('series.remove.all', { count: lostBy(series, step.id, null) })}</Button>
      <Button variant="subtle" onClick={onClose}>{t('confirm.cancel')}</Button>
    </Stack>
  );
}

function Keep({ step, way, lost, onPick }: { step: Step; way: Way; lost: number; onPick(): void }) {
  const { t } = useTranslation();
  const words = useWayWords(step, way);
  return <Button variant="default" h="auto" py={6} styles={{ label: { whiteSpace: 'normal' } }} onClick={onPick}>{lost > 0 ? t('series.remove.keep', { way: words, count: lost }) : t('series.remove.keepAll', { way: words })}</Button>;
}
