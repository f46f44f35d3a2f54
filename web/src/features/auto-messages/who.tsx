import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../lib/api.ts';
import { Builder } from '../segments/builder/builder.tsx';
import { canonical, definitionOf, draftOf, emptyDraft, type Node } from '../segments/builder/draft.ts';
import { LiveCount, useLiveCount } from '../segments/builder/live-count.tsx';

type Audience = Api<'SegmentNode'>;
const textOf = (node: Audience | null | undefined) => (node ? canonical(node) : '');

/** Everybody, or those for whom sentences hold. The same builder as that of segments. */
export function Who({ audience, readOnly, onChange }: { audience: Audience | undefined; readOnly: boolean; onChange(audience: Audience | undefined): void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => (audience ? draftOf(audience) : emptyDraft()));
  const [told, setTold] = useState(audience);
  const [opened, setOpened] = useState(audience !== undefined);
  // Changed from outside, by undo or by somebody else: what is half typed here belongs to what was before.
  if (textOf(told) !== textOf(audience)) {
    setTold(audience);
    setDraft(audience ? draftOf(audience) : emptyDraft());
    setOpened(audience !== undefined);
  }
  const live = useLiveCount(opened ? definitionOf(draft) : null);
  const tell = (next: Audience | undefined) => {
    setTold(next);
    if (textOf(next) !== textOf(audience)) onChange(next);
  };
  return (
    <Stack gap="sm">
      <SegmentedControl aria-label={t('autoMessages.who.title')} readOnly={readOnly} w="fit-content" value={opened ? 'some' : 'all'} data={(['all', 'some'] as const).map((value) => ({ value, label: t(`autoMessages.who.${value}`) }))} onChange={(next) => { setOpened(next === 'some'); if (next === 'all') { setDraft(emptyDraft()); tell(undefined); } }} />
      {opened ? (
        <>
          <Builder draft={draft} readOnly={readOnly} onChange={(next) => { setDraft(next); tell((definitionOf(next) as Node | null) ?? undefined); }} />
          <LiveCount live={live} />
        </>
      ) : <Text size="sm" c="dimmed">{t('autoMessages.who.allHint')}</Text>}
    </Stack>
  );
}
