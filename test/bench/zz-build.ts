import { createSubjectIndex } from '/work/perf/src/search/subject-index.ts'
import { madeUpCode, makeNames } from '/work/perf/test/bench/names/make-names.ts'
const names = makeNames(120000, [], 7).map((name,i)=>({uscc: madeUpCode(i), names:[{kind:'name' as const,name}],regionCode:'999900',entityType:'enterprise',status:'active' as const,standing:'clear'}))
const index=createSubjectIndex()
const t=process.cpuUsage()
for(let i=0;i<names.length;i+=20000){const a=performance.now();index.load(names.slice(i,i+20000));console.log((performance.now()-a).toFixed(0))}
const u=process.cpuUsage(t);console.log('cpu s', (u.user+u.system)/1e6)
