/** The names of a statement's columns. */
import { type Expr, type Field, walk } from '../syntax/ast.js';
import { columnsOfCall } from '../compile/functions.js';

/** The alias, else what is selected: a function's name, or the names in an expression. */
export function nameOfField({ expr, alias }: Field): string {
  return alias !== '' ? alias : nameOfExpr(expr);
}

function nameOfExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'call':
    case 'varRef':
      return expr.name;
    case 'paren':
      return nameOfExpr(expr.inner);
    case 'binary': {
      const names: string[] = [];
      walk(expr, (inner) => {
        if (inner.kind !== 'varRef' && inner.kind !== 'call') return undefined;
        names.push(inner.name);
        return false;
      });
      return names.join('_');
    }
    default:
      return '';
  }
}

/** The columns of fields in their order; what would have a name twice gets a number. */
export function columnNames(fields: readonly Field[]): string[] {
  const columns = fields.flatMap((field): Field[] => {
    const extra = field.expr.kind === 'call' ? columnsOfCall(field.expr) : [];
    return [field, ...extra.map((reference) => ({ expr: reference, alias: '' }))];
  });
  const counts = new Map<string, number>();
  for (const { alias } of columns) if (alias !== '') counts.set(alias, 1);
  return columns.map((column) => {
    if (column.alias !== '') return column.alias;
    const base = nameOfExpr(column.expr);
    let count = counts.get(base);
    if (count === undefined) {
      counts.set(base, 1);
      return base;
    }
    while (counts.has(`${base}_${count}`)) count++;
    counts.set(base, count + 1);
    const name = `${base}_${count}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return name;
  });
}
