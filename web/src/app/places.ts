import { IconChartBar, IconDatabase, IconHome, IconBulb, IconMail, IconMessageCircle, IconSend, IconSettings, IconTargetArrow, IconUsers, IconUsersGroup } from '../ui/icons.ts';

/** What the bar on the left leads to, in its order. */
export const PLACES = [
  { to: '/', key: 'home', Icon: IconHome },
  { to: '/campaigns', key: 'campaigns', Icon: IconTargetArrow },
  { to: '/auto-messages', key: 'autoMessages', Icon: IconMessageCircle },
  { to: '/messages', key: 'messages', Icon: IconMail },
  { to: '/segments', key: 'segments', Icon: IconUsersGroup },
  { to: '/results', key: 'results', Icon: IconChartBar },
  { to: '/people', key: 'people', Icon: IconUsers },
  { to: '/features', key: 'features', Icon: IconBulb },
  { to: '/deliveries', key: 'deliveries', Icon: IconSend },
  { to: '/data/events', key: 'data', Icon: IconDatabase },
  { to: '/settings', key: 'settings', Icon: IconSettings },
] as const;
