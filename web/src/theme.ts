/** Colours, type and sizes of the pages; every text on every ground in it has a contrast of 4.5 at least, every edge of a control one of 3. */
import { createTheme, defaultCssVariablesResolver, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const water: MantineColorsTuple = [
  '#e6f5f8',
  '#cfe9ef',
  '#a2d5e0',
  '#74c1d1',
  '#4fafc3',
  '#2f9bb1',
  '#1c8197',
  '#0f6b7e',
  '#0a5868',
  '#06424f',
];

const dark: MantineColorsTuple = [
  '#dfe4e8',
  '#b8c0c7',
  '#8f9aa3',
  '#5f6a73',
  '#475059',
  '#333b42',
  '#22272c',
  '#1b1f23',
  '#171a1e',
  '#14171a',
];

export const theme = createTheme({
  colors: { water, dark },
  primaryColor: 'water',
  primaryShade: 7,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '13.5px', md: '14px', lg: '16px', xl: '20px' },
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '600' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Input: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 }, withInitialFocusPlaceholder: false } },
    Combobox: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } },
  },
});

/** Mantine's own variables, but for the colours that would be too pale to read. */
export const resolveCssVariables: CSSVariablesResolver = (merged) => {
  const { variables, light, dark } = defaultCssVariablesResolver(merged);
  return {
    variables,
    light: {
      ...light,
      '--mantine-color-text': '#1b2227',
      '--mantine-color-body': '#ffffff',
      '--mantine-color-dimmed': '#55616a',
      '--mantine-color-placeholder': '#68747d',
      '--mantine-color-error': '#b42318',
      '--mantine-color-anchor': '#0f6b7e',
      '--mantine-color-default-border': '#858f97',
      '--mantine-color-red-filled': '#b42318',
      '--mantine-color-red-filled-hover': '#971c12',
      '--mantine-color-red-light': '#fdeceb',
      '--mantine-color-red-light-hover': '#fadbd8',
      '--mantine-color-red-light-color': '#b42318',
    },
    dark: {
      ...dark,
      '--mantine-color-text': '#dfe4e8',
      '--mantine-color-body': '#1b1f23',
      '--mantine-color-dimmed': '#9ba6af',
      '--mantine-color-placeholder': '#8a959e',
      '--mantine-color-error': '#ff8f85',
      '--mantine-color-anchor': '#74c1d1',
      '--mantine-color-default': '#23282d',
      '--mantine-color-default-hover': '#2b3137',
      '--mantine-color-default-border': '#6c7882',
      '--mantine-color-water-filled': '#187589',
      '--mantine-color-water-filled-hover': '#13687a',
      '--mantine-color-water-light': '#17333a',
      '--mantine-color-water-light-color': '#74c1d1',
      '--mantine-color-red-filled': '#c5362a',
      '--mantine-color-red-filled-hover': '#ad2c21',
      '--mantine-color-red-light': '#3a1d1b',
      '--mantine-color-red-light-hover': '#4a2421',
      '--mantine-color-red-light-color': '#ff8f85',
    },
  };
};
