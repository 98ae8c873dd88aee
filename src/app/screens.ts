import type { Component } from 'vue'
import type { MessageKey } from './messages'

export interface Screen {
  path: string
  title: MessageKey
  load: () => Promise<{ default: Component }>
  /** What of the shell stands around it: all (the default), the tabs alone (a camera needs the top), or nothing. */
  shell?: 'all' | 'tabs' | 'none'
}

/** Every screen there is, one line each; the name is the route's. Its code is fetched when it is first opened. */
export const screens = {
  more: { path: '/more', title: 'more.title', load: () => import('./screens/more/MoreScreen.vue') },
  missing: { path: '/:path(.*)*', title: 'shell.missing.title', load: () => import('./screens/missing/MissingScreen.vue') },
} satisfies Record<string, Screen>
