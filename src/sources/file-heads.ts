/** Column heads of the official forms and the words in their cells, as data (contract section 6). */

/** How the text of a cell becomes a value of the record. */
export type CellKind = 'text' | 'day' | 'instant' | 'year' | 'flag' | 'integer' | 'yuan' | 'ten-thousand-yuan' | Words

/** Words of a form with what they mean: the first that the cell, without spaces and brackets, is or matches. */
export type Words = readonly (readonly [string | RegExp, string])[]

export interface Column {
  /** Field of the record; `webPresences.url` is one of a list that several rows make. */
  field: string
  kind: CellKind
  /** Other heads under which the column is known, the usual one first. */
  heads: readonly string[]
}

export interface Form {
  columns: readonly Column[]
  /** Fields without which a table cannot be read; of several in one entry one is enough. */
  necessary: readonly (readonly string[])[]
  /** Fields whose values, in this order, name the record where the table has no `sourceId`; alternatives in an entry. */
  sourceId: readonly (readonly string[])[]
}

const entityTypes: Words = [
  ['企业', 'enterprise'],
  ['个体', 'individual-business'],
  [/^个体工商户/, 'individual-business'],
  [/分公司|分支机构|分厂|分店|分社/, 'branch'],
  [/合作社/, 'farmer-cooperative'],
  [/公司|企业|合伙|独资|所有制|股份合作|联营/, 'enterprise'],
]

/** 登记状态 of the National Enterprise Credit Information Publicity System. 停业 and 撤销 are no such state and stay as they are. */
const subjectStatuses: Words = [
  [/^(存续|在营|开业|在业|在册|正常|登记成立|确立)/, 'active'],
  ['歇业', 'suspended'],
  [/^吊销.*已注销$/, 'cancelled'],
  [/^(已)?吊销/, 'revoked'],
  [/^(已)?注销/, 'cancelled'],
  [/^(已)?迁(出|移)/, 'moved-out'],
]

const webPresenceKinds: Words = [
  [/^(网站|网页|自建网站|官网)$/, 'website'],
  [/^(网店|网上店铺|网络店铺|店铺)$/, 'shop'],
  [/^(app|应用|移动应用|手机应用|客户端)$/i, 'app'],
  [/小程序$/, 'mini-program'],
  [/公众号$|^(社交账号|社交媒体账号|自媒体账号)$/, 'social-account'],
  [/^(网络)?直播(间|账号)?$/, 'live-stream'],
]

/** 备案状态. */
const filingStatuses: Words = [
  [/^(有效|正常|已备案|备案有效|存续)$/, 'active'],
  [/^(已)?(注销|取消|失效)$/, 'cancelled'],
]

const sourceId: Column = { field: 'sourceId', kind: 'text', heads: ['记录编号', '数据编号', '记录ID'] }
/** Not 核准日期: a register's approval of a change is older than much that the record says, such as a revocation. */
const updatedAt: Column = {
  field: 'updatedAt',
  kind: 'instant',
  heads: ['更新时间', '更新日期', '数据更新时间', '最后更新时间'],
}
const uscc: Column = {
  field: 'uscc',
  kind: 'text',
  heads: [
    '统一社会信用代码',
    '社会信用代码',
    '信用代码',
    '统一代码',
    '统一社会信用代码/注册号',
    '注册号/统一社会信用代码',
    '统一社会信用代码或注册号',
  ],
}
const text = (field: string, ...heads: string[]): Column => ({ field, kind: 'text', heads })
const day = (field: string, ...heads: string[]): Column => ({ field, kind: 'day', heads })

const nameHeads = [
  '企业名称',
  '名称',
  '主体名称',
  '市场主体名称',
  '经营主体名称',
  '个体工商户名称',
  '农民专业合作社名称',
  '企业名称/个体工商户名称',
  '单位名称',
]

/** The collections of contract section 6, as tables. */
export const forms = {
  subjects: {
    columns: [
      sourceId,
      updatedAt,
      uscc,
      text('registrationNumber', '注册号', '工商注册号', '营业执照注册号', '登记注册号'),
      text('name', ...nameHeads, '字号名称'),
      text('formerNames', '曾用名', '曾用名称', '历史名称'),
      {
        field: 'entityType',
        kind: entityTypes,
        heads: ['主体类型', '市场主体类型', '经营主体类型', '企业类型', '企业(机构)类型', '类型'],
      },
      {
        field: 'status',
        kind: subjectStatuses,
        heads: ['登记状态', '经营状态', '企业状态', '主体状态', '市场主体状态', '状态'],
      },
      text(
        'legalRepresentative',
        '法定代表人',
        '法定代表人姓名',
        '法定代表人(负责人)',
        '法定代表人/负责人',
        '负责人',
        '经营者',
        '经营者姓名',
        '执行事务合伙人',
        '投资人',
      ),
      day('establishedOn', '成立日期', '成立时间', '注册日期', '设立日期'),
      text('regionCode', '行政区划代码', '区划代码', '所属行政区划代码', '行政区划', '地区代码'),
      text('address', '住所', '住所(经营场所)', '地址', '注册地址', '经营场所', '主要经营场所', '住址'),
      text('industryCode', '行业代码', '国民经济行业代码', '行业门类代码'),
      text('registrationAuthority', '登记机关', '登记机关名称'),
      text('province', '省', '省份', '所属省份'),
      text('city', '市', '城市', '地市', '所属城市'),
    ],
    necessary: [['uscc', 'registrationNumber'], ['name'], ['entityType'], ['status'], ['regionCode']],
    sourceId: [['uscc', 'registrationNumber']],
  },
  'annual-reports': {
    columns: [
      sourceId,
      updatedAt,
      uscc,
      text('name', ...nameHeads),
      { field: 'year', kind: 'year', heads: ['年度', '年报年度', '报告年度', '报送年度', '年份', '年报年份'] },
      day('publishedOn', '公示日期', '公示时间', '发布日期', '发布时间', '年报日期', '年报公示日期', '报送日期'),
      text('webPresences'),
      {
        field: 'webPresences.kind',
        kind: webPresenceKinds,
        heads: ['类型', 'kind', '网站或网店类型', '网站(网店)类型', '网站/网店类型', '网站网店类型', '类别'],
      },
      text(
        'webPresences.name',
        '网站或网店名称',
        '网站(网店)名称',
        '网站/网店名称',
        '网站网店名称',
        '网站名称',
        '网店名称',
        'siteName',
      ),
      text(
        'webPresences.url',
        '网址',
        'url',
        '网站或网店网址',
        '网站(网店)网址',
        '网站/网店网址',
        '网站网店网址',
        '网站地址',
        '网店地址',
        '链接',
      ),
    ],
    necessary: [['uscc'], ['name'], ['year'], ['publishedOn'], ['webPresences', 'webPresences.url']],
    sourceId: [['uscc'], ['year']],
  },
  'icp-filings': {
    columns: [
      sourceId,
      updatedAt,
      text(
        'icpNumber',
        '备案号',
        '网站备案号',
        'ICP备案号',
        '网站备案/许可证号',
        'ICP备案/许可证号',
        'ICP备案/许可证编号',
        '备案/许可证号',
        '服务备案号',
      ),
      text('host', '域名', '网站域名', '网站首页网址', '首页网址', '网址'),
      text('siteName', '网站名称', '服务名称', '网站(服务)名称'),
      text('ownerName', '主办单位名称', '主办单位', '主办者名称', '主办者', '备案主体', '备案主体名称'),
      text('ownerUscc', '主办单位统一社会信用代码', ...uscc.heads, '主办单位证件号码', '证件号码'),
      day('filedOn', '备案日期', '审核通过日期', '审核通过时间', '审核日期', '审核时间', '备案时间'),
      { field: 'status', kind: filingStatuses, heads: ['备案状态', '状态'] },
    ],
    necessary: [['icpNumber'], ['host'], ['siteName'], ['ownerName'], ['filedOn'], ['status']],
    sourceId: [['icpNumber'], ['host']],
  },
  penalties: {
    columns: [
      sourceId,
      updatedAt,
      { ...uscc, heads: [...uscc.heads, '行政相对人统一社会信用代码', '行政相对人代码_1'] },
      text(
        'decisionNumber',
        '行政处罚决定书文号',
        '处罚决定书文号',
        '决定书文号',
        '行政处罚决定文书号',
        '处罚文书号',
        '文号',
      ),
      text('authority', '处罚机关', '作出处罚决定机关', '作出行政处罚决定机关', '处罚决定机关', '处罚单位'),
      text('ground', '违法行为类型', '处罚事由', '违法行为', '违法事实', '主要违法事实'),
      text('kind', '处罚种类', '处罚类别', '行政处罚种类', '处罚内容', '行政处罚内容'),
      { field: 'amountFen', kind: 'integer', heads: ['罚款金额(分)'] },
      { field: 'amountFen', kind: 'yuan', heads: ['罚款金额(元)', '罚没金额(元)', '处罚金额(元)'] },
      {
        field: 'amountFen',
        kind: 'ten-thousand-yuan',
        heads: ['罚款金额(万元)', '罚没金额(万元)', '处罚金额(万元)'],
      },
      day('decidedOn', '处罚决定日期', '作出处罚决定日期', '作出行政处罚决定日期', '决定日期', '处罚日期'),
      { field: 'severe', kind: 'flag', heads: ['是否情节严重', '情节严重', '是否严重', '是否严重违法'] },
    ],
    necessary: [['uscc'], ['decisionNumber'], ['authority'], ['ground'], ['kind'], ['decidedOn'], ['severe']],
    sourceId: [['uscc'], ['decisionNumber']],
  },
  'platform-sellers': {
    columns: [
      sourceId,
      updatedAt,
      text('platform', '平台', '平台名称', '平台代码', '电商平台', '电子商务平台名称', '网络交易平台名称'),
      text('shopId', '店铺编号', '店铺ID', '网店编号', '网店ID', '商铺编号', '店铺标识', '网店标识'),
      text('shopName', '店铺名称', '网店名称', '商铺名称', '网站或网店名称'),
      text('shopUrl', '店铺网址', '店铺链接', '网店网址', '网店链接', '网址', '链接'),
      uscc,
      text('name', '经营者名称', '平台内经营者名称', ...nameHeads),
      day('reportedOn', '报送日期', '报送时间', '上报日期'),
    ],
    necessary: [['platform'], ['shopId'], ['shopName'], ['shopUrl'], ['name'], ['reportedOn']],
    sourceId: [['platform'], ['shopId']],
  },
} as const satisfies Record<string, Form>

export type FormName = keyof typeof forms

/** A head without what forms put around it: spaces, asterisks, quotes, a colon; in half-width characters. */
function normaliseHead(head: string): string {
  return head
    .normalize('NFKC')
    .replace(/[\s*※"'“”:\ufeff]/g, '')
    .toLowerCase()
}

/** Without brackets and what is in them, which explain (选填) or give a unit. */
const withoutBrackets = (head: string) => head.replace(/\([^()]*\)|\[[^[\]]*\]|【[^【】]*】|〔[^〔〕]*〕/g, '')

/** The column that a head names in this form: a field name of the contract or a head of an official form; else null. */
export function columnOf(form: Form, head: string): Column | null {
  const written = normaliseHead(head)
  if (written === '') return null
  for (const name of [written, withoutBrackets(written)]) {
    const found = form.columns.find(
      ({ field, heads }, i) =>
        // Of columns for the same field the field's own name means the first.
        (field.toLowerCase() === name && form.columns.findIndex((other) => other.field === field) === i) ||
        heads.some((known) => normaliseHead(known) === name),
    )
    if (found !== undefined) return found
  }
  return null
}

/** Fields that a table with these columns lacks, each as `field (head)`; alternatives joined by `or`. */
export function missingFields(form: Form, columns: readonly (Column | null)[]): string[] {
  const present = new Set(columns.map((column) => column?.field))
  return form.necessary
    .filter((alternatives) => !alternatives.some((field) => present.has(field)))
    .map((alternatives) => alternatives.map((field) => describe(form, field)).join(' or '))
}

function describe(form: Form, field: string): string {
  const [head] = form.columns.find((column) => column.field === field)?.heads ?? []
  return head === undefined ? field : `${field} (${head})`
}
