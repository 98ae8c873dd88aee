import type { Messages } from '../shape'
import type zh from '../zh-CN/shell'

export default {
  name: 'Linli',
  back: 'Back',
  close: 'Close',
  undo: 'Undo',
  undoIn: 'Undo {n}',
  tabs: {
    label: 'Main pages',
    now: 'Now', schedule: 'Schedule', mine: 'Mine', scan: 'Scan', booth: 'Booth', sync: 'Sync', console: 'Console', more: 'More',
  },
  role: {
    label: 'Acting as',
    resident: 'Resident', volunteer: 'Volunteer', host: 'Booth host', visitor: 'Visitor to homes', lead: 'Venue lead', organiser: 'Organiser',
  },
  zone: { red: 'Red zone', orange: 'Orange zone', green: 'Green zone', gold: 'Gold zone', blue: 'Blue zone' },
  verdict: { admitted: 'Checked in', repeat: 'Already in', unverified: 'To verify', refused: 'Not admitted' },
  sync: {
    waiting: '{n} waiting',
    oldest: 'oldest {age}',
    none: 'All sent',
    carried: '{n} carried',
    synced: 'Synced {time}',
    never: 'Not synced yet',
    underMinute: 'under 1 min',
    minutes: '{n} min',
    hours: '{h} h {m} min',
  },
  update: {
    ready: 'A new version is ready',
    apply: 'Update now',
    elsewhere: 'Another page is scanning; update when it is done',
  },
  forgotten: 'The browser cleared this phone’s work records: see what to do',
  unreachable: {
    title: 'This page is not on this phone yet',
    text: 'Open it again with a network. The other pages work as they did.',
    retry: 'Try again',
  },
  missing: {
    title: 'There is no such page',
    text: 'The link may be cut short, or the page has moved.',
    home: 'Go to what is on now',
  },
  wechat: {
    text: 'You can read here in WeChat. To use it offline or to scan, tap ··· at the top right and choose “Open in browser”.',
  },
} satisfies Messages<typeof zh>
