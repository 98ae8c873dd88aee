import { expect, type Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { encode } from 'uqr'
import { exportPublicKey, makeKeyPair } from '../../src/protocol/signature'
import type { Server } from './server'

/** What a person does on a staff phone, in a few words; the tests say what should come of it. */

/** Opens an invite's link, names the phone and goes through to the self-test. */
export async function joinWith(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('手机名字').fill(name)
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await expect(page.getByRole('heading', { name: '自检' })).toBeVisible()
}

/** Joins, waits until the app is on the phone, and starts: the role's first screen. */
export async function startShift(page: Page, link: string, name: string): Promise<void> {
  await joinWith(page, link, name)
  await expect(page.getByText('没有网络也能打开')).toBeVisible({ timeout: 20_000 })
  await page.getByRole('button', { name: '开始' }).click()
}

/** Chooses the post that has exactly this name. */
export async function choosePost(page: Page, name: string): Promise<void> {
  await page.getByLabel('找活动或摊位').fill(name)
  await page.locator('.post-choice', { has: page.getByText(name, { exact: true }) }).click()
  await expect(page.getByText('对准签到码')).toBeVisible()
}

/** Types a ticket's short form under 手输. */
export async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: '手输' }).click()
  await page.getByLabel('签到码编号').fill(code)
  await page.getByRole('button', { name: '签到', exact: true }).click()
}

/** The verdict that fills the screen; it goes by itself after 1.2 s. */
export const verdict = (page: Page, word: string) => page.getByRole('region', { name: word })

/** The words and numbers of the sync line. */
export const syncLine = (page: Page) => page.locator('.sync-line')

/** The rows of `GET /api/reports/summary`, as an organiser's program would read them. */
export interface Summary {
  total: { visits: number; people: number; headcount: number }
  rows: { key: string; visits: number; people: number; headcount: number }[]
}

/** The server's answer to an organiser: a device of this test's own. With a body it is a POST. */
export async function askAsOrganiser(server: Server, path: string, body?: unknown): Promise<unknown> {
  const { publicKey } = await makeKeyPair(false)
  const code = (await server.invite('organiser')).split('#')[1]
  const joined = await fetch(`${server.origin}/api/join`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, name: 'report', key: await exportPublicKey(publicKey) }),
  })
  const { token } = await joined.json() as { token: string }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${server.origin}${path}`, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) })
  return answer.json()
}

/** What has been recorded, as the server's summary says it. */
export async function summary(server: Server, by: 'day' | 'zone' | 'booth'): Promise<Summary> {
  return await askAsOrganiser(server, `/api/reports/summary?by=${by}`) as Summary
}

/** Draws a ticket as a screenshot of it would be, and keeps it as a file. */
export async function writePicture(page: Page, text: string, path: string): Promise<void> {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  const shot = await page.evaluate(({ size, data }) => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = size * 8
    const context = canvas.getContext('2d')
    data.forEach((row, y) => { row.forEach((dark, x) => { context!.fillStyle = dark ? 'black' : 'white'; context!.fillRect(x * 8, y * 8, 8, 8) }) })
    return canvas.toDataURL().split(',')[1] ?? ''
  }, { size, data })
  await writeFile(path, Buffer.from(shot, 'base64'))
}
