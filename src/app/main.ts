import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { speak } from './messages'
import { router } from './router'
import { useDisplay } from './stores/display'
import { keepReachable, watchForUpdates } from './update'
import './styles/tokens.css'
import './styles/base.css'

const app = createApp(App)
app.use(createPinia())

keepReachable(router)
// Whoever reads English would rather wait a moment than see Chinese flash by; if English can't be had, Chinese it is.
void speak(useDisplay().settings.language).catch(() => undefined).then(() => app.use(router).mount('#app'))

if (import.meta.env.PROD) watchForUpdates()
