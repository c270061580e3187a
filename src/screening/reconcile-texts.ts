import type { CreditFile } from '../credit-files/schemas.ts'
import type { Text } from '../platform/language.ts'
import type { Cell } from './reconcile-schemas.ts'
import type { businessTypes } from './reconcile-schemas.ts'

export const serviceName: Text = { zh: '信鉴：网络经营主体信用档案', en: 'Xinjian: credit files of online businesses' }

export const typeNames: Record<(typeof businessTypes)[number], Text> = {
  business: { zh: '经营主体', en: 'Business' },
  enterprise: { zh: '企业', en: 'Enterprise' },
  'individual-business': { zh: '个体工商户', en: 'Individual business' },
  'farmer-cooperative': { zh: '农民专业合作社', en: 'Farmers’ cooperative' },
  branch: { zh: '分支机构', en: 'Branch' },
}

export const standingNames: Record<CreditFile['standing'], Text> = {
  clear: { zh: '未被列入名单', en: 'On no list' },
  abnormal: { zh: '被列入经营异常名录', en: 'On the abnormal-operation list' },
  'serious-violator': { zh: '被列入严重违法失信名单', en: 'On the serious-violator list' },
}

const text = (...values: (string | null)[]): Cell[] => values.flatMap((str) => (str === null ? [] : { str }))
const day = (on: string | null): Cell[] => (on === null ? [] : [{ date: `${on}T00:00:00+08:00` }])

export interface Property {
  name: Text
  valuesOf: (file: CreditFile) => Cell[]
}

/** Properties of a business that a spreadsheet may be extended with, each with its values out of the public file. */
export const properties: Record<string, Property> = {
  uscc: {
    name: { zh: '统一社会信用代码', en: 'Unified social credit code' },
    valuesOf: (file) => text(file.subject.uscc),
  },
  name: { name: { zh: '名称', en: 'Name' }, valuesOf: (file) => text(file.subject.name) },
  formerNames: { name: { zh: '曾用名', en: 'Former names' }, valuesOf: (file) => text(...file.subject.formerNames) },
  standing: { name: { zh: '当前状态', en: 'Present standing' }, valuesOf: (file) => text(file.standing) },
  status: { name: { zh: '登记状态', en: 'Registration status' }, valuesOf: (file) => text(file.subject.status) },
  entityType: { name: { zh: '类型', en: 'Kind' }, valuesOf: (file) => text(file.subject.entityType) },
  regionCode: { name: { zh: '行政区划代码', en: 'Region code' }, valuesOf: (file) => text(file.subject.regionCode) },
  regionName: { name: { zh: '登记地区', en: 'Region' }, valuesOf: (file) => text(file.subject.regionName) },
  establishedOn: { name: { zh: '成立日期', en: 'Established' }, valuesOf: (file) => day(file.subject.establishedOn) },
  listings: {
    name: { zh: '列入事由', en: 'Grounds of entries in force' },
    valuesOf: (file) =>
      text(...file.listings.filter(({ status }) => status === 'in-force').map(({ ground }) => ground.label)),
  },
  listedOn: {
    name: { zh: '列入日期', en: 'Days of entries in force' },
    valuesOf: (file) =>
      file.listings.filter(({ status }) => status === 'in-force').flatMap(({ listedOn }) => day(listedOn)),
  },
  webPresences: {
    name: { zh: '网站、网店', en: 'Sites and shops' },
    valuesOf: (file) => text(...file.webPresences.filter(({ status }) => status !== 'retired').map(({ url }) => url)),
  },
}
