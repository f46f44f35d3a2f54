import type { PageLanguage } from '../../domain/page-language.js';
import { PASSWORD_MIN } from '../../domain/password.js';

const en = {
  setupTitle: 'Set up Danbi', setupIntro: 'You become the owner. Everything here can be changed later.',
  you: 'You', name: 'Your name', email: 'E-mail', password: 'Password', passwordHint: `At least ${PASSWORD_MIN} characters. A short sentence is easy to remember.`,
  workspace: 'Workspace', workspaceName: 'Workspace name', workspaceHint: 'Your company or product, as people know it.',
  timeZone: 'Time zone', timeZoneHint: 'Used for people whose own is not known, for example Asia/Seoul.', language: 'Language', languageHint: 'Used for people whose own is not known.',
  senderContact: 'Sender contact', senderContactHint: 'Telephone, address or e-mail, shown at the end of advertising messages. Empty: your e-mail.',
  sampleData: 'Start with sample data', sampleDataHint: '200 people who never were, with a history of 90 days, to try campaigns with. One click on the home page removes them.',
  setupButton: 'Set up', doneTitle: 'Danbi is ready', keysIntro: 'Copy these lines now: the server key is shown only this once. Keep it secret; the write key may be public.',
  proofsHint: 'Identity verification is off at first: whoever has the write key and knows or guesses the id of one of your users reads that user’s in-app messages. Switch it on before you send anything personal (README, “Keys and roles”).',
  toHome: 'Continue', toCampaign: 'Launch your first campaign', loginTitle: 'Sign in', loginButton: 'Sign in', inviteTitle: 'Choose your password', inviteButton: 'Save and sign in', invitedAs: 'You were invited as',
  codeTitle: 'Enter your code', code: 'Code', codeHint: 'Six digits of your app, or a recovery code.', startOver: 'Start over', signOut: 'Sign out', back: 'Back', notNow: 'Not now',
  factorTitle: 'Two-step sign-in', factorIntro: 'Scan this picture with an app for codes, such as Google Authenticator, 1Password or Aegis. From then on you sign in with your password and a code of the app.',
  factorRequired: 'Your role needs two-step sign-in. Set it up to go on.', factorPicture: 'QR code for your app', factorByHand: 'No camera? Type this key into the app:', factorCodeHint: 'The six digits that the app shows now. Your other sessions end.',
  factorOn: 'Switch on', factorOff: 'Switch off', factorIsOn: 'Two-step sign-in is on. You have {count} recovery codes left.', factorStays: 'Your role needs it, so it can not be switched off.',
  recoveryTitle: 'Your recovery codes', recoveryIntro: 'Keep these codes where your telephone is not: each signs you in once when you have lost it. They are shown only this once.', recoveryKept: 'I have kept them', recoveryRenew: 'Make new recovery codes',
  fix: 'Please check the marked fields.',
  faults: {
    name: 'Enter a name.', email: 'Enter an e-mail address such as you@example.com.', password: 'Enter a password.', 'workspace.name': 'Enter a name.',
    'workspace.timeZone': 'Choose a time zone from the list, such as Asia/Seoul.', 'workspace.language': 'Choose a language.', 'workspace.senderContact': 'Use at most 500 characters.',
    'too-short': `Use at least ${PASSWORD_MIN} characters.`, 'too-long': 'This is too long.', 'too-simple': 'Use at least 4 different characters.', 'is-email': 'Do not use the e-mail address as the password.',
  } as Record<string, string>,
  problems: {
    'access.link-unknown': 'This link is not one that Danbi gave out. Check that it was copied completely.', 'access.link-used': 'This link was used already.',
    'access.link-expired': 'This link has expired. Restart Danbi for a new set-up link, or ask an owner for a new invite.', 'setup.done': 'Danbi is set up already.',
    'access.wrong-login': 'The e-mail or the password is not right.', 'access.too-many-tries': 'Too many wrong tries. Wait 15 minutes and try again.',
    'access.wrong-code': 'This code is not right, or was used already. Wait for the next one.', 'access.step-over': 'This sign-in waited too long. Begin again.',
    'access.disabled': 'This user is disabled. Ask an owner.', 'access.csrf': 'This form was not sent from Danbi. Open the page again and retry.',
  } as Record<string, string>,
};

export type Words = typeof en;

const ko: Words = {
  setupTitle: '단비 시작하기', setupIntro: '소유자 계정을 만듭니다. 모든 값은 나중에 바꿀 수 있습니다.',
  you: '소유자', name: '이름', email: '이메일', password: '비밀번호', passwordHint: `${PASSWORD_MIN}자 이상. 짧은 문장이 기억하기 쉽습니다.`,
  workspace: '워크스페이스', workspaceName: '워크스페이스 이름', workspaceHint: '고객이 아는 회사나 제품 이름입니다.',
  timeZone: '시간대', timeZoneHint: '시간대를 모르는 고객에게 적용됩니다. 예: Asia/Seoul', language: '언어', languageHint: '언어를 모르는 고객에게 적용됩니다.',
  senderContact: '발신자 연락처', senderContactHint: '광고 메시지 끝에 표시할 전화번호, 주소 또는 이메일입니다. 비워 두면 소유자 이메일을 씁니다.',
  sampleData: '샘플 데이터로 시작하기', sampleDataHint: '캠페인을 시험해 볼 수 있는 가상의 고객 200명과 90일 동안의 기록입니다. 홈에서 클릭 한 번으로 지울 수 있습니다.',
  setupButton: '시작하기', doneTitle: '준비가 끝났습니다', keysIntro: '아래 줄을 지금 복사하세요. 서버 키는 이번 한 번만 표시됩니다. 서버 키는 비밀로 보관하고, 쓰기 키는 공개해도 됩니다.',
  proofsHint: '본인 확인은 처음에 꺼져 있습니다. 쓰기 키가 있고 사용자 ID를 알거나 알아맞힌 사람은 누구나 그 사용자의 인앱 메시지를 읽을 수 있습니다. 개인적인 내용을 보내기 전에 켜세요(README의 “Keys and roles”).',
  toHome: '계속', toCampaign: '첫 캠페인 시작하기', loginTitle: '로그인', loginButton: '로그인', inviteTitle: '비밀번호 정하기', inviteButton: '저장하고 로그인', invitedAs: '초대받은 이메일',
  codeTitle: '코드 입력', code: '코드', codeHint: '앱에 표시된 숫자 6자리 또는 복구 코드', startOver: '처음부터 다시', signOut: '로그아웃', back: '뒤로', notNow: '나중에 하기',
  factorTitle: '2단계 로그인', factorIntro: 'Google Authenticator, 1Password, Aegis 같은 코드 앱으로 그림을 찍으세요. 다음부터는 비밀번호와 앱의 코드로 로그인합니다.',
  factorRequired: '이 역할은 2단계 로그인이 필요합니다. 계속하려면 설정하세요.', factorPicture: '앱에 등록할 QR 코드', factorByHand: '카메라를 쓸 수 없으면 앱에 이 키를 입력하세요.', factorCodeHint: '지금 앱에 표시된 숫자 6자리입니다. 다른 기기의 로그인은 끝납니다.',
  factorOn: '켜기', factorOff: '끄기', factorIsOn: '2단계 로그인이 켜져 있습니다. 남은 복구 코드: {count}개', factorStays: '이 역할에 필요하므로 끌 수 없습니다.',
  recoveryTitle: '복구 코드', recoveryIntro: '휴대전화와 다른 곳에 보관하세요. 휴대전화를 잃어버렸을 때 코드 하나로 한 번씩 로그인할 수 있습니다. 이번 한 번만 표시됩니다.', recoveryKept: '보관했습니다', recoveryRenew: '복구 코드 새로 만들기',
  fix: '표시된 항목을 확인해 주세요.',
  faults: {
    name: '이름을 입력하세요.', email: 'you@example.com 같은 이메일 주소를 입력하세요.', password: '비밀번호를 입력하세요.', 'workspace.name': '이름을 입력하세요.',
    'workspace.timeZone': '목록에서 시간대를 고르세요. 예: Asia/Seoul', 'workspace.language': '언어를 고르세요.', 'workspace.senderContact': '500자 이하로 입력하세요.',
    'too-short': `${PASSWORD_MIN}자 이상 입력하세요.`, 'too-long': '너무 깁니다.', 'too-simple': '서로 다른 글자를 4개 이상 쓰세요.', 'is-email': '이메일 주소를 비밀번호로 쓸 수 없습니다.',
  },
  problems: {
    'access.link-unknown': '단비가 만든 링크가 아닙니다. 링크 전체를 복사했는지 확인하세요.', 'access.link-used': '이미 사용한 링크입니다.',
    'access.link-expired': '기한이 지난 링크입니다. 시작 링크는 단비를 다시 시작하면 새로 나오고, 초대 링크는 소유자에게 요청하세요.', 'setup.done': '단비는 이미 설정되어 있습니다.',
    'access.wrong-login': '이메일이나 비밀번호가 맞지 않습니다.', 'access.too-many-tries': '여러 번 틀렸습니다. 15분 뒤에 다시 시도하세요.',
    'access.wrong-code': '코드가 맞지 않거나 이미 쓴 코드입니다. 다음 코드가 나오면 입력하세요.', 'access.step-over': '시간이 지나 로그인이 취소되었습니다. 처음부터 다시 하세요.',
    'access.disabled': '사용이 중지된 사용자입니다. 소유자에게 문의하세요.', 'access.csrf': '단비 화면에서 보낸 요청이 아닙니다. 페이지를 다시 열고 시도하세요.',
  },
};

export const WORDS: Record<PageLanguage, Words> = { en, ko };
