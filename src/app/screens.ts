import type { Component } from 'vue'
import type { MessageKey } from './messages'

export interface Screen {
  path: string
  title: MessageKey
  load: () => Promise<{ default: Component }>
  /**
   * What of the shell stands around it: all (the default), all but the switch between roles (one is still to be begun), the tabs alone
   * (a camera needs the top), or nothing.
   */
  shell?: 'all' | 'no-switch' | 'tabs' | 'none'
}

/** Every screen there is, one line each; the name is the route's. Its code is fetched when it is first opened. */
export const screens = {
  now: { path: '/', title: 'programme.now.title', load: () => import('./screens/now/NowScreen.vue') },
  schedule: { path: '/schedule', title: 'programme.schedule.title', load: () => import('./screens/schedule/ScheduleScreen.vue') },
  activity: { path: '/activity/:id', title: 'programme.activity.title', load: () => import('./screens/activity/ActivityScreen.vue') },
  mine: { path: '/mine', title: 'programme.mine.title', load: () => import('./screens/mine/MineScreen.vue') },
  join: { path: '/join', title: 'join.title', load: () => import('./screens/join/JoinScreen.vue'), shell: 'no-switch' },
  scan: { path: '/scan', title: 'scan.title', load: () => import('./screens/scan/ScanScreen.vue'), shell: 'tabs' },
  booth: { path: '/booth', title: 'booth.title', load: () => import('./screens/booth/BoothScreen.vue') },
  sync: { path: '/sync', title: 'sync.title', load: () => import('./screens/sync/SyncScreen.vue') },
  give: { path: '/sync/give', title: 'sync.give.title', load: () => import('./screens/sync/GiveScreen.vue'), shell: 'none' },
  receive: { path: '/sync/receive', title: 'sync.receive.title', load: () => import('./screens/sync/ReceiveScreen.vue') },
  console: { path: '/console', title: 'console.title', load: () => import('./screens/console/ConsoleScreen.vue') },
  tickets: { path: '/console/tickets', title: 'console.tickets.title', load: () => import('./screens/console/TicketsScreen.vue') },
  more: { path: '/more', title: 'more.title', load: () => import('./screens/more/MoreScreen.vue') },
  missing: { path: '/:path(.*)*', title: 'shell.missing.title', load: () => import('./screens/missing/MissingScreen.vue') },
} satisfies Record<string, Screen>
