import vue from 'eslint-plugin-vue'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Code is selected by its syntax tree here; a later block of the configuration replaces the whole list of an earlier one. */
const silenced = {
  selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|fixme)$/]',
  message: 'A test runs, or it is not there.',
}
const youngerThanPhones = {
  selector: 'CallExpression[callee.property.name=/^(toSorted|toReversed|toSpliced|groupBy)$/]',
  message: 'Browsers of 2022 do not have it, and vite.config.ts promises to serve them: copy the array and use the older method.',
}

const chinese = String.raw`/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/`
const sentence = 'A sentence for people belongs in src/app/messages.'
const literalChinese = [
  { selector: `Literal[value=${chinese}]`, message: sentence },
  { selector: `TemplateElement[value.raw=${chinese}]`, message: sentence },
]
const chineseInTemplate = [
  { selector: `VElement:not([name=/^(script|style)$/]) > VText[value=${chinese}]`, message: sentence },
  { selector: `VLiteral[value=${chinese}]`, message: sentence },
]

/** The domain is handed what is not the same everywhere. (That it has no timers, network or console, the compiler sees.) */
const unlike = 'Two devices would answer differently: take it as a parameter.'
const unlikeCalls = [
  { selector: 'NewExpression[callee.name=Date][arguments.length=0]', message: unlike },
  { selector: 'CallExpression[callee.property.name=/^(localeCompare|toLocale\\w+)$/]', message: unlike },
  { selector: 'CallExpression[callee.property.name=/^[gs]et(FullYear|Month|Date|Day|Hours|Minutes|Seconds|TimezoneOffset)$/]', message: unlike },
]
const unlikeProperties = [
  { object: 'Date', property: 'now', message: unlike },
  { object: 'Math', property: 'random', message: unlike },
]

export default defineConfig(
  { ignores: ['dist/', '.build-*/', 'data/', 'tests/e2e/output/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,cjs,mjs,ts,vue}'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // A library's type is widened by an interface that adds nothing of its own; to do nothing is a fair thing to do.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-empty-function': 'off',
      'eqeqeq': ['error', 'smart'],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', silenced],
    },
  },
  {
    files: ['src/**/*.{ts,vue}', 'tests/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.vue'] } },
    rules: {
      // What only types can see: a promise that nobody waits for loses a check-in.
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['src/**/*.vue'],
    extends: [vue.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-restricted-syntax': ['error', ...literalChinese, ...chineseInTemplate],
      'vue/no-undef-components': ['error', { ignorePatterns: ['RouterLink', 'RouterView'] }],
      'vue/no-unused-refs': 'error',
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      // How lines are broken is left to the hand.
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
    },
  },
  // Pixels and fixtures are read inside bounds that the loop before them states.
  { files: ['src/scanner/**', 'tests/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['src/**'], ignores: ['src/server/**'], rules: { 'no-console': 'error', 'no-restricted-syntax': ['error', youngerThanPhones] } },
  { files: ['src/{device,protocol,scanner}/**'], rules: { 'no-restricted-syntax': ['error', youngerThanPhones, ...literalChinese] } },
  {
    files: ['src/app/**/*.{ts,vue}'],
    ignores: ['src/app/messages/**'],
    rules: { 'no-restricted-syntax': ['error', youngerThanPhones, ...literalChinese] },
  },
  {
    files: ['src/domain/**'],
    rules: {
      'no-restricted-properties': ['error', ...unlikeProperties],
      'no-restricted-syntax': ['error', youngerThanPhones, ...unlikeCalls],
    },
  },
)
