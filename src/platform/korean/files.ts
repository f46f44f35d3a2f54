import type { Sentences } from './sentences.js';

/** Definitions as files. */
export const FILES: Sentences = {
  marketing: '광고성', transactional: '정보성', labels: '표시 이름', settings: '설정', over: '종료',
  'This is no YAML: {why}': 'YAML 형식이 아니에요: {why}',
  'A file names what it is in its first line: format: danbi.campaign/1.': '파일 첫 줄에 무엇인지 적어 주세요. 예: format: danbi.campaign/1',
  'The format must be one of {formats}.': 'format은 다음 가운데 하나여야 해요: {formats}.',
  'The key is missing: it says which one is meant, in every environment.': 'key가 없어요. 모든 환경에서 어느 것인지 알려 주는 이름이에요.',
  'The {kind} "{key}" is in {file} as well.': '{kind~} "{key}"가 {file}에도 있어요.',
  'There is no webhook endpoint with the key "{key}" here. Endpoints are not in files, because their addresses are secret: make one whose name gives this key.': '이 환경에 key가 "{key}"인 받는 곳(웹훅)이 없어요. 주소가 비밀이라 받는 곳은 파일에 담지 않아요. 이 key가 되는 이름으로 하나 만드세요.',
  'There is no {kind} with the key "{key}", here or in the files.': 'key가 "{key}"인 항목({kind~})이 여기에도 파일에도 없어요.',
  'must be 1 to 64 small letters, digits, "_", "." or "-"': '영문 소문자, 숫자, "_", ".", "-"로 1~64자여야 해요.',
  'The topic "{key}" is {kind} here, and that never changes: people said yes or no to it. Give the file another key.': '수신 주제 "{key}"는 여기에서 {kind~} 주제이고, 고객이 이미 동의하거나 거부했으므로 바꿀 수 없어요. 파일에 다른 key를 적으세요.',
  'A reason can be replaced by another, but not taken away.': '사유는 다른 것으로 바꿀 수만 있고 없앨 수는 없어요.',
  'Another segment is called “{name}”, under another key. Names of segments are unique: change one of them.': '다른 key의 세그먼트가 이미 “{name}” 이름을 쓰고 있어요. 세그먼트 이름은 하나뿐이어야 하니 둘 가운데 하나를 바꾸세요.',
  'The {kind} "{key}" is {state} here and is left alone. For another one give the file another key.': '{kind~} "{key}"는 여기에서 {state~} 상태라 그대로 둡니다. 새로 만들려면 파일에 다른 key를 적으세요.',
  '{file} has the {kind} as well; there is one file of them.': '{file}에도 {kind~} 파일이 있어요. 파일은 하나만 둘 수 있어요.',
  'Settings of the workspace are changed by an owner: use a key of that role, or leave this file out.': '워크스페이스 설정은 소유자만 바꿀 수 있어요. 소유자 역할의 키를 쓰거나 이 파일을 빼세요.',
  'Share, campaigns and goal of a holdout stay as it began, or people who were chosen differently would be compared. End it, and give the file another key.': '홀드아웃의 비율, 캠페인, 목표는 시작할 때 그대로예요. 바꾸면 다르게 뽑힌 고객을 비교하게 돼요. 끝내고 파일에 다른 key를 적으세요.',
  'A broadcast is launched by hand: files only write its draft.': '일괄 발송은 사람이 직접 시작해요. 파일은 초안만 씁니다.',
  'A topic stays: people said yes or no to it.': '수신 주제는 남아요. 고객이 이미 동의하거나 거부했기 때문이에요.',
  'It is named in {file}.': '{file}에서 쓰고 있어요.',
  'It is named in the {kind} “{name}”, which stays.': '남아 있는 “{name}”({kind~})에서 쓰고 있어요.',
  'Something changed here since the plan was made. Nothing was applied; look at a new plan.': '계획을 만든 뒤에 무언가 바뀌었어요. 아무것도 적용하지 않았으니 계획을 다시 확인하세요.',
};
