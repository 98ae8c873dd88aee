import type { Messages } from '../shape'
import type zh from '../zh-CN/booth'

export default {
  title: 'Booth',
  choose: 'Choose the booth',
  chooseHint: 'From then on this phone’s services are recorded there.',
  search: 'Find a booth',
  none: 'Nothing found. Try another word, or clear the search.',
  change: 'Another booth',
  noServices: 'No services are registered for this booth. Whoever comes can check in under “Scan” or be counted with “No code +1”.',
  plusOne: '+1',
  giveOne: '{what}, one more',
  outcome: 'Outcome of {what}',
  recorded: 'Recorded: {what}',
  recent: 'Just recorded',
  undoOf: 'Undo {what}',
  undoReason: 'Undone on the booth page',
  notSaved: {
    record: 'The last one was not recorded: {what}.',
    undo: 'The undo was not recorded: that one still counts.',
  },
} satisfies Messages<typeof zh>
