// Databricks SQL queries and expressions, as an SLL grammar: no decision needs full context, none looks further than
// four tokens (a test counts both). Three things follow from that and are settled by the tree builder, not here:
// precedence (expressions are flat lists of operands and operators), what a parenthesis turned out to hold, and which
// operand a tail such as OVER may follow.
parser grammar SqlParser;
options { tokenVocab=PipeTokens; }
import PipeWords;

queryUnit: query ';'? EOF;
exprUnit: expr EOF;

// ---- queries. queryNoValues and query0 never start with '(', so that one token decides what a '(' begins.
query: query0 | '(' query ')' setOp* orderTail pipeStep*;
query0: queryNoValues | valuesTerm setOp* orderTail pipeStep*;
queryNoValues: (withClause queryTerm | selectCore | tableTerm | fromTerm) setOp* orderTail pipeStep*;
tableTerm: 'table' qname;
fromTerm: fromClause lateralView* fromSelect?;
fromSelect: selectHead lateralView* whereClause? groupBy? havingClause? qualifyClause?;
valuesTerm: 'values' expr (',' expr)* tableAlias?;
withClause: 'with' 'recursive'? cte (',' cte)*;
cte: ident identifiers? ('max' 'recursion' 'level' INTEGER)? 'as'? '(' query ')';
setOp: ('union' | 'intersect' | 'except' | 'minus') ('all' | 'distinct')? ('by' 'name')? queryTerm;
queryTerm: selectCore | valuesTerm | tableTerm | fromTerm | '(' query ')';
orderTail: (orderBy | sortBy | clusterBy | distributeBy | windowClause)* ('limit' ('all' | expr))? ('offset' expr)?;
orderBy: 'order' 'by' orderList;
sortBy: 'sort' 'by' orderList;
clusterBy: 'cluster' 'by' exprList;
distributeBy: 'distribute' 'by' exprList;
windowClause: 'window' namedWindow (',' namedWindow)*;
namedWindow: ident 'as' windowSpec;
orderList: orderAll | orderItem (',' orderItem)*;
orderAll: 'all' ('asc' | 'desc')? ('nulls' ('first' | 'last'))?;
orderItem: expr ('asc' | 'desc')? ('nulls' ('first' | 'last'))?;
exprList: expr (',' expr)*;
identifiers: '(' aliasName (',' aliasName)* ')';
identList: ident (',' ident)*;
qname: ident ('.' ident)*;

selectCore: selectHead fromClause? lateralView* whereClause? groupBy? havingClause? qualifyClause?;
selectHead: 'select' hints? ('distinct' | 'all')? selectItem (',' selectItem)*;
whereClause: 'where' expr;
havingClause: 'having' expr;
qualifyClause: 'qualify' expr;
hints: '/*+' hint (','? hint)* '*/';
hint: ident ('(' (hintArgument (',' hintArgument)*)? ')')?;
hintArgument: qname | INTEGER;
selectItem: star | expr ('as' aliasName | 'as' identifiers | ident)?;
star: '*' starExcept?;
starExcept: 'except' '(' qname (',' qname)* ')';
groupBy: 'group' 'by' ('all' | groupItem (',' groupItem)* ('with' ('rollup' | 'cube') | groupingSets)?);
groupItem: groupingSets | expr;
groupingSets: 'grouping' 'sets' '(' groupItem (',' groupItem)* ')';

// ---- pipes. Sorting, limits and set operations are no operators of their own here: they follow the `|>` at once.
pipeStep: '|>' pipeOperator? orderTail (setOp+ orderTail)?;
pipeOperator: selectHead | 'extend' selectItem (',' selectItem)* | 'set' pipeSet (',' pipeSet)*
  | 'drop' qname (',' qname)* | 'as' ident | whereClause | relationExtension | sample
  | 'aggregate' (selectItem (',' selectItem)*)? pipeGroup?;
pipeSet: qname '=' expr;
pipeGroup: 'group' 'by' ('all' | pipeKey (',' pipeKey)* ('with' ('rollup' | 'cube') | groupingSets)?);
pipeKey: groupingSets | expr ('as' aliasName | ident)?;

// ---- relations
fromClause: 'from' (valuesHead | relation0 (',' relation)*);
// VALUES without an alias is the first and only comma item: a comma always belongs to its rows.
valuesHead: 'values' expr (',' expr)* (tableAlias relationExtension* (',' relation)* | relationExtension+)?;
relation0: 'lateral'? relationPrimary0 relationExtension*;
relation: 'lateral'? relationPrimary relationExtension*;
relationExtension: joinKind? 'join' 'lateral'? relationPrimary joinCondition?
  | 'natural' joinKind? 'join' 'lateral'? relationPrimary | pivot | unpivot;
joinKind: 'inner' | 'cross' | ('left' | 'right' | 'full') ('outer' | 'semi' | 'anti')? | 'semi' | 'anti';
joinCondition: 'on' expr | 'using' identifiers;
relationPrimary: relationPrimary0 | 'values' expr (',' expr)* tableAlias;
relationPrimary0: qname ('(' arguments? ')')? temporal? sample? tableAlias?
  | '(' (queryNoValues | valuesTerm (relationExtension+ (',' relation)* | setOp* orderTail pipeStep*)
        | relation0 (',' relation)* setOp* orderTail pipeStep*) ')' sample? tableAlias?;
temporal: 'for'? ('version' | 'timestamp' | 'system_version' | 'system_time') 'as' 'of' arith;
tableAlias: 'as' ident identifiers? | relationAlias identifiers?;
sample: 'tablesample' '(' ('bucket' INTEGER 'out' 'of' INTEGER | expr ('percent' | 'rows')) ')'
  ('repeatable' '(' INTEGER ')')?;
pivot: 'pivot' '(' aliasedExpr (',' aliasedExpr)* 'for' (ident | identifiers)
  'in' '(' aliasedExpr (',' aliasedExpr)* ')' ')' tableAlias?;
unpivot: 'unpivot' (('include' | 'exclude') 'nulls')? '(' (ident | identifiers) 'for' ident
  'in' '(' aliasedExpr (',' aliasedExpr)* ')' ')' tableAlias?;
aliasedExpr: expr ('as' ident | ident)?;
lateralView: 'lateral' 'view' 'outer'? qname '(' arguments? ')' relationAlias? ('as' identList)?;

// ---- types
dataType: 'array' '<' dataType '>' | 'map' '<' dataType ',' dataType '>'
  | 'struct' ('<' (structField (',' structField)*)? '>' | '<>')
  | 'interval' (UNIT ('to' UNIT)?)? | typeName ('(' typeArgument (',' typeArgument)* ')')?;
// After `::` a collation belongs to the expression.
collatedType: dataType ('collate' ident)?;
typeArgument: INTEGER | STRING | ident | '-' INTEGER;
structField: ident ':'? dataType ('not' 'null')?;

// ---- calls and windows
windowSpec: ident | '(' ident? (('partition' | 'distribute') 'by' exprList)? (('order' | 'sort') 'by' orderList)? frame? ')';
frame: ('rows' | 'range') ('between' frameBound 'and' frameBound | frameBound);
frameBound: 'unbounded' ('preceding' | 'following') | 'current' 'row' | expr ('preceding' | 'following');
arguments: ('distinct' | 'all')? argument (',' argument)*;
argument: star | expr (('->' | '=>') expr | 'as' aliasName)?;
callTail: '(' arguments? ')' withinGroup? filterClause? overClause?;
withinGroup: 'within' 'group' '(' 'order' 'by' orderList ')';
filterClause: 'filter' '(' 'where' expr ')';
overClause: 'over' windowSpec;

// ---- expressions
expr: ('not' | '!')* predicated (('and' | 'or') ('not' | '!')* predicated)*;
predicated: arith (('=' | '==' | '<=>' | '<>' | '!=' | '<=' | '>=' | '!>' | '!<' | '<' | '>') arith | predicateTail)*;
predicateTail: 'not'? ('between' arith 'and' arith | 'in' '(' parenBody ')'
    | ('like' | 'ilike') ('all' '(' exprList ')' | arith) ('escape' STRING)? | ('rlike' | 'regexp') arith)
  | 'is' 'not'? ('null' | 'true' | 'false' | 'unknown' | 'distinct' 'from' arith);
arith: operand (('*' | '/' | '%' | 'div' | '+' | '-' | '||' | '&' | '^' | '|' | '<' '<' | '>' '>' '>'?) operand)*;
operand: ('-' | '+' | '~')* primary postfix*;
postfix: '[' (expr | '*') ']' | '.' (ident callTail? | '*' starExcept?) | '::' dataType
  | ':' (ident | '[' (expr | '*') ']') | 'collate' ident | ('ignore' | 'respect') 'nulls' overClause?;
interval: 'interval' ('-' | '+')? intervalValue UNIT? (('-' | '+')? intervalValue UNIT)* ('to' UNIT)?;
intervalValue: STRING | DQSTRING | INTEGER | DECIMAL;
caseExpr: 'case' expr? whenClause+ ('else' expr)? 'end';
whenClause: 'when' expr 'then' expr;
parenBody: query0 | parenItem (',' parenItem)* setOp* orderTail pipeStep*;
parenItem: star | expr ('as' aliasName)?;
// A word with a special form keeps its plain use: after `cast`, `date` and so on the parenthesis or string may be absent.
primary: INTEGER | DECIMAL | HEX | (STRING | DQSTRING)+ | 'true' | 'false' | 'null' | interval | caseExpr
  | ('cast' | 'try_cast') ('(' expr 'as' collatedType ')')?
  | 'exists' ('(' (query0 | arguments setOp* orderTail pipeStep*) ')')?
  | 'extract' ('(' (ident | STRING) 'from' expr ')')?
  | 'trim' ('(' (('both' | 'leading' | 'trailing') expr? 'from' expr | expr ('from' expr | (',' expr)*)) ')')?
  | ('substring' | 'substr') ('(' expr ('from' expr ('for' expr)? | (',' expr)+) ')')?
  | 'position' ('(' arith ('in' arith | (',' expr)+) ')')?
  | 'overlay' ('(' expr ('placing' expr 'from' expr ('for' expr)? | (',' expr)+) ')')?
  | '(' parenBody? ')'
  | ('left' | 'right') callTail?
  | ('date' | 'timestamp' | 'timestamp_ntz' | 'timestamp_ltz' | 'time') (STRING | DQSTRING | callTail)?
  | ':' ident | '?'
  | ('like' | 'ilike' | 'rlike' | 'regexp') callTail
  | columnName callTail?;
