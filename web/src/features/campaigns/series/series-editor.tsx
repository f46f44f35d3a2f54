import { Group, SegmentedControl, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../draft/draft-context.tsx';
import { SaveState } from '../draft/save-state.tsx';
import { Cards } from './cards.tsx';
import { SeriesProvider, useSeries } from './editor-context.tsx';
import classes from './editor.module.css';
import { Inspector } from './inspector/inspector.tsx';
import { OutlineView } from './outline-view.tsx';
import { Readiness, useFaults } from './readiness.tsx';
import { RemovalProvider } from './use-removal.tsx';

const Canvas = lazy(() => import('./canvas.tsx'));
const route = getRouteApi('/campaigns/$id/');
const NOW = { getInitialValueInEffect: false };

/** A smart campaign to write: who gets in, the steps, and beside them whatever is open of it. Everything saves itself. */
export function SeriesEditor() {
  return <SeriesProvider><RemovalProvider><Editor /></RemovalProvider></SeriesProvider>;
}

function Editor() {
  const { t } = useTranslation();
  const { at } = useSeries();
  const { view = 'canvas' } = route.useSearch();
  const navigate = route.useNavigate();
  const beside = useMediaQuery('(min-width: 1100px)', true, NOW);
  const drawn = useMediaQuery('(min-width: 700px)', true, NOW);
  const faults = useFaults();
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs" align="flex-end"><Name /><SaveState /></Group>
      <Readiness />
      <Cards faults={faults} />
      {drawn && <SegmentedControl size="xs" w="fit-content" aria-label={t('series.view')} value={view} data={(['canvas', 'outline'] as const).map((value) => ({ value, label: t(`series.views.${value}`) }))} onChange={(next) => { void navigate({ search: (before) => ({ ...before, view: next === 'outline' ? 'outline' as const : undefined }), replace: true, resetScroll: false }); }} />}
      <div className={classes.panes} data-open={(beside && at !== null) || undefined}>
        {drawn && view === 'canvas' ? <Suspense fallback={<Skeleton className={classes.canvas} />}><Canvas faults={faults} /></Suspense> : <OutlineView faults={faults} />}
        {beside ? <div className={classes.inspector} hidden={at === null}><Inspector beside /></div> : <Inspector beside={false} />}
      </div>
    </Stack>
  );
}

/** Renames in place; an empty name is no name, and the last one stays. */
function Name() {
  const { t } = useTranslation();
  const { document, rename, readOnly } = useDraft();
  const [text, setText] = useState(document.name);
  const [seen, setSeen] = useState(document.name);
  if (document.name !== seen) {
    setSeen(document.name);
    if (text.trim() !== document.name) setText(document.name);
  }
  if (readOnly) return <Text size="sm" />;
  return <TextInput size="xs" w={{ base: '100%', xs: 320 }} label={t('campaigns.name')} value={text} maxLength={200} error={text.trim() === '' && t('series.nameNeeded')} onChange={(event) => { const next = event.currentTarget.value; setText(next); if (next.trim() !== '') rename(next.trim()); }} onBlur={() => { if (text.trim() === '') setText(document.name); }} />;
}
