import type { Text } from '../platform/language.ts'

/** Every text of the pages, in both languages. What the law asks of a listed business is in `guidance.ts`. */

export const common = {
  brand: { zh: '信鉴', en: 'Xinjian' },
  tagline: { zh: '网络经营主体信用档案', en: 'Credit files of online businesses' },
  skip: { zh: '跳到正文', en: 'Skip to content' },
  sections: { zh: '主要栏目', en: 'Main sections' },
  home: { zh: '查询', en: 'Look up' },
  lists: { zh: '名单', en: 'Lists' },
  warnings: { zh: '消费警示', en: 'Warnings' },
  statistics: { zh: '统计', en: 'Statistics' },
  rulebook: { zh: '规则', en: 'Rulebook' },
  cases: { zh: '典型案例', en: 'Cases' },
  about: { zh: '关于本服务', en: 'About this service' },
  signIn: { zh: '登录', en: 'Sign in' },
  partners: { zh: '部门和平台接入', en: 'For agencies and platforms' },
  languages: { zh: '页面语言', en: 'Language' },
  ownName: { zh: '中文', en: 'English' },
  feed: { zh: '数据共享', en: 'Data feed' },
  docs: { zh: '接口文档', en: 'API documentation' },
  backHome: { zh: '回到首页', en: 'Back to the front page' },
  footer: {
    zh: '信息以作出决定的机关和登记机关的记录为准。网站、网店名称及链接由经营主体自行填报。',
    en: 'The records of the deciding and registering authorities prevail. Names and links of sites and shops are as the businesses filed them.',
  },
} as const satisfies Record<string, Text>

export const searchBox = {
  label: { zh: '名称、统一社会信用代码、网址或网店链接', en: 'Name, unified social credit code, site or shop link' },
  short: { zh: '查询经营主体', en: 'Look up a business' },
  hint: {
    zh: '可以直接粘贴从购物应用分享出来的整段文字，其中的链接会被识别。',
    en: 'You may paste the whole message that a shopping app shares: the link in it is found.',
  },
  button: { zh: '查询', en: 'Search' },
} as const satisfies Record<string, Text>

export const home = {
  title: { zh: '先查信用，再做交易', en: 'Know the business before you deal with it' },
  lead: {
    zh: '输入网店链接、网址、企业名称或统一社会信用代码，查看是谁在经营、年报是否按期公示，以及是否被列入经营异常名录或严重违法失信名单。',
    en: 'Enter a shop link, a site, a name or a unified social credit code to see who runs it, whether it published its annual reports in time, and whether it is on the abnormal-operation list or the serious-violator list.',
  },
  standings: { zh: '查询结果怎么看', en: 'What the answer means' },
  clear: {
    zh: '两个名单上都没有有效记录。这不是对其信用的担保。',
    en: 'No entry in force on either list. This is no guarantee of its conduct.',
  },
  abnormal: {
    zh: '例如未按期公示年度报告。履行义务并申请后可以移出。',
    en: 'For example, no annual report in time. It comes off when it does its duty and applies.',
  },
  'serious-violator': {
    zh: '因严重违法受到较重行政处罚等情形，受到联合惩戒。',
    en: 'For grave breaches of the law; agencies act on it jointly.',
  },
  doors: { zh: '还可以查看', en: 'Also here' },
  toWarnings: {
    zh: '最近被列入名单、仍在网上经营的主体',
    en: 'Sellers that were listed lately and still sell online',
  },
  toLists: { zh: '两个名单的全部有效记录，可筛选、订阅、下载', en: 'Both lists in full: filter, follow, download' },
  toStatistics: {
    zh: '按时间、事由、地区，以及年报率和亮照率',
    en: 'By time, ground and region; reporting and licence display',
  },
  toRulebook: { zh: '适用的法律条文、期限和措施，按日期查阅', en: 'Articles, deadlines and measures, as of any day' },
  toCases: { zh: '法律怎样适用：监管部门发布的案例', en: 'How the law is applied: cases published by the regulator' },
  toAbout: { zh: '信息来源、公示规则和核验办法', en: 'Sources, what is published, how to verify' },
  inside: { zh: '信用档案里有什么', en: 'What a credit file holds' },
  insideWho: {
    zh: '登记信息：名称、代码、类型、登记状态、登记机关',
    en: 'Registration: name, code, kind, status and authority',
  },
  insideLists: {
    zh: '名单记录：列入事由、法律依据、决定机关、决定文号、日期，以及如何移出和提出异议',
    en: 'List entries: ground, article, authority, decision number and day, how to come off and how to object',
  },
  insideSites: {
    zh: '填报的网站和网店，以及年度报告是否按期',
    en: 'Sites and shops it filed, and annual reports, on time or late',
  },
  partners: { zh: '部门和平台如何接入', en: 'For agencies and platforms' },
  partnersText: {
    zh: '协同部门可以按顺序读取名单的每一次变化；平台可以用公开接口核验入驻商家。',
    en: 'Partner agencies read every change of the lists in order; platforms check their sellers with the public API.',
  },
} as const satisfies Record<string, Text>

export const standing = {
  clear: { zh: '未列入名单', en: 'Not listed' },
  abnormal: { zh: '经营异常', en: 'Abnormal operation' },
  'serious-violator': { zh: '严重违法失信', en: 'Serious violator' },
} as const satisfies Record<string, Text>

/** What the standing says of a business on its own page. */
export const verdict = {
  clear: {
    zh: '目前未被列入经营异常名录或严重违法失信名单',
    en: 'Not on the abnormal-operation list or the serious-violator list',
  },
  abnormal: { zh: '已被列入经营异常名录', en: 'On the abnormal-operation list' },
  'abnormal-mark': { zh: '已被标记为经营异常状态', en: 'Marked as operating abnormally' },
  'serious-violator': { zh: '已被列入严重违法失信名单', en: 'On the serious-violator list' },
} as const satisfies Record<string, Text>

export const file = {
  standing: { zh: '当前状态', en: 'Present standing' },
  pastStanding: { zh: '当日状态', en: 'Standing' },
  asOf: { zh: '截至', en: 'As of' },
  clearNote: {
    zh: '只表示名单上没有有效记录，不是对其信用的担保。',
    en: 'It means that no entry is in force; it is no guarantee of its conduct.',
  },
  seeEntries: { zh: '查看列入记录和移出办法', en: 'See the entries and how to come off the list' },
  registration: { zh: '登记信息', en: 'Registration' },
  uscc: { zh: '统一社会信用代码', en: 'Unified social credit code' },
  registrationNumber: { zh: '注册号', en: 'Registration number' },
  formerNames: { zh: '曾用名', en: 'Former names' },
  entityType: { zh: '类型', en: 'Kind' },
  status: { zh: '登记状态', en: 'Registration status' },
  legalRepresentative: { zh: '法定代表人（负责人）', en: 'Legal representative' },
  operator: { zh: '经营者', en: 'Operator' },
  establishedOn: { zh: '成立日期', en: 'Established' },
  region: { zh: '登记地区', en: 'Region' },
  address: { zh: '住所（经营场所）', en: 'Address' },
  industryCode: { zh: '行业代码', en: 'Industry code' },
  registrationAuthority: { zh: '登记机关', en: 'Registration authority' },
  listings: { zh: '有效的名单记录', en: 'List entries in force' },
  pastListings: { zh: '已移出的名单记录', en: 'Past list entries' },
  ground: { zh: '列入事由', en: 'Ground' },
  article: { zh: '法律依据', en: 'Legal basis' },
  authority: { zh: '作出决定的机关', en: 'Deciding authority' },
  decisionNumber: { zh: '决定文号', en: 'Decision number' },
  listedOn: { zh: '列入日期', en: 'Entered on' },
  expiresOn: { zh: '期限届满', en: 'Term ends' },
  removedOn: { zh: '移出日期', en: 'Removed on' },
  removalReason: { zh: '移出事由', en: 'Reason for removal' },
  removalDecisionNumber: { zh: '移出决定文号', en: 'Removal decision number' },
  rulebook: { zh: '适用规则版本', en: 'Rulebook version' },
  leave: { zh: '如何移出', en: 'How to come off the list' },
  leaveMark: { zh: '如何恢复正常记载状态', en: 'How to have the mark lifted' },
  object: { zh: '如何提出异议', en: 'How to object' },
  webPresences: { zh: '网站和网店', en: 'Sites and shops' },
  noWebPresences: { zh: '没有填报过网站或网店。', en: 'It has filed no site or shop.' },
  webPresencesNote: {
    zh: '由经营主体在年度报告中填报。外部链接，请自行辨别。',
    en: 'As filed in its annual reports. These links lead to other sites; use your own judgement.',
  },
  morePresences: (all: number, shown: number): Text => ({
    zh: `共 ${all} 个，此处显示前 ${shown} 个，其余见 JSON 数据。`,
    en: `${shown} of ${all} are shown here; the JSON has the rest.`,
  }),
  moreRecords: (all: number, shown: number): Text => ({
    zh: `共 ${all} 条，此处显示最近 ${shown} 条，其余见 JSON 数据。`,
    en: `The ${shown} newest of ${all} are shown; the JSON has the rest.`,
  }),
  source: { zh: '来源', en: 'From' },
  confirmedOn: { zh: '最近确认', en: 'Last confirmed' },
  icpNumber: { zh: '备案号', en: 'ICP filing' },
  annualReports: { zh: '年度报告', en: 'Annual reports' },
  annualReportsCaption: {
    zh: '每年6月30日前公示上一年度报告',
    en: 'The report for a year is due by 30 June of the next',
  },
  noAnnualReports: { zh: '没有公示过年度报告。', en: 'It has published no annual report.' },
  year: { zh: '年度', en: 'Year' },
  publishedOn: { zh: '公示日期', en: 'Published on' },
  timeliness: { zh: '是否按期', en: 'In time' },
  onTime: { zh: '按期', en: 'On time' },
  late: { zh: '逾期', en: 'Late' },
  penalties: { zh: '行政处罚', en: 'Penalties' },
  honours: { zh: '荣誉', en: 'Honours' },
  sanctions: { zh: '联合惩戒措施', en: 'Joint sanctions' },
  decidedOn: { zh: '决定日期', en: 'Decided on' },
  kind: { zh: '种类', en: 'Kind' },
  offence: { zh: '违法行为类型', en: 'What was punished' },
  honour: { zh: '荣誉名称', en: 'Honour' },
  awardedBy: { zh: '授予机关', en: 'Awarded by' },
  amount: { zh: '金额', en: 'Amount' },
  publishedUntil: { zh: '公示至', en: 'Published until' },
  awardedOn: { zh: '授予日期', en: 'Awarded on' },
  validUntil: { zh: '有效期至', en: 'Valid until' },
  agency: { zh: '实施机关', en: 'Agency' },
  sanctionsCaption: {
    zh: '由列入名单引起、由各部门依法采取的措施；移出后解除',
    en: 'Measures that agencies take by law because of an entry; lifted when the entry ends',
  },
  measure: { zh: '措施', en: 'Measure' },
  whileListed: { zh: '在列期间', en: 'While it is listed' },
  imposedOn: { zh: '开始日期', en: 'Imposed on' },
  until: { zh: '截止日期', en: 'Until' },
} as const

export const list = {
  abnormal: { zh: '经营异常名录', en: 'Abnormal-operation list' },
  'serious-violator': { zh: '严重违法失信名单', en: 'Serious-violator list' },
  mark: { zh: '经营异常状态', en: 'Mark of abnormal operation' },
} as const satisfies Record<string, Text>

export const entityType = {
  enterprise: { zh: '企业', en: 'Enterprise' },
  'individual-business': { zh: '个体工商户', en: 'Individual business' },
  'farmer-cooperative': { zh: '农民专业合作社', en: 'Farmers’ cooperative' },
  branch: { zh: '分支机构', en: 'Branch' },
} as const satisfies Record<string, Text>

export const subjectStatus = {
  active: { zh: '存续', en: 'Active' },
  suspended: { zh: '歇业', en: 'Suspended' },
  revoked: { zh: '吊销', en: 'Licence revoked' },
  cancelled: { zh: '注销', en: 'Deregistered' },
  'moved-out': { zh: '迁出', en: 'Moved out' },
} as const satisfies Record<string, Text>

/** What a reader must know of a business that no longer operates here, whatever the lists say. */
export const statusWarning = {
  suspended: { zh: '该主体已办理歇业。', en: 'This business has suspended its operation.' },
  revoked: { zh: '该主体的营业执照已被吊销。', en: 'The licence of this business has been revoked.' },
  cancelled: { zh: '该主体已注销，不再存在。', en: 'This business has been deregistered and no longer exists.' },
  'moved-out': { zh: '该主体已迁出，由其他登记机关管辖。', en: 'This business has moved to another authority.' },
} as const satisfies Record<string, Text>

export const webPresenceKind = {
  website: { zh: '网站', en: 'Website' },
  shop: { zh: '网店', en: 'Shop' },
  app: { zh: '应用', en: 'App' },
  'mini-program': { zh: '小程序', en: 'Mini program' },
  'social-account': { zh: '社交账号', en: 'Social account' },
  'live-stream': { zh: '直播间', en: 'Live stream' },
} as const satisfies Record<string, Text>

export const webPresenceStatus = {
  active: { zh: '在用', en: 'In use' },
  unreachable: { zh: '无法访问', en: 'Unreachable' },
  disputed: { zh: '有其他主体填报同一网址', en: 'Also claimed by another business' },
  retired: { zh: '已停用', en: 'No longer used' },
} as const satisfies Record<string, Text>

/** Where a site or shop is known from; a source that came later than these texts shows its code. */
export const webPresenceSource: Readonly<Record<string, Text>> = {
  'annual-report': { zh: '年度报告', en: 'annual report' },
  'icp-filing': { zh: 'ICP备案', en: 'ICP filing' },
  'icp-filings': { zh: 'ICP备案', en: 'ICP filing' },
  platform: { zh: '平台报送', en: 'platform' },
  'platform-seller': { zh: '平台报送', en: 'platform' },
  'platform-sellers': { zh: '平台报送', en: 'platform' },
  'web-check': { zh: '网络核查', en: 'web check' },
}

export const licenceDisplay = {
  displayed: { zh: '已亮照', en: 'Licence displayed' },
  missing: { zh: '未亮照', en: 'Licence not displayed' },
  unchecked: { zh: '亮照未检查', en: 'Licence not checked' },
} as const satisfies Record<string, Text>

export const results = {
  title: { zh: '查询结果', en: 'Search results' },
  caption: (count: number, hasMore: boolean): Text => ({
    zh: hasMore
      ? '最相近的主体，每页20个，按相近程度排列。输入更完整的名称可以缩小范围。'
      : `找到 ${count} 个主体，按相近程度排列。`,
    en: hasMore
      ? 'The closest first, 20 on a page. Type more of the name to narrow the search.'
      : `${count} ${count === 1 ? 'business' : 'businesses'} found, closest first.`,
  }),
  pages: { zh: '分页', en: 'Pages' },
  firstPage: { zh: '回到第一页', en: 'Back to the first page' },
  nextPage: { zh: '下一页', en: 'Next page' },
  ask: {
    zh: '请输入要查询的名称、代码、网址或链接。',
    en: 'Enter the name, code, site or link to look up.',
  },
  tooLong: {
    zh: '查询内容太长：名称最多200个字。如果要查网店，请粘贴含有链接的文字。',
    en: 'That is too long for a name (200 characters at most). To look up a shop, paste text with its link in it.',
  },
  none: { zh: '没有找到', en: 'Nothing found for' },
  similar: {
    zh: '没有主体填报过这个网址。以下是名称相近的主体：',
    en: 'No business has filed this address. These have similar names:',
  },
  noneHead: { zh: '可以这样再试：', en: 'What you can try:' },
  tips: [
    {
      zh: '只输入名称中最有特点的两三个字，例如字号，不带“有限公司”。',
      en: 'Type only the two or three most distinctive characters of the name, without 有限公司.',
    },
    {
      zh: '查网店时粘贴店铺首页的完整链接；平台首页和商品页不代表某一家店。',
      en: 'For a shop, paste the full link of its front page; the page of a platform or an article is no single shop.',
    },
    {
      zh: '网店的“证照信息”或“亮照”页面上有经营者的统一社会信用代码。',
      en: 'The licence page of a shop shows the unified social credit code of who runs it.',
    },
  ],
  withoutCode: { zh: '尚无统一社会信用代码，没有信用档案', en: 'No unified social credit code yet, so no credit file' },
  region: { zh: '行政区划', en: 'Region' },
  matched: {
    uscc: { zh: '代码相符', en: 'by code' },
    'registration-number': { zh: '注册号相符', en: 'by registration number' },
    name: { zh: '名称相近', en: 'by name' },
    'former-name': { zh: '曾用名相近', en: 'by a former name' },
    'shop-name': { zh: '网站或网店名称相近', en: 'by the name of a site or shop' },
    url: { zh: '网址相符', en: 'by address' },
  },
} as const

export const feed = {
  title: { zh: '名单变化的数据共享', en: 'The feed of changes' },
  lead: {
    zh: '每一次列入、移出、撤销、更正，以及登记信息的每一次变化，都是日志中的一个事件。协同部门可以从任意位置开始按顺序读取，不会遗漏，中断后可以接着读。',
    en: 'Every entry, removal, revocation and correction, and every change of a registration, is one event of a log. Partner agencies read it in order from any position; nothing is missed, and after a break they go on where they stopped.',
  },
  head: { zh: '日志最新位置', en: 'Newest position of the log' },
  keyTitle: { zh: '一、取得密钥', en: '1. Get a key' },
  key: {
    zh: '共享接口需要具有 feed 权限的密钥，由运营方签发给协同部门，只显示一次。办法见',
    en: 'The feed takes a key with the scope feed. The operator issues it to a partner agency and shows it once. How:',
  },
  callTitle: { zh: '二、一分钟内完成首次调用', en: '2. The first call in a minute' },
  call: {
    zh: '把 <密钥> 换成您的密钥，读取最早的 10 个事件：',
    en: 'Put your key in the place of <key> to read the first 10 events:',
  },
  placeholder: { zh: '<密钥>', en: '<key>' },
  typescript: {
    zh: '客户端在本项目 clients/typescript，类型由接口文档生成；其中的 ListMirror 在内存中保存一份随时更新的名单。',
    en: 'The client is in clients/typescript of this project, with types from the API document; its ListMirror keeps an up-to-date copy of the lists in memory.',
  },
  thenTitle: { zh: '三、然后这样读下去', en: '3. And on from there' },
  then: [
    {
      zh: '应答中的 next 就是下一次调用的 after。把它和处理结果一起保存，中断后从那里继续。',
      en: 'The answer’s next is the after of the next call. Keep it with your results and go on from it after a break.',
    },
    {
      zh: '读到最新位置后加上 wait=30：有新事件时立即应答，最长等待 30 秒。',
      en: 'At the head, add wait=30: the call answers as soon as there is an event, after 30 seconds at the latest.',
    },
    {
      zh: '同一事件可能读到两次，请按位置（sequence）去重。',
      en: 'An event may be read twice; tell by its position (sequence).',
    },
    {
      zh: '每个事件带有与前一事件相连的哈希（hash），可以证明没有被改动或遗漏。',
      en: 'Each event carries a hash over the one before, which proves that nothing was altered or left out.',
    },
    {
      zh: '可以用 types、lists、regionCode 只读取需要的事件。',
      en: 'With types, lists and regionCode you read only the events that you need.',
    },
  ],
  checkpointTitle: { zh: '检查点', en: 'Checkpoint' },
  checkpoint: {
    zh: '日志最新位置及其哈希，由本服务签名。请自行留存：日后日志若被改写，一对便知。',
    en: 'The newest position of the log and its hash, signed by this service. Keep it: a log that is rewritten later no longer fits it.',
  },
  position: { zh: '位置', en: 'Position' },
  hash: { zh: '哈希', en: 'Hash' },
  signedAt: { zh: '签名时间', en: 'Signed at' },
  signature: { zh: '签名（JWS）', en: 'Signature (JWS)' },
  verify: {
    zh: '用 npx xinjian verify-feed 或任何 JWS 库验证。公钥：',
    en: 'Verify it with npx xinjian verify-feed or any JWS library. Public keys:',
  },
  more: {
    zh: '全部参数和事件格式见接口文档',
    en: 'All parameters and the form of events are in the API documentation',
  },
} as const

export const problem = {
  status: { zh: '状态码', en: 'Status' },
  code: { zh: '问题代码', en: 'Problem code' },
  requestId: { zh: '请求编号', en: 'Request id' },
  explained: {
    zh: '接口的错误应答以此代码说明原因。',
    en: 'The API answers with this code when it refuses a call for this reason.',
  },
} as const satisfies Record<string, Text>
