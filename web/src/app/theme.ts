import { createTheme, type CSSVariablesResolver } from '@mantine/core';

/** Shades of rain. The filled one (7) has 5.8:1 on white; Mantine's own defaults miss the 4.5:1 of WCAG AA. */
const rain = ['#e8f6fc', '#d3ecf7', '#a6d8ee', '#74c1e3', '#4aaed9', '#2b9ccb', '#1584b3', '#0b6e99', '#075a7e', '#034764'] as const;

export const theme = createTheme({
  colors: { rain },
  primaryColor: 'rain',
  primaryShade: 7,
  fontFamily: 'Pretendard, "Apple SD Gothic Neo", "Malgun Gothic", system-ui, "Noto Sans KR", "Noto Sans CJK KR", sans-serif',
  headings: { fontWeight: '650' },
  respectReducedMotion: true,
  defaultRadius: 'md',
  components: {
    SegmentedControl: { defaultProps: { transitionDuration: 0 } },
    Badge: { defaultProps: { tt: 'none', radius: 'sm' } },
    // The item that stands in for the focus is none that a menu may hold.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // A dialog's head is no second banner of the page.
    Modal: { defaultProps: { attributes: { header: { role: 'presentation' } } } },
  },
});

/** Texts, light buttons and red ones that reach 4.5:1 in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#4c5a66',
    '--mantine-color-placeholder': '#5c6a76',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#075a7e',
    '--mantine-color-rain-light-color': '#034764',
    '--mantine-color-gray-light-color': '#343a40',
    '--mantine-color-green-light-color': '#1b5e2a',
    '--mantine-color-orange-light-color': '#7a3b00',
    '--mantine-color-red-light-color': '#8f1f18',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#a82323',
  },
  dark: {
    '--mantine-color-dimmed': '#aeb9c2',
    '--mantine-color-placeholder': '#a3b0bb',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-anchor': '#8fd3f0',
    '--mantine-color-rain-light-color': '#a6d8ee',
    '--mantine-color-gray-light-color': '#ced4da',
    '--mantine-color-green-light-color': '#8ce99a',
    '--mantine-color-orange-light-color': '#ffc078',
    '--mantine-color-red-light-color': '#ffa8a8',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#a82323',
  },
});
