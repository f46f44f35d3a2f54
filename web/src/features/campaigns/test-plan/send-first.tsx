import { Checkbox, NumberInput, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DurationField } from '../series/inspector/fields.tsx';
import { percentOf, shareOf } from './plan-edits.js';
import type { PlanPart } from './test-plan-fields.tsx';

const FIRST = { share: 0.2, wait: { hours: 4 } };

/** The variants to a share of the audience; after a while the one in front to everybody else. */
export function SendFirst({ plan, put }: PlanPart) {
  const { t } = useTranslation();
  const { send } = plan;
  return (
    <Stack gap={6} data-field="test.send">
      <Checkbox size="sm" label={t('plan.first')} description={t('plan.firstHint')} checked={Boolean(send)} onChange={(event) => { put({ send: event.currentTarget.checked ? FIRST : undefined }); }} />
      {send && (
        <>
          <NumberInput size="sm" w={200} label={t('plan.firstShare')} suffix=" %" value={percentOf(send.share)} min={0.1} max={99.9} decimalScale={1} data-field="test.send.share" onChange={(next) => { const share = shareOf(next, 0.1, 99.9); if (share !== undefined) put({ send: { ...send, share } }, true); }} />
          <DurationField label={t('plan.firstWait')} value={send.wait} field="test.send.wait" onChange={(wait) => { put({ send: { ...send, wait: wait ?? FIRST.wait } }, true); }} />
        </>
      )}
    </Stack>
  );
}
