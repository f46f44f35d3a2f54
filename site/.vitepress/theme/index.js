import theme from 'vitepress/theme-without-fonts';
import './style.css';

/** The other language leads to the same page where there is one, and else to its first page. Set here: a function in the configuration would need `eval`. */
function i18nRouting({ page, theme: settings }, route, language) {
  const path = page.value.relativePath.replace(/^ko\//, '');
  const to = settings.value.both.includes(path) ? path.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '.html') : '';
  return `${language === 'ko' ? '/ko/' : '/'}${to}${to === '' ? '' : route.hash}`;
}

export default {
  extends: theme,
  enhanceApp({ siteData }) {
    siteData.value = { ...siteData.value, themeConfig: { ...siteData.value.themeConfig, i18nRouting } };
  },
};
