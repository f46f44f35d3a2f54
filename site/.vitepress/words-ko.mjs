/** Words of the frame around Korean pages, which VitePress has in English. */
export const KOREAN_WORDS = {
  outline: { level: [2, 3], label: '이 페이지에서' },
  docFooter: { prev: '이전', next: '다음' },
  returnToTopLabel: '맨 위로',
  sidebarMenuLabel: '메뉴',
  darkModeSwitchLabel: '화면 모드',
  lightModeSwitchTitle: '밝은 화면으로 바꾸기',
  darkModeSwitchTitle: '어두운 화면으로 바꾸기',
  langMenuLabel: '언어 바꾸기',
  skipToContentLabel: '본문으로 건너뛰기',
  notFound: { title: '페이지를 찾을 수 없습니다', quote: '주소가 바뀌었거나 없는 페이지입니다.', linkText: '처음으로', linkLabel: '처음으로' },
  searchWords: {
    button: { buttonText: '검색', buttonAriaLabel: '검색' },
    modal: {
      displayDetails: '자세한 목록 보기', resetButtonTitle: '검색어 지우기', backButtonTitle: '검색 닫기', noResultsText: '검색 결과가 없습니다:',
      footer: { selectText: '선택', selectKeyAriaLabel: 'Enter', navigateText: '이동', navigateUpKeyAriaLabel: '위 화살표', navigateDownKeyAriaLabel: '아래 화살표', closeText: '닫기', closeKeyAriaLabel: 'Esc' },
    },
  },
};
