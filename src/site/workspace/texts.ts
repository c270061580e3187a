import type { Text } from '../../platform/language.ts'

/** Texts of the workspace that all of its pages share. */

export const workspace = {
  sections: { zh: '工作台栏目', en: 'Sections of the workspace' },
  workList: { zh: '待办', en: 'Work list' },
  decisions: { zh: '决定', en: 'Decisions' },
  objections: { zh: '异议', en: 'Objections' },
  repairs: { zh: '信用修复', en: 'Repairs' },
  orders: { zh: '惩戒指令', en: 'Orders' },
  publish: { zh: '处罚与荣誉', en: 'Penalties, honours' },
  sources: { zh: '数据源', en: 'Sources' },
  quarantine: { zh: '隔离记录', en: 'Quarantine' },
  leads: { zh: '线索', en: 'Leads' },
  jobs: { zh: '定时任务', en: 'Jobs' },
  partners: { zh: '接入方与密钥', en: 'Partners and keys' },
  audit: { zh: '操作日志', en: 'Audit log' },
  start: { zh: '接入说明', en: 'Getting started' },
  ownOrders: { zh: '本部门指令', en: 'Own orders' },
  subscriptions: { zh: '订阅', en: 'Subscriptions' },
  screenings: { zh: '商家核验', en: 'Screenings' },
  monitors: { zh: '商家监测', en: 'Monitors' },
  signOut: { zh: '退出', en: 'Sign out' },
} as const satisfies Record<string, Text>

export const signIn = {
  title: { zh: '登录工作台', en: 'Sign in' },
  lead: {
    zh: '用运营方签发的密钥登录。登录后能做什么，与该密钥在接口上能做什么完全相同。',
    en: 'Sign in with the key that the operator issued. You may do here exactly what the key may do in the API.',
  },
  key: { zh: '密钥', en: 'Key' },
  keyHint: {
    zh: '以 xj_ 开头。不会保存密钥本身；密钥被撤销时，登录立即失效。',
    en: 'It begins with xj_. The key itself is not kept; when it is revoked, the session ends at once.',
  },
  button: { zh: '登录', en: 'Sign in' },
  refused: {
    zh: '密钥不正确，或者已经被撤销。请核对后重试，或向运营方申请新的密钥。',
    en: 'This is no key, or one that was revoked. Check it, or ask the operator for a new one.',
  },
  already: { zh: '当前登录：', en: 'Signed in as ' },
  goOn: { zh: '进入工作台', en: 'Go to the workspace' },
  signedOut: { zh: '已退出登录。', en: 'You have signed out.' },
  keyTitle: { zh: '用密钥登录', en: 'With a key' },
  oidcTitle: { zh: '用单位账号登录', en: 'With the account of your authority' },
  oidcLead: {
    zh: '监管人员在本单位的身份认证系统登录，权限由该系统授予。',
    en: 'Members of staff sign in at the identity provider of the authority, which also says what they may do.',
  },
  oidcButton: { zh: '前往单位登录页', en: 'Sign in there' },
  oidcRefused: {
    'not-begun-here': {
      zh: '登录已超时，或不是在本浏览器中开始的，请重新登录。',
      en: 'This sign-in took too long, or was not begun in this browser. Please begin again.',
    },
    'not-confirmed': {
      zh: '身份认证系统没有确认本次登录，请重新登录。',
      en: 'The identity provider did not confirm the sign-in. Please begin again.',
    },
    'no-rights': {
      zh: '您的账号没有使用本系统的权限，或已被停用。请联系本单位的管理员。',
      en: 'Your account has no rights here, or was suspended. Please ask the administrator of your authority.',
    },
    'provider-away': {
      zh: '身份认证系统暂时无法访问，请稍后再试，或用密钥登录。',
      en: 'The identity provider cannot be reached. Try again soon, or sign in with a key.',
    },
  },
  goingOn: { zh: '登录成功', en: 'You have signed in' },
} as const

export const account = {
  title: { zh: '我的登录', en: 'My sessions' },
  who: { zh: '登录身份', en: 'Signed in as' },
  kind: { zh: '类型', en: 'Kind' },
  agency: { zh: '部门代码', en: 'Agency code' },
  scopes: { zh: '权限范围', en: 'Scopes' },
  noScopes: { zh: '没有任何权限范围', en: 'No scope at all' },
  sessions: { zh: '正在进行的登录', en: 'Open sessions' },
  sessionsNote: {
    zh: '同一身份的全部登录。有不认识的，请立即结束它，并请运营方更换密钥。',
    en: 'All sessions of this partner. End one that you do not know, and ask the operator for another key.',
  },
  present: { zh: '本次登录', en: 'This one' },
  began: { zh: '开始', en: 'Began' },
  lastUsed: { zh: '最近使用', en: 'Last used' },
  ends: { zh: '最迟结束', en: 'Ends at the latest' },
  unknownBrowser: { zh: '未知浏览器', en: 'Unknown browser' },
  end: { zh: '结束此登录', en: 'End this session' },
  ended: { zh: '该登录已结束。', en: 'The session has ended.' },
  kinds: {
    staff: { zh: '监管人员', en: 'Member of staff' },
    agency: { zh: '协同部门', en: 'Partner agency' },
    platform: { zh: '网络交易平台', en: 'Platform' },
  },
} as const

export const formTexts = {
  refused: { zh: '没有提交成功，请更正以下内容：', en: 'It was not accepted. Please correct this:' },
  choose: { zh: '请选择', en: 'Please choose' },
  optional: { zh: '（选填）', en: '(optional)' },
} as const satisfies Record<string, Text>

export const listTexts = {
  apply: { zh: '筛选', en: 'Filter' },
  all: { zh: '全部', en: 'All' },
  pages: { zh: '分页', en: 'Pages' },
  first: { zh: '回到第一页', en: 'First page' },
  next: { zh: '下一页', en: 'Next page' },
  none: { zh: '没有记录。', en: 'Nothing here.' },
  overdue: { zh: '已逾期', en: 'Overdue' },
  unknownDay: { zh: '尚不能确定', en: 'Not known yet' },
  noDeadlines: { zh: '目前没有法定期限。', en: 'No legal deadline runs.' },
  provisional: { zh: '该年度放假安排尚未载入', en: 'the holidays of that year are not loaded' },
  steps: {
    'list-by': { zh: '列入期限', en: 'Enter by' },
    'publish-by': { zh: '公示期限', en: 'Publish by' },
    'notice-from': { zh: '届满前提示自', en: 'Notice from' },
    'promote-by': { zh: '转入严重名单期限', en: 'Promote by' },
    'early-exit-from': { zh: '可提前移出自', en: 'Early exit from' },
    'accept-by': { zh: '受理期限', en: 'Accept by' },
    'decide-by': { zh: '决定期限', en: 'Decide by' },
    'remove-by': { zh: '移出期限', en: 'Remove by' },
    'object-by': { zh: '提出异议期限', en: 'Object by' },
    'verify-by': { zh: '核实期限', en: 'Verify by' },
    'correct-by': { zh: '更正期限', en: 'Correct by' },
    'stop-publishing-by': { zh: '停止公示期限', en: 'Stop publishing by' },
  },
} as const

/** Sanction orders, as staff and agencies read them. */
export const orderWords = {
  status: {
    'lift-pending': { zh: '待解除', en: 'Lift not confirmed' },
    pending: { zh: '待接收', en: 'Not received yet' },
    received: { zh: '已接收，待实施', en: 'Received, not executed yet' },
    executed: { zh: '已实施', en: 'Executed' },
    'not-applicable': { zh: '不适用', en: 'Not applicable' },
    lifted: { zh: '已解除', en: 'Lifted' },
    superseded: { zh: '已由新指令取代', en: 'Superseded' },
  },
  open: { zh: '等待答复', en: 'Answer awaited' },
  statusLabel: { zh: '状态', en: 'Status' },
  respondBy: { zh: '答复期限', en: 'Answer by' },
  imposedOn: { zh: '措施自', en: 'Measure from' },
  until: { zh: '至', en: 'until' },
  executedOn: { zh: '实施日期', en: 'Executed on' },
  liftRequestedOn: { zh: '要求解除', en: 'Lift requested on' },
  liftedOn: { zh: '解除日期', en: 'Lifted on' },
  liftReasons: {
    removed: { zh: '已移出', en: 'entry removed' },
    expired: { zh: '期限届满', en: 'term over' },
    revoked: { zh: '列入已撤销', en: 'entry revoked' },
    corrected: { zh: '列入已更正', en: 'entry corrected' },
    'term-over': { zh: '措施期限届满', en: 'the measure’s own term is over' },
  },
} as const
