import type { Text } from '../../platform/language.ts'

/** The texts of the pages of the lists and of the consumer warnings. */
export const lists = {
  title: { zh: '名单', en: 'The two lists' },
  lead: {
    zh: '两个名单由市场监督管理部门依法作出决定并公示。每条记录都写明列入事由、法律依据、决定机关和文号。',
    en: 'Market regulators decide and publish both lists by law. Each entry states its ground, article, deciding authority and decision number.',
  },
  about: {
    abnormal: {
      zh: '没有按期公示年度报告、公示信息弄虚作假或者通过登记的住所无法联系等情形。履行义务后可以申请移出。',
      en: 'No annual report in time, false information published, or unreachable at the registered address. A business that does its duty may apply to come off.',
    },
    'serious-violator': {
      zh: '因严重违法受到较重行政处罚等情形。列入期间各部门依法实施联合惩戒。',
      en: 'Grave breaches of the law that were punished severely. While the entry lasts, agencies apply measures jointly.',
    },
  },
  inForce: { zh: '有效记录', en: 'Entries in force' },
  open: { zh: '查看名单', en: 'Open the list' },
  filter: { zh: '筛选', en: 'Filter' },
  apply: { zh: '筛选', en: 'Apply' },
  reset: { zh: '清除筛选', en: 'Clear filters' },
  q: { zh: '名称的一部分或代码', en: 'Part of a name, or a code' },
  region: { zh: '行政区划代码（前2至6位）', en: 'Region code (first 2 to 6 digits)' },
  ground: { zh: '列入事由', en: 'Ground' },
  status: { zh: '状态', en: 'Status' },
  any: { zh: '全部', en: 'Any' },
  listedFrom: { zh: '列入日期 从', en: 'Entered from' },
  listedTo: { zh: '列入日期 至', en: 'Entered to' },
  caption: { zh: '按列入日期从新到旧排列', en: 'Newest entries first' },
  business: { zh: '经营主体', en: 'Business' },
  authority: { zh: '决定机关、文号', en: 'Authority and decision' },
  listedOn: { zh: '列入日期', en: 'Entered on' },
  expiresOn: { zh: '至', en: 'until' },
  none: { zh: '没有符合条件的记录。', en: 'No entry fits.' },
  next: { zh: '下一页', en: 'Next page' },
  first: { zh: '回到第一页', en: 'Back to the first page' },
  pages: { zh: '分页', en: 'Pages' },
  take: { zh: '订阅和下载', en: 'Follow and download' },
  csv: { zh: 'CSV 表格', en: 'CSV table' },
  csvNote: (rows: number): Text => ({
    zh: `CSV 含最新的 ${rows} 条；更多请缩小筛选范围，或使用数据共享的全量快照。`,
    en: `The CSV has the newest ${rows} entries; narrow the filter for others, or take a full snapshot from the feed.`,
  }),
  statuses: {
    'in-force': { zh: '有效', en: 'In force' },
    removed: { zh: '已移出', en: 'Removed' },
  },
  feedOf: {
    abnormal: { zh: '经营异常名录：新列入', en: 'Abnormal-operation list: new entries' },
    'serious-violator': { zh: '严重违法失信名单：新列入', en: 'Serious-violator list: new entries' },
  },
  feedDescription: {
    zh: '新近列入名单的经营主体，附事由和法律依据。',
    en: 'Businesses that were entered lately, each with its ground and article.',
  },
} as const

/** Heads of the CSV, in the order of its columns. */
export const csvHeads = {
  uscc: { zh: '统一社会信用代码', en: 'uscc' },
  name: { zh: '名称', en: 'name' },
  regionCode: { zh: '行政区划', en: 'regionCode' },
  groundCode: { zh: '列入事由代码', en: 'groundCode' },
  ground: { zh: '列入事由', en: 'ground' },
  article: { zh: '法律依据', en: 'article' },
  authority: { zh: '作出决定的机关', en: 'authority' },
  decisionNumber: { zh: '决定文号', en: 'decisionNumber' },
  listedOn: { zh: '列入日期', en: 'listedOn' },
  status: { zh: '状态', en: 'status' },
  expiresOn: { zh: '期限届满', en: 'expiresOn' },
  removedOn: { zh: '移出日期', en: 'removedOn' },
  removalReason: { zh: '移出事由', en: 'removalReason' },
} as const satisfies Record<string, Text>

export const warnings = {
  title: { zh: '消费警示', en: 'Consumer warnings' },
  lead: (days: number): Text => ({
    zh: `最近 ${days} 天内被列入名单、并且有网站或网店仍在使用的经营主体。下单前请先核对。`,
    en: `Businesses that were entered on a list within the last ${days} days and have a site or shop in use. Check before you order.`,
  }),
  none: { zh: '没有符合条件的经营主体。', en: 'There is none.' },
  sells: { zh: '在用的网站和网店', en: 'Sites and shops in use' },
  more: { zh: '更多', en: 'More of these' },
  listedOn: { zh: '列入', en: 'Entered' },
  followSerious: { zh: '订阅严重违法失信名单', en: 'Follow the serious-violator list' },
  followAbnormal: { zh: '订阅经营异常名录', en: 'Follow the abnormal-operation list' },
} as const
