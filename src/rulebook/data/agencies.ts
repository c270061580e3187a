import type { Agency, Memorandum } from '../rulebook.ts'

type Row = [code: string, name: string, english: string, nameIn2015: string | null, ...shortNames: string[]]

/**
 * The 38 bodies that signed 发改财金〔2015〕2045号, in its order (rulebook section 5). Those that exist no more keep their
 * row, so that what was addressed to them leads to who took over.
 */
// prettier-ignore
const signatories: readonly Row[] = [
  ['ndrc', '国家发展和改革委员会', 'National Development and Reform Commission', '国家发展和改革委员会', '国家发展改革委', '国家发改委', '发展改革委', '发改委'],
  ['saic', '国家工商行政管理总局', 'State Administration for Industry and Commerce', '国家工商行政管理总局', '工商总局'],
  ['civilization-office', '中央精神文明建设指导委员会办公室', 'Office of the Central Commission for Guiding Cultural and Ethical Progress', '中央精神文明建设指导委员会办公室', '中央文明办', '文明办'],
  ['spc', '最高人民法院', "Supreme People's Court", '最高人民法院', '最高法', '法院'],
  ['moe', '教育部', 'Ministry of Education', '教育部'],
  ['miit', '工业和信息化部', 'Ministry of Industry and Information Technology', '工业和信息化部', '工信部'],
  ['mps', '公安部', 'Ministry of Public Security', '公安部'],
  ['moj', '司法部', 'Ministry of Justice', '司法部'],
  ['mof', '财政部', 'Ministry of Finance', '财政部'],
  ['mohrss', '人力资源和社会保障部', 'Ministry of Human Resources and Social Security', '人力资源和社会保障部', '人力资源社会保障部', '人社部'],
  ['mlr', '国土资源部', 'Ministry of Land and Resources', '国土资源部', '国土部'],
  ['mep', '环境保护部', 'Ministry of Environmental Protection', '环境保护部', '环保部'],
  ['mohurd', '住房和城乡建设部', 'Ministry of Housing and Urban-Rural Development', '住房和城乡建设部', '住房城乡建设部', '住建部'],
  ['mot', '交通运输部', 'Ministry of Transport', '交通运输部', '交通部'],
  ['mwr', '水利部', 'Ministry of Water Resources', '水利部'],
  ['moa', '农业部', 'Ministry of Agriculture', '农业部'],
  ['mofcom', '商务部', 'Ministry of Commerce', '商务部'],
  ['moc', '文化部', 'Ministry of Culture', '文化部'],
  ['nhfpc', '国家卫生和计划生育委员会', 'National Health and Family Planning Commission', '国家卫生和计划生育委员会', '国家卫生计生委', '卫生计生委', '卫计委'],
  ['pbc', '中国人民银行', "People's Bank of China", '中国人民银行', '人民银行', '央行'],
  ['sasac', '国务院国有资产监督管理委员会', 'State-owned Assets Supervision and Administration Commission', '国务院国有资产监督管理委员会', '国务院国资委', '国资委'],
  ['gacc', '海关总署', 'General Administration of Customs', '海关总署', '海关'],
  ['sta', '国家税务总局', 'State Taxation Administration', '国家税务总局', '税务总局'],
  ['aqsiq', '国家质量监督检验检疫总局', 'General Administration of Quality Supervision, Inspection and Quarantine', '国家质量监督检验检疫总局', '质检总局'],
  ['sapprft', '国家新闻出版广电总局', 'State Administration of Press, Publication, Radio, Film and Television', '国家新闻出版广电总局', '新闻出版广电总局'],
  ['saws', '国家安全生产监督管理总局', 'State Administration of Work Safety', '国家安全生产监督管理总局', '安全监管总局', '安监总局'],
  ['cfda', '国家食品药品监督管理总局', 'China Food and Drug Administration', '国家食品药品监督管理总局', '食品药品监管总局', '食药监总局'],
  ['sfa', '国家林业局', 'State Forestry Administration', '国家林业局', '林业局'],
  ['cnta', '国家旅游局', 'China National Tourism Administration', '国家旅游局', '旅游局'],
  ['cac', '国家互联网信息办公室', 'Cyberspace Administration of China', '国家互联网信息办公室', '国家网信办', '网信办'],
  ['cbrc', '中国银行业监督管理委员会', 'China Banking Regulatory Commission', '中国银行业监督管理委员会', '银监会'],
  ['csrc', '中国证券监督管理委员会', 'China Securities Regulatory Commission', '中国证券监督管理委员会', '证监会'],
  ['circ', '中国保险监督管理委员会', 'China Insurance Regulatory Commission', '中国保险监督管理委员会', '保监会'],
  ['nra', '国家铁路局', 'National Railway Administration', '国家铁路局', '铁路局'],
  ['caac', '中国民用航空局', 'Civil Aviation Administration of China', '中国民用航空局', '民航局'],
  ['spb', '国家邮政局', 'State Post Bureau', '国家邮政局', '邮政局'],
  ['ncha', '国家文物局', 'National Cultural Heritage Administration', '国家文物局', '文物局'],
  ['acftu', '中华全国总工会', 'All-China Federation of Trade Unions', '中华全国总工会', '全国总工会', '总工会'],
]

/** Who took over from them in the reforms of 2018 and 2023; the first that names a body is who is addressed in its place. */
// prettier-ignore
const successors: readonly { row: Row; of: readonly string[] }[] = [
  { row: ['samr', '国家市场监督管理总局', 'State Administration for Market Regulation', null, '市场监管总局', '市监总局', '市场监督管理局', '市场监管局'], of: ['saic', 'aqsiq', 'cfda'] },
  { row: ['nmpa', '国家药品监督管理局', 'National Medical Products Administration', null, '国家药监局', '药监局'], of: ['cfda'] },
  { row: ['mnr', '自然资源部', 'Ministry of Natural Resources', null], of: ['mlr'] },
  { row: ['mee', '生态环境部', 'Ministry of Ecology and Environment', null], of: ['mep'] },
  { row: ['mara', '农业农村部', 'Ministry of Agriculture and Rural Affairs', null], of: ['moa'] },
  { row: ['mct', '文化和旅游部', 'Ministry of Culture and Tourism', null, '文旅部'], of: ['moc', 'cnta'] },
  { row: ['nhc', '国家卫生健康委员会', 'National Health Commission', null, '国家卫健委', '卫健委'], of: ['nhfpc'] },
  { row: ['nrta', '国家广播电视总局', 'National Radio and Television Administration', null, '广电总局'], of: ['sapprft'] },
  { row: ['nppa', '国家新闻出版署', 'National Press and Publication Administration', null, '新闻出版署'], of: ['sapprft'] },
  { row: ['mem', '应急管理部', 'Ministry of Emergency Management', null, '应急部'], of: ['saws'] },
  { row: ['nfga', '国家林业和草原局', 'National Forestry and Grassland Administration', null, '国家林草局', '林草局'], of: ['sfa'] },
  { row: ['cbirc', '中国银行保险监督管理委员会', 'China Banking and Insurance Regulatory Commission', null, '银保监会'], of: ['cbrc', 'circ'] },
  { row: ['nfra', '国家金融监督管理总局', 'National Financial Regulatory Administration', null, '金融监管总局'], of: ['cbirc'] },
]

const agencyOf = (row: Row, successorOf: readonly string[], evidence: string): Agency => {
  const [code, zh, en, nameIn2015, ...shortNames] = row
  return { code, name: { zh, en }, nameIn2015, shortNames, successorOf, evidence }
}

export const agencies: readonly Agency[] = [
  ...signatories.map((row) => agencyOf(row, [], '2nd')),
  ...successors.map(({ row, of }) => agencyOf(row, of, 'own-H')),
]

export const memoranda: readonly Memorandum[] = [
  {
    code: 'I-2045',
    title: {
      zh: '失信企业协同监管和联合惩戒合作备忘录',
      en: 'Memorandum on Joint Supervision and Joint Sanctions of Dishonest Enterprises',
    },
    number: '发改财金〔2015〕2045号',
    lists: ['abnormal', 'serious-violator'],
    signatories: signatories.map(([code]) => code),
    from: '2015-09-01',
    // Never repealed as far as known; since 国办发〔2020〕49号 and the basic list it orders nothing by itself.
    to: null,
    evidence: '2nd',
  },
]
