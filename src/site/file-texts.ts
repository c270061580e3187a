import type { Text } from '../platform/language.ts'

/** Texts of the parts of a credit file that are for taking along, looking back and seeing at a glance. */
export const timeline = {
  title: { zh: '时间线', en: 'Timeline' },
  picture: { zh: '时间线图（可左右滚动）', en: 'Picture of the timeline, scrolls sideways' },
  inWords: { zh: '逐条查看', en: 'In words' },
  day: { zh: '日期', en: 'Day' },
  fact: { zh: '事项', en: 'What happened' },
  andMore: (count: number): Text => ({ zh: `等，另有 ${count} 项`, en: `and ${count} more` }),
  newestOf: (shown: number, all: number): Text => ({
    zh: `共 ${all} 项，此处为最近 ${shown} 项，其余见 JSON 数据。`,
    en: `The ${shown} newest of ${all}; the JSON has the rest.`,
  }),
  description: (count: number, from: string, to: string): Text => ({
    zh: `从 ${from} 到 ${to} 的 ${count} 项记录。下方“逐条查看”以文字列出同样的内容。`,
    en: `${count} facts from ${from} to ${to}. “In words” below tells the same in a table.`,
  }),
  lanes: {
    registration: { zh: '成立、年报', en: 'Reports' },
    'web-presences': { zh: '网站网店', en: 'Sites, shops' },
    listings: { zh: '名单', en: 'Lists' },
    penalties: { zh: '处罚', en: 'Penalties' },
    sanctions: { zh: '惩戒措施', en: 'Measures' },
    honours: { zh: '荣誉', en: 'Honours' },
  },
} as const

export const wayOut = {
  now: { zh: '依当日规则', en: 'By the rules of that day' },
  apply: { zh: '申请移出', en: 'Applying to come off' },
  applyMark: { zh: '申请恢复', en: 'Applying to lift the mark' },
  mayApply: { zh: '可以随时申请', en: 'at any time' },
  mayApplyNow: { zh: '已经可以申请', en: 'open now' },
  notBefore: { zh: '最早', en: 'not before' },
  byAuthority: { zh: '由机关个案决定', en: 'the authority decides case by case' },
  object: { zh: '提出异议', en: 'Objecting' },
  until: { zh: '截止', en: 'until' },
  over: { zh: '期限已过', en: 'the time is over' },
} as const

export const take = {
  title: { zh: '核验、打印和引用', en: 'Verify, print and link' },
  print: { zh: '打印页（A4，带二维码）', en: 'Print view (A4, with a QR code)' },
  certificate: { zh: '下载签名凭证', en: 'Download the signed certificate' },
  certificateNote: {
    zh: 'JWS 格式，24 小时内有效，可用 /.well-known/jwks.json 中的公钥核验。',
    en: 'A JWS that is valid for 24 hours; the keys at /.well-known/jwks.json verify it.',
  },
  json: { zh: '本档案的 JSON 数据', en: 'This file as JSON' },
  badge: { zh: '亮照标识', en: 'Badge' },
  badgeNote: {
    zh: '放在网站或网店首页，实时显示当前状态，点击进入本页：',
    en: 'For the front page of a site or shop: it shows the standing as it is and leads here.',
  },
  snippet: { zh: '嵌入代码', en: 'Code to embed' },
} as const

export const past = {
  title: { zh: '查看过去某一天', en: 'As of a past day' },
  day: { zh: '日期', en: 'Day' },
  show: { zh: '查看', en: 'Show' },
  now: { zh: '查看现在的档案', en: 'Show the file as it is now' },
  banner: { zh: '这是过去某一天的档案，不是现在的状态：', en: 'This is the file of a past day and not as it is now:' },
} as const

export const print = {
  title: { zh: '信用档案打印页', en: 'Credit file for print' },
  print: { zh: '打印', en: 'Print' },
  back: { zh: '回到信用档案', en: 'Back to the credit file' },
  scan: { zh: '扫码核验当前状态', en: 'Scan to see the present standing' },
  takenOn: { zh: '打印内容截至', en: 'As of' },
  position: { zh: '日志位置', en: 'Log position' },
  note: {
    zh: '本页为查询结果的打印件，不能代替行政机关出具的证明。状态可能已经变化，请扫码以页面为准。',
    en: 'A print of what was found, and no certificate of an authority. The standing may have changed: scan the code, the page prevails.',
  },
  entries: { zh: '有效的名单记录', en: 'List entries in force' },
  counts: { zh: '其他公示记录', en: 'Other published records' },
  reports: { zh: '年度报告', en: 'Annual reports' },
  sites: { zh: '在用的网站和网店', en: 'Sites and shops in use' },
  late: { zh: '逾期', en: 'late' },
  none: { zh: '无', en: 'none' },
  more: (count: number): Text => ({ zh: `另有 ${count} 项`, en: `and ${count} more` }),
} as const
