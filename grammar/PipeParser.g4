// The blocks of a specification. Each is parsed in pieces by entries of their own (header, item, query), so that one
// broken item costs no other one: compiler/syntax drives them. Values of closed lists are plain words, checked by
// meaning later; an item begins with its keyword, and nothing separates items.
parser grammar PipeParser;
options { tokenVocab=PipeTokens; superClass=EventParser; contextSuperClass=ArenaContext; }
import SqlParser;

@parser::postinclude {
#include "syntax/antlr_base.h"
}

annotation: '@' ident ('(' (annotationArgument (',' annotationArgument)*)? ')')?;
annotationArgument: ident ('=' annotationValue)? | constant;
annotationValue: ident | constant;
constant: STRING | '-'? (INTEGER | DECIMAL) | 'true' | 'false' | 'null';
value: plainWord | BACKTICK | STRING;
duration: INTEGER plainWord;
secret: 'secret' '(' STRING ')';
wordList: plainWord (',' plainWord)*;
grantItem: 'grant' grantedWord (',' grantedWord)* 'to' identList;
grantedWord: 'select' | 'all' | plainWord;
metaItem: 'owner' STRING | 'tags' '(' value (',' value)* ')' | 'description' STRING;

// ---- source
sourceHeader: 'source' ident '{';
sourceItem: 'kind' plainWord | 'connection' value | 'database' value | 'schema' value | 'replica' plainWord
  | 'timestamps' 'in' STRING | 'loaded' 'by' STRING | 'publication' value | 'slot' value | 'cdc' '{' captureItem* '}'
  | 'fresh' ident freshWithin? elseWord? | 'path' STRING | 'base_url' STRING | 'format' plainWord formatBlock?
  | 'auth' plainWord STRING? secret? | 'rate' INTEGER 'per' plainWord | 'drop' 'columns' '(' STRING (',' STRING)* ')'
  | tableItem | resourceItem | metaItem;
formatBlock: '{' formatOption* '}';
formatOption: 'null' STRING | plainWord (STRING | INTEGER)?;
// What a service or a log gives out: `resource` of kind rest, `topic` of kind kafka.
resourceItem: ('resource' | 'topic') qname '{' resourcePart* '}';
resourcePart: 'path' STRING | 'paginate' plainWord identifiers? | 'records' STRING | 'for' 'each' ident
  | 'key' identifiers | 'time' ident | 'late' duration | 'format' plainWord | columns | metaItem;
captureItem: 'retention' duration | 'outage' duration | 'heartbeat' duration | 'snapshot' plainWord | 'signals' plainWord
  | 'land' 'every' duration | 'set' STRING (STRING | INTEGER);
freshWithin: 'within' duration;
elseWord: 'else' plainWord;
tableItem: 'table' qname tableProperty* '(' tableMember (',' tableMember)* ')';
tableProperty: 'timezone' STRING | 'renamed' 'from' qname | annotation;
tableMember: annotation* (tableConstraint | declaredName (nativeType | nestedType) columnAttribute*);
// What files and services hold, beside the native types: the rest of the SQL types have the form of native ones.
nestedType: 'array' '<' dataType '>' | 'map' '<' dataType ',' dataType '>'
  | 'struct' '<' structField (',' structField)* '>';
tableConstraint: ('constraint' ident)? ('primary' 'key' identifiers | 'unique' identifiers
  | 'foreign' 'key' identifiers 'references' qname identifiers?);
nativeType: typeName ('.' typeName)* ('precision' | 'varying')? ('(' typeArgument (',' typeArgument)* ')')?
  ('unsigned' | 'zerofill' | ('with' | 'without') 'time' 'zone' | '[' INTEGER? ']')* ('collate' ident)?;
columnAttribute: 'not' 'null' | 'null' | 'primary' 'key' | 'unique' | 'references' qname identifiers?
  | 'default' operand | 'renamed' 'from' ident | 'timezone' STRING | 'from' (STRING | 'parent' identifiers)
  | 'as' operand | 'format' STRING | 'unnest' 'as' ident | annotation;

// ---- cdc
cdcHeader: 'cdc' starName 'from' starName ('except' '(' qname (',' qname)* ')')? '{';
starName: ident ('.' (ident | '*'))*;
cdcItem: 'history' qname | 'log' (qname retain? | retain) | 'deletes' plainWord | 'key' identifiers
  | 'on' ('new' 'column' | 'lost' 'column' | 'type' 'change') plainWord | 'erase' 'by' identifiers | metaItem;
retain: 'retain' duration;

// ---- load, snapshot, seed
loadHeader: 'load' qname 'from' qname '{';
loadItem: 'full' | 'incremental' 'on' ident ('{' lagItem* '}')? | 'write' plainWord | 'key' identifiers
  | 'append' 'new' 'files' | 'duplicates' plainWord 'on' columnSet
  | 'bad' 'rows' (quarantine | plainWord) ('limit' INTEGER 'percent')? | 'partition' 'by' plainWord? identifiers
  | 'tier' tierStep ('then' tierStep)* | 'retain' duration | metaItem;
lagItem: 'lag' duration;
columnSet: '(' '*' ')' | identifiers;
quarantine: 'quarantine' qname;
tierStep: plainWord duration?;
snapshotHeader: 'snapshot' qname 'from' qname '{';
snapshotItem: 'key' identifiers | 'compare' columnSet | 'deletes' plainWord | metaItem;
seedHeader: 'seed' qname '{';
seedItem: 'file' STRING | 'format' plainWord formatBlock? | 'key' identifiers | columns | metaItem;

// ---- function
functionHeader: 'function' qname '(' (parameter (',' parameter)*)? ')' 'returns' ('table' | dataType) clears*;
parameter: ident ('table' tableShape? | 'column' dataType? | 'columns' | dataType) ('=' operand)? annotation*;
tableShape: '(' structField (',' structField)* ')';
clears: 'clears' annotationArgument ('(' annotationArgument (',' annotationArgument)* ')')?;
functionBody: '=' (queryNoValues | expr) | 'external';

// ---- model
modelHeader: 'model' qname '{';
modelItem: 'view' | 'full' | 'streaming' | 'materialized' 'view'
  | 'incremental' 'by' ('time' | 'key') identifiers ('{' incrementalItem* '}')?
  | columns | expectItem | 'key' identifiers | ('partition' | 'cluster') 'by' '(' exprList ')' | 'access' plainWord
  | 'renamed' 'from' qname | 'assume' 'many' 'to' 'one' identifiers | 'forward' 'only' 'from' STRING | 'history' 'reset'
  | 'python' STRING | readsItem | 'layout' '{' layoutEngine* '}' | grantItem | metaItem;
readsItem: 'reads' readTable (',' readTable)*;
readTable: qname identifiers?;
layoutEngine: plainWord '{' layoutOption* '}';
layoutOption: ident (ident | identifiers | STRING | INTEGER);
incrementalItem: 'grain' duration | 'start' STRING | 'batch' duration | 'lookback' duration
  | 'ignore' 'changes' 'of' qname (',' qname)*;
columns: 'columns' '(' columnDefinition (',' columnDefinition)* ')';
columnDefinition: annotation* declaredName collatedType columnAttribute*;
// `unique (a)` is a call: the builder and the binder read it.
expectItem: 'expect' ('not' 'null' identifiers | expr ('references' qname identifiers?)?) ('else' (quarantine | plainWord))?;

// ---- check
checkHeader: 'check' ident 'on' qname '{';
checkItem: 'else' plainWord | metaItem;

// ---- test
testHeader: 'test' STRING 'for' qname '{';
testItem: 'step' '{' stepItem* '}' | stepItem | metaItem;
stepItem: ('given' | 'change') qname testRows | 'run' (STRING ('to' STRING)?)? | 'expect' ('cte' ident)? testRows;
testRows: identifiers 'values' testRow (',' testRow)*;
testRow: '(' exprList ')';

// ---- destination and export
destinationHeader: 'destination' ident '{';
destinationItem: 'kind' plainWord | 'connection' value | 'schema' value | 'database' value
  | 'path' STRING | 'base_url' STRING | 'format' plainWord formatBlock? | 'auth' plainWord STRING? secret?
  | 'rate' INTEGER 'per' plainWord | metaItem;
exportHeader: 'export' qname 'to' ident 'from' qname '{';
exportItem: 'key' identifiers | 'mode' plainWord ('by' plainWord identifiers?)? | 'index' '(' indexColumn (',' indexColumn)* ')'
  | 'freshness' duration | 'deletes' plainWord | 'renamed' 'from' qname | 'version' INTEGER identifiers
  | 'vector' ident INTEGER plainWord? | columns | grantItem | metaItem;
indexColumn: ident ('asc' | 'desc')?;
publishHeader: 'publish' ident '{';
publishItem: 'together' qname (',' qname)* | metaItem;

// ---- meaning and use
entityHeader: 'entity' ident 'on' qname '{';
entityItem: 'key' identifiers | 'join' ident 'on' expr | metaItem;
metricHeader: 'metric' ident 'on' qname '{';
metricItem: 'measure' expr | 'time' ident | 'by' qname (',' qname)* | metaItem;
dashboardHeader: 'dashboard' ident '{';
dashboardItem: 'tool' plainWord | 'connection' value | 'refresh' 'after' 'run' | readsItem | metaItem;
jobHeader: 'job' ident '{';
jobItem: 'python' STRING | readsItem | 'writes' qname | 'incremental' 'by' 'key' identifiers | 'secrets' identifiers
  | 'timeout' duration | columns | metaItem;

// ---- schedule
scheduleHeader: 'schedule' ident '{';
scheduleItem: 'every' duration | 'cron' STRING | 'timezone' STRING | 'continuous' | 'manual'
  | 'run' selection (',' selection)* | 'after' ('sync' 'of' ident | qname) | 'finish' 'within' duration
  | 'retry' INTEGER 'times' | 'timeout' duration | 'on' wordList alert | 'process' plainWord+
  | 'reprocess' 'last' duration | metaItem;
alert: 'alert' plainWord secret?;
selection: ('all' | ('downstream' | 'upstream') 'of' qname | 'load' qname | starName)
  ('tagged' ident)* ('except' '(' selection (',' selection)* ')')?;
