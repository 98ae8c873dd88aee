// The display settings, set before the first paint. From then on src/app/stores/display.ts looks after them;
// tests/app/stores/display.test.ts holds the two together.
{
  let kept = {}
  try {
    kept = JSON.parse(localStorage.getItem('linli-display')) ?? {}
  } catch {
    // Storage refused or garbled: the defaults serve.
  }
  const root = document.documentElement
  const night = matchMedia('(prefers-color-scheme: dark)').matches
  const light = kept.light ?? 'auto'
  root.lang = kept.language ?? 'zh-CN'
  root.dataset.theme = light === 'auto' ? (night ? 'dark' : 'paper') : light
  root.dataset.text = kept.text ?? 'standard'
  root.dataset.hand = kept.hand ?? 'right'
}
