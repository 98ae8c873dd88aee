import { nextTick, watchEffect } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { useI18n } from './messages'
import { screens } from './screens'
import type { Screen } from './screens'

declare module 'vue-router' {
  interface RouteMeta {
    screen: Screen
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: Object.entries<Screen>(screens).map(([name, screen]) => ({
    name, path: screen.path, component: screen.load, meta: { screen },
  })),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

const { t } = useI18n()

// Follows the page and the language, also when English arrives a moment later.
watchEffect(() => {
  const { screen } = router.currentRoute.value.meta
  document.title = screen ? `${t(screen.title)} · ${t('shell.name')}` : t('shell.name')
})

router.afterEach(async (to, from, failure) => {
  // The first page is read from the top anyway; a filter in the query must not take the focus away.
  if (failure || from.matched.length === 0 || to.path === from.path) return
  await nextTick()
  document.querySelector('h1')?.focus({ preventScroll: true })
})
