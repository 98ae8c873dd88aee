import type { Words } from '../../domain/entities'

/** Words that the sample's data have no words for. All of them are ours: illustrative. */

export const zoneWords: Readonly<Record<string, Words>> = {
  'z-red': { zh: '议事', en: 'Council' },
  'z-orange': { zh: '课堂', en: 'Classroom' },
  'z-green': { zh: '便民', en: 'Services' },
  'z-gold': { zh: '市集', en: 'Bazaar' },
  'z-blue': { zh: '舞台', en: 'Stage' },
}

export const outcomeWords: Readonly<Record<string, Words>> = {
  advice_only: { zh: '已建议', en: 'Advice given' },
  answered: { zh: '已答复', en: 'Answered' },
  attended: { zh: '已参加', en: 'Attended' },
  donated: { zh: '捐出', en: 'Donated' },
  done: { zh: '完成', en: 'Done' },
  fixed: { zh: '修好', en: 'Fixed' },
  followup: { zh: '待回访', en: 'To be followed up' },
  forwarded: { zh: '已转交', en: 'Passed on' },
  given: { zh: '送出', en: 'Given' },
  made_piece: { zh: '做成作品', en: 'Made a piece' },
  needs_parts: { zh: '需配件', en: 'Needs parts' },
  not_home: { zh: '家中无人', en: 'Not at home' },
  not_repairable: { zh: '修不了', en: 'Beyond repair' },
  quiz_passed: { zh: '答题通过', en: 'Quiz passed' },
  referred: { zh: '已转介', en: 'Referred' },
  sold: { zh: '售出', en: 'Sold' },
  sold_charity: { zh: '义卖售出', en: 'Sold for charity' },
  swapped: { zh: '换出', en: 'Swapped' },
  to_follow_up: { zh: '待跟进', en: 'To be followed up' },
  turned_away: { zh: '未能服务', en: 'Turned away' },
  unsold: { zh: '未售出', en: 'Unsold' },
  visited: { zh: '已走访', en: 'Visited' },
  watched: { zh: '观看', en: 'Watched' },
}
