import { encodeCrockford } from '../../../src/protocol/crockford'

/** A number of 32 bits after the other, the same for the same seed (Steele, Lea and Flood's SplitMix, as mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

const surnames = '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常单解仇区朴'
const given = '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉梅建国志文华小晓红海燕春雪冬天云鹏飞宇浩然子轩欣怡梓涵思雨佳琪嘉豪博文俊杰晨曦诗婷雅琴淑贞金凤德福永康长乐'
const bands = ['14-34', '35-59', '60-74', '75+']

export interface Person {
  ticket: string
  alias: string
  phoneTail: string
  ageBand: string
  community: string
}

/** Attendee number `index` of the seed's roster: names as common as they are in Beijing, tickets of 40 random bits. */
export function person(random: () => number): Person {
  const pick = <T>(list: ArrayLike<T>): T => list[random() % list.length] as T
  const bytes = new Uint8Array(5)
  new DataView(bytes.buffer).setUint32(0, random())
  bytes[4] = random() & 255
  return {
    ticket: encodeCrockford(bytes),
    alias: pick(surnames) + pick(given) + (random() % 4 === 0 ? '' : pick(given)),
    phoneTail: String(random() % 10_000).padStart(4, '0'),
    ageBand: pick(bands),
    community: `com-${random() % 259}`,
  }
}
