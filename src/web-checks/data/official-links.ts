/**
 * Where a link on a home page leads when it is the mark of a business's licence data (电子链接标识, 电子商务法 art 15): the
 * market regulators' own sites. The front page of such a site identifies nobody, so a path or a query is asked for.
 * Evidence: seen in the footers of sites, no list of them is published; a new one is a row. `host` stands for all below it.
 */
export interface OfficialLink {
  host: string
  authority: string
  path: RegExp
}

export const officialLinks: readonly OfficialLink[] = [
  { host: 'zzlz.gsxt.gov.cn', authority: '国家市场监督管理总局电子营业执照亮照系统', path: /\/businessCheck\// },
  { host: 'gsxt.gov.cn', authority: '国家企业信用信息公示系统', path: /\/(?:%7B|\{|corp|affiche|businessCheck)/i },
  { host: 'wap.scjgj.sh.gov.cn', authority: '上海市市场监督管理局', path: /\/businessCheck\// },
  { host: 'szcert.ebs.org.cn', authority: '深圳市市场监督管理局', path: /^\/[\w-]{8,}/ },
  { host: 'idinfo.zjamr.zj.gov.cn', authority: '浙江省市场监督管理局', path: /\/bscx\.do/ },
  { host: 'scjgj.gov.cn', authority: '市场监督管理局', path: /\/businessCheck\// },
]

/** Market regulators of provinces and cities keep this label: `wap.scjgj.<province>.gov.cn`. */
export function isRegulatorHost(host: string): boolean {
  return host.endsWith('.gov.cn') && host.split('.').some((label) => regulatorLabels.has(label))
}
const regulatorLabels = new Set(['scjgj', 'scjg', 'amr', 'aic'])

/** What tells the page of one business on a regulator's site from its other pages. */
export const regulatorPath = /businessCheck|verifKey|lzxx|licen[cs]e/i
