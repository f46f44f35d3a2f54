import { Alert, Button, Grid, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api, type Changed } from '../../lib/api.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { Builder } from './builder/builder.tsx';
import { canonical, definitionOf, draftOf, emptyDraft, openRows, type Draft, type Node } from './builder/draft.ts';
import { LiveCount, useLiveCount } from './builder/live-count.tsx';
import { useChangedBy } from '../../ui/changed-by.ts';

const LONGEST_NAME = 80;

interface Edited { name: string | null; description: string; draft: Draft }
const editedFrom = (segment: Api<'Segment'> | null): Edited => ({ name: segment?.name ?? null, description: segment?.description ?? '', draft: segment ? draftOf(segment.definition as Node) : emptyDraft() });
/** The sentence without "People where" and the full stop. */
const nameFrom = (sentence: { en: string; ko: string }, language: string) => {
  const said = language === 'ko' ? sentence.ko : sentence.en.replace(/^People where /, '').replace(/\.$/, '');
  return said.length > LONGEST_NAME ? `${said.slice(0, LONGEST_NAME - 1)}…` : said;
};

/** Makes or edits a segment. `segment`: as it was read; null for a new one. Saved when asked, because each edit is built anew. */
export function SegmentEditor({ segment, onSaved }: { segment: Api<'Segment'> | null; onSaved(segment: Api<'Segment'>): void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const readOnly = !mayEdit(useMe());
  const [base, setBase] = useState(segment);
  const [edited, setEdited] = useState(() => editedFrom(segment));
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState(false);
  const definition = definitionOf(edited.draft);
  const live = useLiveCount(definition);
  const sentence = live.exact.data?.sentence ?? null;
  const name = edited.name ?? (sentence ? nameFrom(sentence, i18n.language) : '');
  const open = openRows(edited.draft);
  const isChanged = base === null || name !== base.name || edited.description !== base.description || canonical(definition) !== canonical(definitionOf(draftOf(base.definition as Node)));
  const change = (next: Partial<Edited>) => { setEdited({ ...edited, ...next }); setSaved(false); setProblem(null); };

  const save = async (revision?: number) => {
    if (definition === null || open > 0 || name.trim() === '') { setProblem(new ApiProblem(0, 'segment.open', '', [], null)); return; }
    setBusy(true);
    const body = { name: name.trim(), description: edited.description, definition };
    try {
      const next = await (base ? answer(api.PUT('/v1/segments/{id}', { params: { path: { id: base.id } }, body: { ...body, revision: revision ?? base.revision } })) : answer(api.POST('/v1/segments', { body })));
      queries.setQueryData(['segment', next.id], next);
      void queries.invalidateQueries({ queryKey: ['segments'] });
      void queries.invalidateQueries({ queryKey: ['segment-choices'] });
      setBase(next);
      setSaved(true);
      setProblem(null);
      onSaved(next);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const takeTheirs = (theirs: Api<'Segment'>) => { setBase(theirs); setEdited(editedFrom(theirs)); setProblem(null); onSaved(theirs); };

  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack gap="md">
          <Builder draft={edited.draft} onChange={(draft) => { change({ draft }); }} readOnly={readOnly} />
          <TextInput label={t('segments.name')} description={edited.name === null ? t('segments.proposed') : undefined} value={name} maxLength={200} readOnly={readOnly} error={problem?.code === 'segment.name-taken' && t('segments.nameTaken')} onChange={(event) => { change({ name: event.currentTarget.value }); }} />
          <Textarea label={t('segments.description')} value={edited.description} maxLength={2000} autosize minRows={1} readOnly={readOnly} onChange={(event) => { change({ description: event.currentTarget.value }); }} />
          {problem && <SaveProblem problem={problem} open={open} id={base?.id ?? ''} onTheirs={takeTheirs} onMine={(theirs) => { void save(theirs.revision); }} />}
          {!readOnly && <Group gap="sm"><Button loading={busy} disabled={base !== null && !isChanged} onClick={() => { void save(); }}>{t(base ? 'segments.save' : 'segments.create')}</Button><Text size="sm" c="dimmed" component="output">{saved && !isChanged ? t('segments.saved') : base && isChanged ? t('segments.unsaved') : ''}</Text></Group>}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}><LiveCount live={live} /></Grid.Col>
    </Grid>
  );
}

/** Why it was not saved. Nothing typed is lost by any of these. */
function SaveProblem({ problem, open, id, onTheirs, onMine }: { problem: ApiProblem; open: number; id: string; onTheirs(segment: Api<'Segment'>): void; onMine(segment: Api<'Segment'>): void }) {
  const { t } = useTranslation();
  if (problem.code === 'segment.name-taken') return null;
  if (problem.code === 'segment.changed') return <Conflict changed={problem.changed} id={id} onTheirs={onTheirs} onMine={onMine} />;
  if (problem.code === 'segment.open') return <Alert color="orange" role="alert">{open > 0 ? t('segments.open', { count: open }) : t('segments.nothing')}</Alert>;
  return <Alert color="red" role="alert" title={t('segments.notSaved')}>{problem.message}</Alert>;
}

/** Somebody was quicker: what they made of it, and the choice whose it is to be. */
function Conflict({ changed, id, onTheirs, onMine }: { changed: Changed | null; id: string; onTheirs(segment: Api<'Segment'>): void; onMine(segment: Api<'Segment'>): void }): ReactNode {
  const { t, i18n } = useTranslation();
  const changedBy = useChangedBy();
  const theirs = useQuery({ queryKey: ['segment', id, 'conflict'], queryFn: () => answer(api.GET('/v1/segments/{id}', { params: { path: { id } } })), staleTime: 0, gcTime: 0 });
  if (!theirs.data) return <Alert color="orange" role="alert" title={changedBy(changed)} />;
  const { data } = theirs;
  return (
    <Alert color="orange" role="alert" title={changedBy(changed)}>
      <Stack gap="xs">
        <Text size="sm">{t('segments.conflict.now', { name: data.name })} {i18n.language === 'ko' ? data.sentence.ko : data.sentence.en}</Text>
        <Group gap="xs"><Button size="xs" variant="default" onClick={() => { onTheirs(data); }}>{t('segments.conflict.theirs')}</Button><Button size="xs" onClick={() => { onMine(data); }}>{t('segments.conflict.mine')}</Button></Group>
      </Stack>
    </Alert>
  );
}
