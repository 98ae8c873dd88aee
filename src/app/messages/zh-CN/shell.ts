export default {
  name: '邻里',
  back: '返回',
  close: '关闭',
  undo: '撤销',
  /** The strip's own button, while it counts down. */
  undoIn: '撤销 {n}',
  tabs: {
    label: '主要页面',
    now: '现在', schedule: '日程', mine: '我的', scan: '扫码', booth: '摊位', sync: '同步', console: '总台', more: '更多',
  },
  role: {
    label: '当前身份',
    resident: '居民', volunteer: '志愿者', host: '摊位负责人', visitor: '走访员', lead: '场地负责人', organiser: '组织者',
  },
  zone: { red: '红区', orange: '橙区', green: '绿区', gold: '金区', blue: '蓝区' },
  verdict: { admitted: '签到成功', repeat: '已签到', unverified: '待核实', refused: '不能签到' },
  sync: {
    waiting: '待传 {n}',
    oldest: '最久 {age}',
    none: '全部已传',
    carried: '代送 {n}',
    synced: '{time} 已同步',
    never: '还没同步过',
    underMinute: '不到 1 分',
    minutes: '{n} 分',
    hours: '{h} 小时 {m} 分',
  },
  update: {
    ready: '新版本已就绪',
    apply: '现在更新',
    elsewhere: '另一个页面正在扫码,扫完再更新',
  },
  forgotten: '浏览器清掉了这台手机的工作记录,看看怎么办',
  unreachable: {
    title: '这个页面还没存到本机',
    text: '连上网络后再打开,其他页面照常可用。',
    retry: '再试一次',
  },
  missing: {
    title: '没有这个页面',
    text: '链接可能不完整,或已经换了地方。',
    home: '回到现在',
  },
  wechat: {
    text: '在微信里可以看;要离线使用或扫码,请点右上角 ···,选“在浏览器打开”。',
  },
}
