import type { Text } from './language.ts'

/** Problems of who gets in: keys, scopes, partners, sessions and limits. */
export const accessProblems = {
  unauthorized: {
    status: 401,
    title: { zh: '需要有效的密钥', en: 'A valid key is needed' },
    meaning: {
      zh: '请在 Authorization: Bearer 请求头中提供密钥。密钥由运营方签发，可能已过期或被撤销。',
      en: 'Send `Authorization: Bearer <key>`. Keys are issued by the operator; yours may have been revoked.',
    },
  },
  'insufficient-scope': {
    status: 403,
    title: { zh: '密钥权限不足', en: 'The key lacks the scope' },
    meaning: {
      zh: '密钥有效，但没有此操作所需的权限范围。请向运营方申请。',
      en: 'The key is valid but was not given the scope that this call needs. Ask the operator for it.',
    },
  },
  'unknown-partner': {
    status: 404,
    title: { zh: '没有该合作方', en: 'There is no such partner' },
    meaning: { zh: '没有此编号的合作方。', en: 'No agency, platform or member of staff has this identifier.' },
  },
  'unknown-key': {
    status: 404,
    title: { zh: '没有该密钥', en: 'There is no such key' },
    meaning: { zh: '没有此编号的密钥。', en: 'No key has this identifier.' },
  },
  'key-not-live': {
    status: 409,
    title: { zh: '密钥已失效', en: 'The key works no longer' },
    meaning: {
      zh: '密钥已被撤销、过期或更换，不能再更换。请另行签发。',
      en: 'The key was revoked, has expired or was replaced before. Issue another one.',
    },
  },
  'scope-not-for-kind': {
    status: 422,
    title: { zh: '此类合作方不能持有该权限', en: 'Such a partner cannot hold the scope' },
    meaning: {
      zh: '协同部门和平台可持有 feed、screening、history，其余权限只发给监管人员。',
      en: 'Agencies and platforms hold feed, screening and history; all other scopes are for staff alone.',
    },
  },
  'duties-not-separate': {
    status: 422,
    title: { zh: '职责未分离', en: 'The duties must be separate' },
    meaning: {
      zh: '同一密钥不能同时持有 admin 与 decisions:approve；签发密钥的人不审批决定。',
      en: 'No key holds both admin and decisions:approve: whoever gives out keys does not approve decisions.',
    },
  },
  'scope-not-held': {
    status: 403,
    title: { zh: '不能给自己增加权限', en: 'Nobody widens their own rights' },
    meaning: {
      zh: '为自己签发的密钥，其权限不能超出当前密钥。请由另一名管理员签发。',
      en: 'A key that one issues for oneself has no scope that one lacks. Another administrator issues it.',
    },
  },
  'already-a-partner': {
    status: 409,
    title: { zh: '该人员已登记', en: 'This person is registered already' },
    meaning: {
      zh: '身份提供方的该用户已登记为另一合作方。一人只登记一次。',
      en: 'Another partner stands for this user of the identity provider. One person is one partner.',
    },
  },
  'too-many-requests': {
    status: 429,
    title: { zh: '请求过于频繁', en: 'Too many requests' },
    meaning: {
      zh: '请按 Retry-After 所示的秒数等待后重试。限额见 RateLimit-Policy。需要批量数据的，请使用数据推送接口。',
      en: 'Wait for the seconds that `Retry-After` tells. `RateLimit-Policy` tells the budget. For data in bulk, use the feed.',
    },
  },
  'cross-site-request': {
    status: 403,
    title: { zh: '提交来源无法确认', en: 'The form cannot be told to be ours' },
    meaning: {
      zh: '页面表单只接受从本站页面、在同一次登录中提交的内容。登录后请回到原页面，重新提交一次。',
      en: 'Forms are taken only from pages of this site and of the same session. Go back to the page after signing in, and submit it again.',
    },
  },
  'not-an-agency': {
    status: 403,
    title: { zh: '密钥不属于协同部门', en: 'The key is not that of an agency' },
    meaning: {
      zh: '惩戒指令只发给协同部门。请由运营方以 partner create --kind agency --agency <代码> 登记贵部门，再签发密钥。',
      en: 'Sanction orders go to agencies. Ask the operator to register yours with `partner create --kind agency --agency <code>` and to issue a key for it.',
    },
  },
} as const satisfies Record<string, { status: number; title: Text; meaning: Text }>
