import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Api } from '../../../lib/api.ts';
import { useSaid } from '../../../lib/said.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { placeOf } from './place-of.ts';

export type Finding = Api<'CampaignCheck'>['findings'][number];

/** What stops a launch, then what is only doubtful; each leads to its place in the editor. */
export function Findings({ id, findings, onJump }: { id: string; findings: readonly Finding[]; onJump(): void }) {
  const { t } = useTranslation();
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  return (
    <Stack gap="xs">
      {errors.length > 0 && <Part id={id} color="red" title={t('launch.errors', { count: errors.length })} findings={errors} onJump={onJump} />}
      {warnings.length > 0 && <Part id={id} color="orange" title={t('launch.warnings', { count: warnings.length })} findings={warnings} onJump={onJump} />}
      {findings.length === 0 && <Text size="sm">{t('launch.noFindings')}</Text>}
    </Stack>
  );
}

function Part({ id, color, title, findings, onJump }: { id: string; color: string; title: string; findings: readonly Finding[]; onJump(): void }) {
  const say = useSaid();
  const navigate = useNavigate();
  const { definition } = useDraft();
  const jump = ({ path }: Finding) => {
    onJump();
    void navigate({ to: '/campaigns/$id', params: { id }, search: { at: placeOf(definition, path) } });
  };
  return (
    <Alert color={color} title={title} variant="light">
      <ul style={{ margin: 0, paddingInlineStart: 18 }}>
        {findings.map((finding) => <li key={finding.path + finding.code}><Anchor component="button" type="button" size="sm" underline="always" ta="left" c="inherit" onClick={() => { jump(finding); }}>{say(finding)}</Anchor></li>)}
      </ul>
    </Alert>
  );
}
