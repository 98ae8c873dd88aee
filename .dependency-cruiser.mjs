/**
 * Who may know whom. A world knows itself and the worlds named here; the packages it may use are named too, so that Vue
 * never comes to the server nor Node to a phone; and where a world has fronts, others enter by these alone.
 * tests/house.test.ts shows that each rule bites.
 */

/** @type {Record<string, { knows: string[], packages: string[], fronts?: string[] }>} */
const worlds = {
  domain: { knows: [], packages: ['valibot'] },
  protocol: { knows: ['domain'], packages: ['valibot'] },
  device: { knows: ['domain', 'protocol'], packages: ['dexie', 'pinyin-pro', 'valibot'], fronts: ['index.ts', 'resident.ts', 'background.ts'] },
  scanner: { knows: [], packages: ['zxing-wasm'], fronts: ['index.ts'] },
  app: {
    knows: ['domain', 'protocol', 'device', 'scanner'],
    packages: ['@vueuse/core', 'pinia', 'reka-ui', 'uqr', 'valibot', 'vue', 'vue-router', 'workbox-window'],
  },
  server: { knows: ['domain', 'protocol'], packages: ['@hono/node-server', 'hono', 'libsql', 'pg', 'uqr', 'valibot'] },
}

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const betweenWorlds = Object.entries(worlds).flatMap(([world, { knows, packages }]) => [
  {
    name: `${world}-knows-only-its-own`,
    severity: 'error',
    from: { path: `^src/${world}/` },
    to: { path: '^(src|tests|scripts)/', pathNot: [world, ...knows].map((name) => `^src/${name}/`) },
  },
  {
    name: `${world}-uses-only-its-packages`,
    severity: 'error',
    from: { path: `^src/${world}/` },
    to: { path: '(^|/)node_modules/', pathNot: packages.map((name) => `(^|/)node_modules/(@types/)?${name}/`) },
  },
])

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const throughTheFront = Object.entries(worlds).flatMap(([world, { fronts }]) =>
  fronts
    ? {
        name: `${world}-is-entered-by-its-front`,
        severity: 'error',
        from: { path: '^src/', pathNot: `^src/${world}/` },
        to: { path: `^src/${world}/`, pathNot: fronts.map((file) => `^src/${world}/${file}$`) },
      }
    : [],
)

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...betweenWorlds,
    ...throughTheFront,
    {
      name: 'only-the-server-has-node',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/server/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'service-worker-knows-only-device',
      severity: 'error',
      from: { path: '^src/sw\\.ts$' },
      to: { path: '.', pathNot: ['^src/device/', '(^|/)node_modules/workbox-'] },
    },
    { name: 'nothing-imports-a-test', severity: 'error', from: { pathNot: '^tests/' }, to: { path: '^tests/' } },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-is-found', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?url$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The contenders have libraries of their own, which are there only where they were measured.
    exclude: { path: '^tests/(e2e/output|bench/contenders)/' },
    // A type too is something known.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.mjs', '.js', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
