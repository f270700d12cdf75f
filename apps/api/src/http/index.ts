export { IfMatch, Returns, ReturnsNothing, etagOf } from './returns.ts';
