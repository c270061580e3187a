import type { Text } from '../platform/language.ts'

/**
 * Where in an address the identity of a shop stands. All that is given must fit: the host, the path, and one of the query
 * parameters (names in lower case, the first that is there). What identifies is the group `id` of the host or the path,
 * else the value of the parameter.
 */
export interface ShopForm {
  /** What the identity is: two kinds of it on one platform are never compared. */
  kind: string
  host?: RegExp
  path?: RegExp
  query?: readonly string[]
}

/** A platform on which others sell: its own host is never one seller. */
export interface Platform {
  code: string
  name: Text
  /** Hosts that belong to it with all below them; the first stands in the keys of its shops. */
  hosts: readonly [string, ...string[]]
  /** The forms in which links to a shop are shared, most telling first. */
  shops: readonly ShopForm[]
}

/** Labels below a platform's domain that are its own services. */
const services = [
  'www|m|h5|wap|mobile|i|my|s|g|shop|store|mall|item|detail|list|search|view|offer|winport|cart|trade|buy|order|refund',
  'login|passport|member|seller|sellercenter|work|help|service|rule|about|guide|message|favorite|rate|survey|home|page',
  'pages|api|img|cdn|static|open|post|cloud|wuliu|global|en|world|market|wholesale|sale|act|activity|huodong|show|top',
  'chaoshi|fresh|auction|daren|live|video|ju|onsale|brand|jiadian|food|car|auto|health|yao|fashion|travel|trip|temai',
  'huabei|click|uland|bbs|club|baike|zhaoshang|sycm|re|re1',
].join('|')

/** The label before a platform's domain as the name of a shop, with the subdomain of the mobile form or without it. */
function shopLabel(domain: string, mirrors = 'm|world|wap'): RegExp {
  return new RegExp(`^(?!(?:${services})\\.)(?<id>[a-z0-9][a-z0-9-]*)(?:\\.(?:${mirrors}))?\\.${domain}$`)
}

const numbered = (domain: string) => new RegExp(`^shop(?<id>\\d+)(?:\\.(?:m|v|world|wap))?\\.${domain}$`)

/** Known platforms (as of 2026). A new one is a row; its order means nothing. */
export const platforms: readonly Platform[] = [
  {
    code: 'taobao',
    name: { zh: '淘宝', en: 'Taobao' },
    hosts: ['taobao.com', 'tb.cn'],
    shops: [
      { kind: 'shop', host: numbered('taobao\\.com') },
      { kind: 'shop', path: /^\/shop\//i, query: ['shop_id', 'shopid'] },
      { kind: 'shop', host: /^shop\.m\.taobao\.com$/, query: ['shop_id', 'shopid'] },
      { kind: 'seller', path: /^\/shop\//i, query: ['user_number_id', 'user_id', 'userid', 'sellerid', 'seller_id'] },
      { kind: 'name', host: shopLabel('taobao\\.com') },
    ],
  },
  {
    code: 'tmall',
    name: { zh: '天猫', en: 'Tmall' },
    hosts: ['tmall.com', 'tmall.hk'],
    shops: [
      { kind: 'shop', host: numbered('tmall\\.com') },
      { kind: 'shop', host: /^shop\.m\.tmall\.(com|hk)$/, query: ['shop_id', 'shopid'] },
      { kind: 'seller', host: /^shop\.m\.tmall\.(com|hk)$/, query: ['user_id', 'userid', 'seller_id', 'sellerid'] },
      { kind: 'name', host: shopLabel('tmall\\.com') },
      // A shop of one name may be another business abroad.
      { kind: 'name-hk', host: shopLabel('tmall\\.hk') },
    ],
  },
  {
    code: 'jd',
    name: { zh: '京东', en: 'JD' },
    hosts: ['jd.com', 'jd.hk', '3.cn'],
    shops: [
      {
        kind: 'shop',
        host: /^mall\.jd\.(com|hk)$/,
        path: /^\/(?:index|shoplevel|showlicence|view_search)-(?<id>\d+)(?:[.-]|$)/i,
      },
      { kind: 'shop', host: /^(shop\.m|shop|mshop|m\.mall|mall)\.jd\.(com|hk)$/, query: ['shopid', 'shop_id'] },
      { kind: 'vendor', host: /^(shop\.m|shop|mall)\.jd\.(com|hk)$/, query: ['venderid', 'vendorid'] },
      { kind: 'name', host: shopLabel('jd\\.com') },
    ],
  },
  {
    code: 'pinduoduo',
    name: { zh: '拼多多', en: 'Pinduoduo' },
    hosts: ['yangkeduo.com', 'pinduoduo.com', 'pinduoduo.net'],
    shops: [{ kind: 'shop', query: ['mall_id', 'mallid'] }],
  },
  {
    code: 'douyin',
    name: { zh: '抖音', en: 'Douyin' },
    hosts: ['douyin.com', 'jinritemai.com', 'iesdouyin.com'],
    shops: [
      {
        kind: 'shop',
        host: /(^|\.)jinritemai\.com$/,
        path: /^\/(?:views\/)?shop(?:\/|$)/i,
        query: ['id', 'shop_id', 'shopid'],
      },
      { kind: 'shop', host: /(^|\.)jinritemai\.com$/, query: ['shop_id', 'shopid'] },
      { kind: 'account', query: ['sec_uid', 'sec_user_id'] },
      { kind: 'live', host: /^live\.douyin\.com$/, path: /^\/(?<id>\d+)/ },
      { kind: 'account', path: /^\/(?:share\/)?user\/(?!self\b)(?<id>[\w-]+)/ },
    ],
  },
  {
    code: 'kuaishou',
    name: { zh: '快手', en: 'Kuaishou' },
    hosts: ['kuaishou.com', 'kwaixiaodian.com', 'chenzhongtech.com', 'gifshow.com'],
    shops: [
      { kind: 'shop', host: /(^|\.)kwaixiaodian\.com$/, query: ['sellerid', 'shopid', 'seller_id', 'shop_id'] },
      { kind: 'account', path: /^\/(?:profile|u|fw\/user)\/(?<id>[\w-]+)/ },
    ],
  },
  {
    code: 'weidian',
    name: { zh: '微店', en: 'Weidian' },
    hosts: ['weidian.com', 'koudai.com', 'vdian.com'],
    shops: [
      { kind: 'shop', query: ['userid', 'user_id', 'shopid', 'shop_id'] },
      { kind: 'shop', host: numbered('weidian\\.com') },
      { kind: 'shop', path: /^\/s\/(?<id>\d+)/ },
    ],
  },
  {
    code: '1688',
    name: { zh: '1688', en: '1688' },
    hosts: ['1688.com'],
    shops: [
      { kind: 'member', path: /^\/winport\/(?<id>[\w-]+?)(?:\.html?)?$/i },
      { kind: 'member', query: ['memberid', 'member_id'] },
      { kind: 'name', host: shopLabel('1688\\.com') },
    ],
  },
  {
    code: 'xiaohongshu',
    name: { zh: '小红书', en: 'Xiaohongshu' },
    hosts: ['xiaohongshu.com', 'xhslink.com'],
    shops: [
      { kind: 'account', path: /^\/user\/profile\/(?<id>[0-9a-z]+)/i },
      { kind: 'shop', path: /^\/(?:vendor|shop|store)\/(?<id>[0-9a-z]+)/i },
    ],
  },
  {
    code: 'suning',
    name: { zh: '苏宁易购', en: 'Suning' },
    hosts: ['suning.com'],
    shops: [
      { kind: 'shop', host: /^shop(\.m)?\.suning\.com$/, path: /^\/(?:jsonp\/)?(?<id>\d{4,})/ },
      { kind: 'shop', path: /^\/shop\/(?<id>\d{4,})/ },
      { kind: 'shop', query: ['shopid', 'shopcode'] },
    ],
  },
  {
    code: 'vip',
    name: { zh: '唯品会', en: 'Vipshop' },
    hosts: ['vip.com', 'vipshop.com'],
    shops: [{ kind: 'shop', query: ['storeid', 'store_id', 'shopid'] }],
  },
  {
    code: 'dangdang',
    name: { zh: '当当', en: 'Dangdang' },
    hosts: ['dangdang.com'],
    shops: [
      { kind: 'shop', query: ['shop_id', 'shopid'] },
      { kind: 'shop', host: /^shop\.dangdang\.com$/, path: /^\/(?<id>\w+)/ },
    ],
  },
  {
    code: 'meituan',
    name: { zh: '美团', en: 'Meituan' },
    hosts: ['meituan.com', 'dianping.com'],
    shops: [
      { kind: 'shop', query: ['mtshopid', 'poi_id_str', 'wm_poi_id', 'poiid', 'shopid'] },
      { kind: 'shop', path: /^\/(?:shop|poi|meishi|deal\/shop)\/(?<id>\w+)/i },
    ],
  },
  {
    code: 'eleme',
    name: { zh: '饿了么', en: 'Ele.me' },
    hosts: ['ele.me'],
    shops: [{ kind: 'shop', path: /^\/shop(?:\/|$)/i, query: ['id', 'shopid', 'shop_id', 'restaurant_id'] }],
  },
  {
    code: 'youzan',
    name: { zh: '有赞', en: 'Youzan' },
    hosts: ['youzan.com', 'koudaitong.com'],
    shops: [
      { kind: 'kdt', query: ['kdt_id', 'kdtid'] },
      { kind: 'shop', host: numbered('(?:youzan|koudaitong)\\.com') },
      { kind: 'page', path: /\/showcase\/(?:homepage|feature)/, query: ['alias'] },
    ],
  },
  {
    code: 'alibaba',
    name: { zh: '阿里巴巴国际站', en: 'Alibaba.com' },
    hosts: ['alibaba.com'],
    shops: [{ kind: 'name', host: /^(?<id>[a-z0-9][a-z0-9-]*)(?:\.m)?\.(?:en|fm)\.alibaba\.com$/ }],
  },
  {
    code: 'aliexpress',
    name: { zh: '速卖通', en: 'AliExpress' },
    hosts: ['aliexpress.com', 'aliexpress.us', 'aliexpress.ru'],
    shops: [{ kind: 'shop', path: /^\/store\/(?:all-wholesale-products\/)?(?<id>\d+)/ }],
  },
  {
    code: 'xianyu',
    name: { zh: '闲鱼', en: 'Xianyu' },
    hosts: ['goofish.com', '2.taobao.com'],
    shops: [{ kind: 'account', query: ['userid', 'user_id'] }],
  },
  {
    code: 'bilibili',
    name: { zh: '哔哩哔哩', en: 'Bilibili' },
    hosts: ['bilibili.com', 'b23.tv'],
    shops: [
      { kind: 'account', host: /^space\.bilibili\.com$/, path: /^\/(?<id>\d+)/ },
      { kind: 'account', path: /^\/space\/(?<id>\d+)/ },
      { kind: 'live', host: /^live\.bilibili\.com$/, path: /^\/(?:h5\/)?(?<id>\d+)/ },
    ],
  },
  {
    code: 'wechat',
    name: { zh: '微信', en: 'WeChat' },
    hosts: ['weixin.qq.com', 'wechat.com'],
    shops: [
      { kind: 'account', query: ['__biz'] },
      { kind: 'shop', host: /^store\.weixin\.qq\.com$/, path: /^\/shop\/a\/(?<id>[\w-]+)/ },
      { kind: 'shop', query: ['shopappid', 'shop_appid'] },
      {
        kind: 'channel',
        host: /^channels\.weixin\.qq\.com$/,
        query: ['username', 'finder_username', 'finderusername'],
      },
    ],
  },
  {
    code: 'weibo',
    name: { zh: '微博', en: 'Weibo' },
    hosts: ['weibo.com', 'weibo.cn'],
    shops: [
      { kind: 'account', path: /^\/(?:u|profile|p)\/(?<id>\w+)/ },
      { kind: 'account', path: /^\/(?<id>\d{6,})(?:\/|$)/ },
      { kind: 'name', path: /^\/n\/(?<id>[^/]+)/ },
    ],
  },
  {
    code: 'amazon-cn',
    name: { zh: '亚马逊', en: 'Amazon' },
    hosts: ['amazon.cn', 'amazon.com'],
    shops: [
      { kind: 'seller', query: ['seller', 'me', 'merchant'] },
      { kind: 'shop', path: /^\/(?:stores\/(?:[^/]+\/)?page|shops)\/(?<id>[\w-]+)/i },
    ],
  },
  {
    code: 'mogu',
    name: { zh: '蘑菇街', en: 'Mogu' },
    hosts: ['mogu.com', 'mogujie.com'],
    shops: [
      { kind: 'shop', path: /^\/(?:shop|x6\/shop)\/(?<id>\w+)/i },
      { kind: 'shop', query: ['shopid', 'shop_id'] },
    ],
  },
  {
    code: 'ctrip',
    name: { zh: '携程', en: 'Trip.com' },
    hosts: ['ctrip.com', 'trip.com'],
    shops: [{ kind: 'shop', query: ['vendorid', 'providerid', 'storeid'] }],
  },
]

/** The platform that a host belongs to; the most exact of those that fit. */
export function platformOf(host: string): Platform | null {
  let best: { platform: Platform; length: number } | null = null
  for (const platform of platforms) {
    for (const own of platform.hosts) {
      const belongs = host === own || host.endsWith(`.${own}`)
      if (belongs && own.length > (best?.length ?? 0)) best = { platform, length: own.length }
    }
  }
  return best?.platform ?? null
}

/**
 * What all links to one shop of a platform have in common, as `host/kind/identity`, whether they come from a computer, a
 * telephone or a shared message; null for a link that names no shop, such as a product's or the platform's own.
 * @param query the parameters with names in lower case
 */
export function shopKey(
  platform: Platform,
  address: { host: string; path: string; query: ReadonlyMap<string, string> },
): string | null {
  for (const form of platform.shops) {
    const host = form.host?.exec(address.host)
    const path = form.path?.exec(address.path)
    if (host === null || path === null) continue
    const parameter = form.query
      ?.map((name) => address.query.get(name))
      .find((value) => value !== undefined && value !== '')
    if (form.query !== undefined && parameter === undefined) continue
    const id = parameter ?? path?.groups?.['id'] ?? host?.groups?.['id']
    if (id !== undefined) return `${platform.hosts[0]}/${form.kind}/${encodeURIComponent(id)}`
  }
  return null
}
