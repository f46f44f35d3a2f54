import { Card, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import type en from '../../../i18n/en/index.ts';
import { useSaid } from '../../../lib/said.ts';
import { IconAlertTriangle, IconCheck, IconCircle } from '../../../ui/icons.ts';
import { useCheck } from '../check/use-check.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { AudienceCount } from './audience-count.tsx';
import { useSeries } from './editor-context.tsx';
import classes from './editor.module.css';
import { fieldOf, isCard, placeOf } from './places.ts';
import { useStepWords } from './step-words.ts';

type Finding = Api<'CampaignCheck'>['findings'][number];
type FieldName = keyof (typeof en)['series']['fields'];

/** How many things each step or card still needs, by what the inspector calls it. */
export function useFaults(): ReadonlyMap<string, number> {
  const { series } = useSeries();
  const check = useCheck().data;
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const { severity, path } of check?.findings ?? []) {
      const place = severity === 'error' ? placeOf(series, path) : null;
      if (place) counts.set(place.at, (counts.get(place.at) ?? 0) + 1);
    }
    return counts;
  }, [series, check]);
}

/** Says a finding in the language of the page: what is not written yet by the name of its field, all else as the server does. */
function useFindingWords(): (finding: Finding) => string {
  const { t, i18n } = useTranslation();
  const said = useSaid();
  return (finding) => {
    const { code, path } = finding;
    if (code === 'campaign.not-written') {
      const field = fieldOf(path);
      return i18n.exists(`series.fields.${field}`) ? t('series.missing', { field: t(`series.fields.${field as FieldName}`) }) : t('series.missingSome');
    }
    return said(finding);
  };
}

/** What stands between the draft and its launch, always in sight. Errors block, warnings do not; each line leads to its place. */
export function Readiness() {
  const { t } = useTranslation();
  const { series, open } = useSeries();
  const { state } = useDraft();
  const check = useCheck().data;
  const say = useFindingWords();
  // Without a step there is no first one either; that is said once.
  const isNothing = check?.findings.some(({ path }) => path === 'steps');
  const findings = (check?.findings ?? []).filter(({ path }) => !(isNothing && path === 'start')).toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const head = !check ? t('series.ready.checking') : errors > 0 ? t('series.ready.errors', { count: errors }) : t('series.ready.ok');
  return (
    <Card withBorder padding="sm" component="section" aria-label={t('series.ready.title')}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap={6} wrap="nowrap" component="output">{check && (errors > 0 ? <IconCircle size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />)}<Text size="sm" fw={600}>{head}</Text>{findings.length > errors && <Text size="sm" c="dimmed">{t('series.ready.warnings', { count: findings.length - errors })}</Text>}{state.kind !== 'saved' && <Text size="xs" c="dimmed">{t('series.ready.soon')}</Text>}</Group>
          <AudienceCount />
        </Group>
        {findings.length > 0 && (
          <ul className={classes.findings}>
            {findings.map((finding, index) => {
              const place = placeOf(series, finding.path);
              return <li key={`${index} ${finding.path} ${finding.code}`}><Line finding={finding} text={say(finding)} at={place?.at ?? null} onOpen={place && (() => { open(place.at, place.field); })} /></li>;
            })}
          </ul>
        )}
      </Stack>
    </Card>
  );
}

function Line({ finding, text, at, onOpen }: { finding: Finding; text: string; at: string | null; onOpen: (() => void) | null }) {
  const { t } = useTranslation();
  const { severity, source } = finding;
  const inside = (
    <>
      {severity === 'error' ? <IconCircle size={14} role="img" aria-label={t('series.ready.error')} style={{ flex: 'none' }} /> : <IconAlertTriangle size={14} role="img" aria-label={t('series.ready.warning')} style={{ flex: 'none' }} />}
      <Text size="sm" span>{at !== null && <><PlaceName at={at} />: </>}{text}{source && <Text span size="xs" c="dimmed"> ({source})</Text>}</Text>
    </>
  );
  return onOpen ? <UnstyledButton className={classes.finding} onClick={onOpen}>{inside}</UnstyledButton> : <div className={classes.finding}>{inside}</div>;
}

function PlaceName({ at }: { at: string }) {
  const { t } = useTranslation();
  const { series } = useSeries();
  if (isCard(at)) return t(`series.cards.${at}`);
  const step = series.steps.find(({ id }) => id === at);
  return step ? <StepName step={step} /> : null;
}

function StepName({ step }: { step: Parameters<typeof useStepWords>[0] }) {
  const { kind, title } = useStepWords(step);
  return <>{kind} “{title}”</>;
}
