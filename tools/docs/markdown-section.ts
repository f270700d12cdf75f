/**
 * Puts `content` between `<!-- <name>:begin -->` and `<!-- <name>:end -->`.
 * @throws Error when the text has not exactly these marks: a table that went missing must not go unnoticed
 */
export function replaceSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from || text.indexOf(begin, from + 1) >= 0) {
    throw new Error(`the marks ${begin} and ${end} must each be there once, in this order`);
  }
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}
