import type { Text } from '../../platform/language.ts'

/** Texts of the pages on which staff look after records: quarantine, leads, the audit log. */

export const quarantineActs = {
  retry: { zh: '原样重试', en: 'Try again as it came' },
  fix: { zh: '更正后采用', en: 'Put right and take' },
  record: { zh: '更正后的完整记录（JSON）', en: 'The whole record, put right (JSON)' },
  noJson: { zh: '不是 JSON 对象。', en: 'This is no JSON object.' },
  discard: { zh: '丢弃', en: 'Discard' },
  act: { zh: '处理', en: 'Work on it' },
  settleReason: { zh: '处理理由', en: 'Why it was settled so' },
  done: {
    taken: { zh: '记录已采用。', en: 'The record was taken.' },
    refused: { zh: '记录仍不能采用，原因已更新。', en: 'The record was refused again; its reason is up to date.' },
    discarded: { zh: '记录已丢弃。', en: 'The record was discarded.' },
  },
} as const

export const leads = {
  title: { zh: '线索', en: 'Leads' },
  lead: {
    zh: '各来源记录互相矛盾之处，供核查，从不公开。',
    en: 'Where the records of the sources contradict each other, to be looked into. None of it is ever public.',
  },
  kind: { zh: '种类', en: 'Kind' },
  kinds: {
    'claimed-by-two': { zh: '多个主体填报同一网站或网店', en: 'Site or shop claimed by several' },
    'icp-owner-differs': { zh: '备案主体不一致', en: 'Owner in the ICP filing differs' },
    'name-differs': { zh: '代码与名称不符', en: 'Name does not go with the code' },
    'unknown-code': { zh: '代码没有登记', en: 'Code that is not registered' },
    'closed-business': { zh: '已注销、吊销仍在经营网站或网店', en: 'Closed business with a site or shop' },
  },
  statuses: { open: { zh: '待核查', en: 'Open' }, closed: { zh: '已办结', en: 'Closed' } },
  about: { zh: '涉及', en: 'About' },
  opened: { zh: '发现', en: 'Opened' },
  changed: { zh: '最近变化', en: 'Changed' },
  closed: { zh: '办结', en: 'Closed' },
  registry: { zh: '登记信息', en: 'What the registry says' },
  claims: { zh: '来源记录', en: 'What the sources say' },
  source: { zh: '来源', en: 'Source' },
  status: { zh: '登记状态', en: 'Registered as' },
  formerNames: { zh: '曾用名', en: 'Former names' },
  owner: { zh: '填报的经营者', en: 'Owner as stated' },
  site: { zh: '网站或网店', en: 'Site or shop' },
  statedOn: { zh: '填报日期', en: 'Stated on' },
  close: { zh: '办结', en: 'Close the lead' },
  done: { closed: { zh: '线索已办结。', en: 'The lead was closed.' } },
} as const

export const audit = {
  title: { zh: '操作日志', en: 'Audit log' },
  lead: {
    zh: '谁、何时、从何处做了什么，最新在前。只增不改，逐条以哈希相连。',
    en: 'Who did what, when and from where, newest first. It only grows, and each entry is chained to the last by its hash.',
  },
  action: { zh: '操作', en: 'Action' },
  object: { zh: '对象', en: 'Object' },
  partner: { zh: '操作者编号', en: 'Id of who did it' },
  outcome: { zh: '结果', en: 'Outcome' },
  from: { zh: '自（日期）', en: 'From the day' },
  to: { zh: '至（日期）', en: 'To the day' },
  at: { zh: '时间', en: 'When' },
  who: { zh: '操作者', en: 'Who' },
  address: { zh: '地址', en: 'Address' },
  place: { zh: '链上位置', en: 'Place in the chain' },
  details: { zh: '详情', en: 'Details' },
  outcomes: {
    done: { zh: '完成', en: 'Done' },
    refused: { zh: '被拒绝', en: 'Refused' },
    failed: { zh: '失败', en: 'Failed' },
  },
  vias: {
    key: { zh: '密钥', en: 'Key' },
    session: { zh: '工作台', en: 'Workspace' },
    oidc: { zh: '身份提供方', en: 'Identity provider' },
    command: { zh: '命令行', en: 'Command' },
    job: { zh: '定时任务', en: 'Job' },
    service: { zh: '服务本身', en: 'The service' },
  },
} as const satisfies Record<string, Text | Record<string, Text>>
