import { Group, ThemeIcon } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconBell, IconClock, IconFlag, IconGitBranch, IconMail, IconUsersGroup } from '../../../ui/icons.ts';
import type { Kind } from './recipe.ts';

const ICONS = { entry: IconUsersGroup, email: IconMail, in_app: IconBell, wait: IconClock, wait_until: IconClock, branch: IconGitBranch, goal: IconFlag } as const satisfies Record<Kind, unknown>;
const COLORS: Record<Kind, string> = { entry: 'gray', email: 'blue', in_app: 'violet', wait: 'gray', wait_until: 'gray', branch: 'gray', goal: 'green' };

/** A series as a row of signs, with its words for who does not see them. */
export function MiniSeries({ shape }: { shape: readonly Kind[] }) {
  const { t, i18n } = useTranslation();
  const steps = new Intl.ListFormat(i18n.language, { type: 'unit' }).format(shape.map((kind) => t(`recipes.kinds.${kind}`)));
  return (
    <Group gap={4} wrap="wrap" role="img" aria-label={t('recipes.picture', { steps })}>
      {shape.map((kind, index) => {
        const Icon = ICONS[kind];
        return (
          <Group key={index} gap={4} wrap="nowrap" aria-hidden>
            {index > 0 && <span style={{ width: 10, borderTop: '2px solid var(--mantine-color-default-border)' }} />}
            <ThemeIcon size={28} radius="md" variant="light" color={COLORS[kind]}><Icon size={16} aria-hidden /></ThemeIcon>
          </Group>
        );
      })}
    </Group>
  );
}
