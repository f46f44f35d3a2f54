/** A person of the samples, as named in both parts of the world they come from. */
export interface SampleName { name: string; latin: string }

const KO_FAMILY = [['김', 'kim'], ['이', 'lee'], ['박', 'park'], ['최', 'choi'], ['정', 'jung'], ['강', 'kang'], ['조', 'cho'], ['윤', 'yoon'], ['장', 'jang'], ['임', 'lim']] as const;
const KO_GIVEN = [['서연', 'seoyeon'], ['민준', 'minjun'], ['지우', 'jiwoo'], ['하은', 'haeun'], ['도윤', 'doyun'], ['수빈', 'subin'], ['예준', 'yejun'], ['지민', 'jimin'], ['현우', 'hyunwoo'], ['유진', 'yujin'], ['채원', 'chaewon'], ['건우', 'gunwoo'], ['나연', 'nayeon'], ['태현', 'taehyun'], ['소희', 'sohee']] as const;
const EN_FAMILY = ['Weiss', 'Garcia', 'Novak', 'Okafor', 'Lindgren', 'Costa', 'Meyer', 'Haddad', 'Dubois', 'Walker'] as const;
const EN_GIVEN = ['Ana', 'Ben', 'Clara', 'David', 'Emma', 'Femi', 'Grace', 'Hugo', 'Iris', 'Jonas', 'Kai', 'Lena', 'Marco', 'Nina', 'Oscar'] as const;

/** Different for each `index` below 150 of one language. */
export function sampleName(isKorean: boolean, index: number): SampleName {
  if (isKorean) {
    const [family, given] = [KO_FAMILY[index % KO_FAMILY.length]!, KO_GIVEN[(index * 7 + Math.floor(index / KO_FAMILY.length)) % KO_GIVEN.length]!];
    return { name: `${family[0]}${given[0]}`, latin: `${given[1]}.${family[1]}` };
  }
  const [family, given] = [EN_FAMILY[index % EN_FAMILY.length]!, EN_GIVEN[(index * 7 + Math.floor(index / EN_FAMILY.length)) % EN_GIVEN.length]!];
  return { name: `${given} ${family}`, latin: `${given}.${family}`.toLowerCase() };
}
