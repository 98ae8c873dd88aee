import type { Context } from 'hono'
import type { ProblemCode } from '../../protocol/problem'
import { problemMediaType, problemStatus } from '../../protocol/problem'
import { LogBusy } from '../log/log'
import { Refusal } from '../refusal'

/** What a person can do about it. Screens have their own words by `code`; these are for everybody else. */
const sentences: Record<ProblemCode, string> = {
  'malformed-request': '请求的格式不对,请更新应用后再试。',
  'unknown-version': '这个版本的应用太旧或太新,请更新后再试。',
  'bad-signature': '这批记录的签名不对,没有收下。请用写下这些记录的手机重新发送。',
  'unknown-device': '服务器不认识写下这些记录的设备。请让那台手机重新加入。',
  'no-token': '请先用邀请链接加入。',
  'unknown-token': '服务器不认识这台手机,请用新的邀请链接重新加入。',
  'stream-not-granted': '这台手机没有权限看这些数据,请联系组织者。',
  'role-not-allowed': '您的角色不能做这件事,请联系组织者。',
  'venue-not-allowed': '只能管理自己的场地,其他场地请联系组织者。',
  'device-revoked': '这台手机已被停用。未发送的记录仍可导出,请联系组织者。',
  'invite-unknown': '没有这个邀请,请核对后再试,或向组织者要新的链接。',
  'not-found': '没有这个地址。',
  fork: '这台手机的记录与服务器上的不一致,已停止接收。请导出记录,然后重新加入。',
  gap: '中间缺少一些记录,请从缺少的地方重新发送。',
  epoch: '服务器的数据已重新开始,手机会自动重新同步。',
  'invite-used': '这个邀请已经用完,请向组织者要新的链接。',
  'invite-expired': '这个邀请已过期,请向组织者要新的链接。',
  'too-large': '一次发送的内容太多,请分几次发送。',
  'too-many-requests': '请求太频繁,请稍后再试。',
  'server-fault': '服务器出错了,记录仍在手机上,请稍后再试。',
  'upstream-unreachable': '园区服务器现在连不上市里的服务器,这件事要等网络恢复后再做;签到和记录不受影响。',
  'not-ready': '服务器正忙,记录仍在手机上,请稍后再试。',
}

/** Seconds after which a client may ask again. */
const retryAfter = 2

/** RFC 9457 problem JSON. */
export function answerProblem(c: Context, { code, message, more }: Refusal): Response {
  const status = problemStatus[code]
  c.header('Content-Type', problemMediaType)
  c.header('Cache-Control', 'no-store')
  if (status === 429 || status === 503) c.header('Retry-After', String(retryAfter))
  return c.body(JSON.stringify({ type: `/problems/${code}`, title: sentences[code], status, code, detail: message, ...more }), status)
}

/** What went wrong, as a refusal; a fault of our own is written to the log, and its words stay here. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof LogBusy) return new Refusal('not-ready', 'the log can not be written now')
  console.error(error)
  return new Refusal('server-fault', 'see the server’s log')
}
