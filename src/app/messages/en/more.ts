import type { Messages } from '../shape'
import type zh from '../zh-CN/more'

export default {
  title: 'More',
  display: 'Display',
  text: { label: 'Text size', standard: 'Standard', large: 'Large', huge: 'Huge' },
  light: { label: 'Light', auto: 'As the phone', paper: 'Paper', dark: 'Night', sunlight: 'In the sun' },
  lightHint: 'If the sun makes it hard to read, choose “In the sun”: black on white, the strongest contrast.',
  hand: { label: 'Hand', right: 'Right', left: 'Left' },
  handHint: 'Buttons stand near the thumb of that hand.',
  language: { label: '语言 Language', 'zh-CN': '中文', en: 'English' },
  about: 'About Linli',
  aboutText: 'Linli records who came to a community festival, what was held and what was given. It works without a network: records are kept on this phone first and sent when there is one.',
  sample: 'Sample',
  sampleText: 'A festival marked “sample” is there to be tried: part of it comes from a news report, part is made up. It is not a record of what happened.',
  private: 'No account is needed to read the programme. Your display settings and the activities you keep stay on this phone.',
  version: 'Version {version}',
} satisfies Messages<typeof zh>
