import { Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Builder } from '../../segments/builder/builder.tsx';
import { useSegmentChoices } from '../../segments/builder/catalogue.ts';
import { definitionOf, draftOf, emptyDraft, type Node } from '../../segments/builder/draft.ts';
import { LiveCount, useLiveCount } from '../../segments/builder/live-count.tsx';
import { useDraft } from '../draft/draft-context.tsx';
import { whoOf } from '../launch/who.ts';
import { sameJson } from '../../../../../src/contract/campaign-diff.ts';
import { broadcastOf, withParts } from './edits.ts';

/** A segment, sentences about people, or both: then only who is in the segment and fits the sentences. */
export function WhoPart() {
  const { t } = useTranslation();
  const { definition, change, readOnly } = useDraft();
  const segments = useSegmentChoices();
  const { segmentId, audience } = broadcastOf(definition);
  // Rows that are not complete yet are kept here; what is complete is in the draft. Undo and others change the draft, and then it counts.
  const [edited, setEdited] = useState(() => ({ audience: audience ?? null, rows: audience ? draftOf(audience as Node) : emptyDraft() }));
  const rows = sameJson(edited.audience, audience ?? null) ? edited.rows : audience ? draftOf(audience as Node) : emptyDraft();
  const who = whoOf(definition);
  const live = useLiveCount(who.kind === 'people' ? who.node : null);
  return (
    <Stack gap="sm">
      <Select label={t('broadcast.who.segment')} placeholder={t('broadcast.who.any')} data={segments.data ?? []} value={segmentId ?? null} searchable clearable disabled={readOnly} maw={420} nothingFoundMessage={t('broadcast.who.none')} onChange={(id) => { change((now) => withParts(now, { segmentId: id ?? undefined })); }} />
      <Text size="sm" fw={500}>{t('broadcast.who.only')}</Text>
      <Builder draft={rows} readOnly={readOnly} onChange={(next) => {
        const node = definitionOf(next);
        setEdited({ audience: node, rows: next });
        change((now) => (sameJson(broadcastOf(now).audience ?? null, node) ? now : withParts(now, { audience: node ?? undefined })), 'audience');
      }} />
      <LiveCount live={live} />
    </Stack>
  );
}
