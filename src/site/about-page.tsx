import type { Language, Text } from '../platform/language.ts'
import { renderPage } from './layout.tsx'
import { common } from './texts.ts'

const title: Text = { zh: '关于本服务', en: 'About this service' }

interface Part {
  title: Text
  paragraphs: readonly Text[]
}

const parts: readonly Part[] = [
  {
    title: { zh: '这是什么', en: 'What it is' },
    paragraphs: [
      {
        zh: '信鉴汇集网络经营主体的登记信息、年度报告、网站和网店、行政处罚，以及两个名单的决定，供消费者、平台、记者和各部门查询。',
        en: 'Xinjian brings together the registration, annual reports, sites and shops, penalties and list decisions of online businesses, for shoppers, platforms, journalists and agencies.',
      },
      {
        zh: '它不评分，也不预测。页面上只有有权机关作出的决定和登记、公示的事实，以及它们依据的条文。',
        en: 'It scores nobody and predicts nothing. What it shows are decisions of competent authorities and registered or published facts, with the articles they rest on.',
      },
    ],
  },
  {
    title: { zh: '信息从哪里来', en: 'Where it comes from' },
    paragraphs: [
      {
        zh: '登记信息来自登记机关；年度报告和网址由经营主体自行填报；名单、处罚和措施来自作出决定的机关。每一次变化按顺序记入一份不可改写的日志。',
        en: 'Registrations come from the registers; reports and addresses are filed by the businesses; lists, penalties and measures come from the authorities that decided. Every change goes, in order, into a log that cannot be rewritten.',
      },
    ],
  },
  {
    title: { zh: '什么不再显示', en: 'What is no longer shown' },
    paragraphs: [
      {
        zh: '被撤销或更正的记录视为自始不存在。公示期届满、依法停止公示的记录不再显示，按过去的日期查询也不显示。个人的证件号码、电话、邮箱和账号一律隐去。',
        en: 'An entry that was revoked or corrected counts as never made. What the law withdraws from view is not shown, nor when a past day is asked for. Identity numbers, telephone numbers, e-mail addresses and accounts of persons are masked.',
      },
    ],
  },
  {
    title: { zh: '记录有误怎么办', en: 'If a record is wrong' },
    paragraphs: [
      {
        zh: '登记信息和年度报告由经营主体向登记机关更正；名单记录可以向作出决定的机关提出异议。每一条有效记录下都写明了办法、期限和依据。',
        en: 'A business has its registration and reports corrected by its registering authority, and objects to an entry at the authority that decided it. Below each entry in force you find how, until when and by which article.',
      },
    ],
  },
  {
    title: { zh: '如何核验', en: 'How to verify' },
    paragraphs: [
      {
        zh: '每份信用档案都可以下载带数字签名的凭证，用 /.well-known/jwks.json 中的公钥即可核验，有效期 24 小时。打印件上的二维码指向当前的档案页面，请以页面为准。',
        en: 'Each credit file can be had as a digitally signed certificate, valid for 24 hours, which the keys at /.well-known/jwks.json verify. The QR code on a print leads to the file as it is now, which prevails.',
      },
    ],
  },
]

/** What the service is, what it shows and what not. */
export function aboutPage({ language, publicUrl }: { language: Language; publicUrl: string }): string {
  return renderPage({
    language,
    title: title[language],
    canonical: `${publicUrl}/about`,
    current: '/about',
    children: (
      <div class="prose">
        <h1>{title[language]}</h1>
        {parts.map((part, place) => (
          <section key={place} aria-labelledby={`part-${place}`}>
            <h2 id={`part-${place}`}>{part.title[language]}</h2>
            {part.paragraphs.map((paragraph) => (
              <p key={paragraph.en}>{paragraph[language]}</p>
            ))}
          </section>
        ))}
        <p>
          <a href="/rulebook">{common.rulebook[language]}</a>
          {' · '}
          <a href="/docs">{common.docs[language]}</a>
        </p>
      </div>
    ),
  })
}
