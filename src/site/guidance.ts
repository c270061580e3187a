import type { CreditFile } from '../credit-files/schemas.ts'
import type { Text } from '../platform/language.ts'

type Listing = CreditFile['listings'][number]

/** What a listed business does, step by step, what else is open to it, and the article that says so, if one does. */
export interface Guidance {
  steps: Text[]
  besides?: Text
  article: Text | null
}

const decidedInFive = (zh: string, en: string): Text => ({
  zh: `作出决定的机关自收到申请之日起5个工作日内${zh}。`,
  en: `The authority ${en} within 5 working days of the application.`,
})

const fileMissingReports: Text = {
  zh: '通过国家企业信用信息公示系统补报并公示所有未按期公示的年度报告。',
  en: 'File and publish every missing annual report on the National Enterprise Credit Information Publicity System.',
}

const applyFor = (zh: string, en: string): Text => ({
  zh: `向作出决定的机关${zh}。`,
  en: `Apply to the authority that decided ${en}.`,
})

/** How a business that filed no annual report comes off, by ground (rulebook 2.2 to 2.4). */
const leavingByGround: Readonly<Record<string, Guidance>> = {
  'ABN-68-4-1': {
    steps: [
      fileMissingReports,
      applyFor('申请移出经营异常名录', 'to be removed from the list'),
      decidedInFive('作出移出决定', 'decides on the removal'),
    ],
    article: { zh: '《企业经营异常名录管理办法》第十一条', en: 'Order 68 as amended by Order 101, art 11' },
  },
  'ABS-69-13': {
    steps: [
      {
        zh: '补报所有未按期报送的年度报告。',
        en: 'File every missing annual report.',
      },
      applyFor('申请恢复正常记载状态', 'to have the mark lifted'),
      decidedInFive('恢复其正常记载状态', 'lifts the mark'),
    ],
    article: { zh: '《个体工商户年度报告办法》第十六条', en: 'Order 69 as amended by Order 101, art 16' },
  },
  'ABC-70-10': {
    steps: [
      fileMissingReports,
      applyFor('申请移出经营异常名录', 'to be removed from the list'),
      decidedInFive('作出移出决定', 'decides on the removal'),
    ],
    article: { zh: '《农民专业合作社年度报告公示办法》第十三条', en: 'Order 70 as amended by Order 101, art 13' },
  },
}

const otherAbnormal: Guidance = {
  steps: [
    {
      zh: '履行列入决定所指的义务或者改正有关情形。',
      en: 'Do the duty or put right the matter that the decision names.',
    },
    applyFor('申请移出', 'to be removed'),
  ],
  article: null,
}

/** Early exit from the list of serious violators: the conditions of Order 44 (rulebook 2.6). */
const underOrder44: Guidance = {
  steps: [
    {
      zh: '列入满一年，并且已经履行行政处罚决定中规定的义务、主动消除危害后果和不良影响、没有再受到较重行政处罚。',
      en: 'A year on the list, the duties of the penalty done, the harm removed, and no further severe penalty.',
    },
    applyFor('申请提前移出，提交履行义务的证明和守信承诺', 'to come off early, with proof and a promise to comply'),
    {
      zh: '依法受到的其他限制仍在期限内的，不能提前移出；期限届满自动移出。',
      en: 'Not while another restriction by law still runs. When the term is over, it comes off by itself.',
    },
  ],
  article: { zh: '《市场监督管理严重违法失信名单管理办法》第十六条至第二十一条', en: 'Order 44 arts 16 to 21' },
}

const seriousViolator: Guidance = {
  steps: [],
  besides: {
    zh: '移出的条件、程序和期限载于列入决定书，请向作出决定的机关办理。',
    en: 'The decision states the conditions, the procedure and the time of removal; turn to the authority that decided.',
  },
  article: null,
}

/** Whether an entry is a mark: individual businesses are marked, not put on a list (rulebook 2.3). */
export function isMark({ ground }: Pick<Listing, 'ground'>): boolean {
  return ground.code.startsWith('ABS-')
}

/** What it takes to come off a list (rulebook 2.2 to 2.6). */
export function howToLeave({ list, ground }: Pick<Listing, 'list' | 'ground'>): Guidance {
  if (list === 'serious-violator') return /^SER-(44|TL24)-/.test(ground.code) ? underOrder44 : seriousViolator
  return leavingByGround[ground.code] ?? otherAbnormal
}

const remedies: Text = {
  zh: '也可以自知道该决定之日起60日内申请行政复议，或者在6个月内提起行政诉讼。',
  en: 'It may also ask for administrative reconsideration within 60 days of learning of the decision, or sue within 6 months.',
}

/** The same where there is no objection to be made before. */
const courtOrReconsideration: Text = {
  zh: '可以自知道该决定之日起60日内申请行政复议，或者在6个月内提起行政诉讼。',
  en: 'It may ask for administrative reconsideration within 60 days of learning of the decision, or sue within 6 months.',
}

const objection = (zh: string, en: string): Guidance => ({
  steps: [
    {
      zh: '自公示之日起30日内，向作出决定的机关提出书面异议并提交证明材料。',
      en: 'Within 30 days of publication, object in writing to the authority that decided, with evidence.',
    },
    {
      zh: '机关在5个工作日内决定是否受理；受理后20个工作日内核实并书面答复。',
      en: 'The authority accepts or refuses within 5 working days, then verifies and answers in writing within 20 working days.',
    },
    {
      zh: '列入确有错误的，自查实之日起5个工作日内更正。',
      en: 'If the entry proves wrong, it is corrected within 5 working days.',
    },
  ],
  besides: remedies,
  article: { zh, en },
})

/** How to object to an entry (rulebook 2.9). The rules of cooperatives name no time limit, those of 令44 no objection. */
export function howToObject({ list, ground }: Pick<Listing, 'list' | 'ground'>): Guidance {
  if (list === 'serious-violator') return { steps: [], besides: courtOrReconsideration, article: null }
  if (ground.code.startsWith('ABC-')) {
    return {
      steps: [
        {
          zh: '认为列入有错误的，尽快（建议在公示之日起30日内）向作出决定的机关书面申请更正并提交证明材料。',
          en: 'If the entry is wrong, ask the authority in writing to correct it, with evidence, soon: best within 30 days of publication.',
        },
      ],
      besides: remedies,
      article: { zh: '《农民专业合作社年度报告公示办法》第十六条', en: 'Order 70 as amended by Order 101, art 16' },
    }
  }
  return isMark({ ground })
    ? objection('《个体工商户年度报告办法》第十九条、第二十条', 'Order 69 as amended by Order 101, arts 19, 20')
    : objection('《企业经营异常名录管理办法》第十六条', 'Order 68 as amended by Order 101, art 16')
}
