import { Alert, Grid, Group, Button, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api, type Fault } from '../../../lib/api.ts';
import { useChangedBy } from '../../../ui/changed-by.ts';
import { ErrorPanel, Loading } from '../../../ui/states.tsx';
import { useUnsaved } from '../kit/unsaved.tsx';
import { draftOf, mappingOf, type MappingDraft } from './mapping-draft.ts';
import { MappingRules } from './mapping-rules.tsx';
import { Preview } from './mapping-preview.tsx';
import { parsed, SampleBody, useSample, type Sample } from './sample-body.tsx';

type Source = Api<'Source'>;
/** After how many milliseconds without a key the server is asked what would come of it. */
const WAIT_MS = 400;
/** In sight beside a long rule; below one another, on phones, it changes nothing. */
const STAYS = { position: 'sticky', top: 72 } as const;

/** The mapping beside a body: on the left what comes in, in the middle how it is read, on the right what would come of it. */
export function MappingTab({ source, sample }: { source: Source; sample: string | undefined }) {
  const first = useSample(source, sample);
  if (first.isPending) return <Loading />;
  if (!first.data) return <ErrorPanel error={first.error} onRetry={() => { void first.refetch(); }} />;
  return <Editor key={first.data.key} source={source} first={first.data} />;
}

function Editor({ source, first }: { source: Source; first: Sample }) {
  const { t } = useTranslation();
  const [sample, setSample] = useState(first);
  const [draft, setDraft] = useState<MappingDraft>(() => draftOf(source.mapping));
  const saved = useSaving(source, draft);
  const trial = useTrial(source, draft, sample);
  const faults: Fault[] = trial.refused ?? trial.found?.problems ?? [];
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={820}>{t('sources.mappingHint')}</Text>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 3 }}><div style={STAYS}><SampleBody source={source} sample={sample} onChange={setSample} /></div></Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}><MappingRules draft={draft} faults={faults} used={trial.found?.rules ?? []} onChange={setDraft} /></Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}><div style={STAYS}><Preview trial={trial} hasBody={parsed(sample.text) !== undefined} /></div></Grid.Col>
      </Grid>
      {saved.refusal && <Alert color="red" role="alert">{saved.refusal}</Alert>}
      <Group>
        <Button loading={saved.busy} onClick={() => { void saved.save(); }}>{t('sources.saveMapping')}</Button>
        <Text size="sm" c="dimmed" component="output">{saved.isDirty ? t('settings.dirty') : saved.isSaved ? t('settings.saved') : ''}</Text>
      </Group>
    </Stack>
  );
}

function useSaving(source: Source, draft: MappingDraft) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const changedBy = useChangedBy();
  const [base, setBase] = useState({ revision: source.revision, text: JSON.stringify(mappingOf(draft)) });
  const [state, setState] = useState<{ busy: boolean; refusal: string; isSaved: boolean }>({ busy: false, refusal: '', isSaved: false });
  const text = JSON.stringify(mappingOf(draft));
  const isDirty = text !== base.text;
  useUnsaved(isDirty);
  const save = async () => {
    setState({ busy: true, refusal: '', isSaved: false });
    try {
      const { revision } = await answer(api.PATCH('/v1/sources/{id}', { params: { path: { id: source.id } }, body: { revision: base.revision, mapping: mappingOf(draft) } as never }));
      setBase({ revision, text });
      setState({ busy: false, refusal: '', isSaved: true });
      await queries.invalidateQueries({ queryKey: ['source'] });
    } catch (error) {
      setState({ busy: false, refusal: error instanceof ApiProblem ? [error.changed && changedBy(error.changed), error.message].filter(Boolean).join(' ') : t('state.failed'), isSaved: false });
    }
  };
  return { ...state, isDirty, save };
}

export interface Tried { found: Api<'SourceTrial'> | undefined; /** What the server does not accept of the mapping. */ refused: Fault[] | undefined; busy: boolean; failed: string }

/** What the server would make of the sample with the mapping as it stands here. */
function useTrial(source: Source, draft: MappingDraft, sample: Sample): Tried {
  const [asked] = useDebouncedValue(JSON.stringify({ mapping: mappingOf(draft), topic: sample.topic, headers: sample.headers, text: sample.text }), WAIT_MS);
  const found = useQuery({
    queryKey: ['source-try', source.id, asked], retry: false, placeholderData: (before) => before,
    queryFn: async () => {
      const { text, ...request } = JSON.parse(asked) as { text: string; mapping: Source['mapping']; topic: string; headers: Record<string, string> };
      const body = parsed(text);
      return body === undefined ? null : answer(api.POST('/v1/sources/{id}/try', { params: { path: { id: source.id } }, body: { ...request, body } as never }));
    },
  });
  const problem = found.error instanceof ApiProblem ? found.error : null;
  return { found: found.data ?? undefined, refused: problem && problem.problems.length > 0 ? problem.problems : undefined, busy: found.isFetching, failed: problem && problem.problems.length === 0 ? problem.message : '' };
}
