// The children of each kind of node, as a plain struct of ids in storage order: `tree.get<Join>(id)` copies
// them out. "?" in a comment: may be none. "*" : a List node (never none). What is not a child: `name` (text of
// the node), `op` (one of the enums below), `flags`.
#pragma once

#include <cstdint>

#include "base/ids.h"

// clang-format off: these are tables, read across.
namespace pipec::ast {

using NodeId = Id<struct NodeTag>;

enum class NodeKind : uint8_t {
#define PIPEC_NODE(kind) kind,
#include "ast/kinds.def"
#undef PIPEC_NODE
};

enum NodeFlag : uint16_t {
  kQuoted = 1,         // Name, Cte, ...: the identifier was written in backticks
  kNegated = 2,        // Between, In*, Like*, Is*: NOT
  kDistinct = 4,       // Select, Call: DISTINCT. SetOp: DISTINCT written
  kAll = 8,            // SetOp: ALL. GroupBy, OrderAll: ALL
  kRecursive = 16,     // With
  kNatural = 32,       // Join
  kDesc = 64,          // OrderItem, OrderAll, IndexColumn
  kNullsFirst = 128,   // OrderItem, OrderAll
  kNullsLast = 256,
  kAscWritten = 512,
  kIgnoreNulls = 1024,   // Call
  kRespectNulls = 2048,  // Call
  kOuter = 4096,       // LateralView
  kByName = 8192,      // SetOp
  kNotNull = 16384,    // StructField, ColumnDecl, TableColumn
  kPercent = 32768,    // Sample: PERCENT
};

enum class LiteralKind : uint8_t { Null, True, False, Integer, BigInt, SmallInt, TinyInt, Decimal, Double, Float,
                                   String, Binary };  // Decimal "1.5", "1.5BD"; Double "1e0", "1D"
enum class TypedLiteralKind : uint8_t { Date, Timestamp, TimestampNtz, TimestampLtz, Time };
enum class IntervalUnit : uint8_t { None, Year, Month, Week, Day, Hour, Minute, Second, Millisecond, Microsecond,
                                    Nanosecond, Quarter };
enum class UnaryOp : uint8_t { Not, Minus, Plus, BitNot };
enum class BinaryOp : uint8_t { Or, And, Eq, NullSafeEq, NotEq, Lt, LtEq, Gt, GtEq, Concat, BitOr, BitXor, BitAnd,
                                ShiftLeft, ShiftRight, ShiftRightUnsigned, Add, Subtract, Multiply, Divide, Modulo,
                                IntDiv };
enum class LikeOp : uint8_t { Like, ILike, RLike };
enum class Quantifier : uint8_t { Any, Some, All };
enum class IsOp : uint8_t { Null, True, False, Unknown };
enum class CastOp : uint8_t { Cast, TryCast, DoubleColon };
// How a call was written; the arguments are always in the order of the plain call.
enum class CallSyntax : uint8_t { Plain, ExtractFrom, Trim, TrimBoth, TrimLeading, TrimTrailing, SubstringFrom,
                                  PositionIn, OverlayPlacing };
enum class SetOpKind : uint8_t { Union, Intersect, Except, Minus };
enum class JoinKind : uint8_t { Comma, Inner, Cross, Left, Right, Full, LeftSemi, LeftAnti, Semi, Anti };
enum class SelectForm : uint8_t { Plain, FromFirst };  // FROM t SELECT a
/// How a step of a pipe begins. Relation: a join, PIVOT or UNPIVOT. Tail: ORDER BY, LIMIT and so on.
enum class PipeOp : uint8_t { Select, Extend, Set, Drop, As, Where, Relation, Sample, SetOp, Aggregate, Tail };
enum class GroupKind : uint8_t { Plain, Rollup, Cube, GroupingSets };  // WITH ROLLUP and so on, after the list
enum class FrameUnit : uint8_t { Rows, Range };
enum class BoundKind : uint8_t { UnboundedPreceding, Preceding, CurrentRow, Following, UnboundedFollowing };
enum class InsertMode : uint8_t { Into, Overwrite, ReplaceWhere, OnConflictUpdate, OnConflictNothing };
enum class MergeClauseKind : uint8_t { MatchedUpdate, MatchedDelete, NotMatchedInsert, NotMatchedBySourceDelete,
                                       NotMatchedBySourceUpdate };
enum CreateFlag : uint8_t {  // op of Create*: any of them; the last two say what kind of view it is
  kIfNotExists = 1,
  kOrReplace = 2,
  kTemporary = 4,
  kMaterialized = 8,
  kStreamingTable = 16
};
enum class AttrKind : uint8_t { NotNull, Null, PrimaryKey, Unique, References, Default, RenamedFrom, Timezone, Collate,
                                From, FromParent, As, Format, UnnestAs };
enum class ParamKind : uint8_t { Value, Table, Column, Columns };
enum class SelectionKind : uint8_t { All, Node, SchemaAll, DownstreamOf, UpstreamOf, LoadOf };

// ---- shared
struct List { static constexpr NodeKind kind = NodeKind::List; };  // any number of children
struct Name { static constexpr NodeKind kind = NodeKind::Name; };  // name
struct QName { static constexpr NodeKind kind = NodeKind::QName; };  // children: Name, one or more

// ---- expressions
struct Literal { static constexpr NodeKind kind = NodeKind::Literal; };  // op LiteralKind; name: number as written, or
                                                                         // the string's value, decoded (Binary: hex digits)
struct TypedLiteral { static constexpr NodeKind kind = NodeKind::TypedLiteral; };  // op TypedLiteralKind; name: value
/// op: IntervalUnit after TO, or None. Each part: name = value as written without quotes, op = unit.
/// INTERVAL '1 2:03' DAY TO SECOND is one part with unit Day, and op Second.
struct IntervalLiteral { static constexpr NodeKind kind = NodeKind::IntervalLiteral; NodeId parts /* * */; };
struct IntervalPart { static constexpr NodeKind kind = NodeKind::IntervalPart; };  // kNegated: a minus before it;
                                                                                   // kQuoted: the value was a string
struct ColumnRef { static constexpr NodeKind kind = NodeKind::ColumnRef; };  // children: Name, one or more: a.b.c
struct Star { static constexpr NodeKind kind = NodeKind::Star; NodeId qualifier /* QName? */, except /* List? of QName */; };
struct Param { static constexpr NodeKind kind = NodeKind::Param; };  // name: of :name; empty: ?
struct Unary { static constexpr NodeKind kind = NodeKind::Unary; NodeId operand; };                 // op UnaryOp
struct Binary { static constexpr NodeKind kind = NodeKind::Binary; NodeId left, right; };           // op BinaryOp
struct Between { static constexpr NodeKind kind = NodeKind::Between; NodeId operand, low, high; };
struct InList { static constexpr NodeKind kind = NodeKind::InList; NodeId operand, items /* * */; };
struct InQuery { static constexpr NodeKind kind = NodeKind::InQuery; NodeId operand, query; };
struct Like { static constexpr NodeKind kind = NodeKind::Like; NodeId operand, pattern, escape /* ? */; };  // op LikeOp
/// op LikeOp | Quantifier << 4
struct LikeQuantified { static constexpr NodeKind kind = NodeKind::LikeQuantified; NodeId operand, patterns /* * */; };
struct Is { static constexpr NodeKind kind = NodeKind::Is; NodeId operand; };  // op IsOp
struct IsDistinct { static constexpr NodeKind kind = NodeKind::IsDistinct; NodeId left, right; };
struct Case { static constexpr NodeKind kind = NodeKind::Case; NodeId operand /* ? */, whens /* * of When */, otherwise /* ? */; };
struct When { static constexpr NodeKind kind = NodeKind::When; NodeId condition, result; };
struct Cast { static constexpr NodeKind kind = NodeKind::Cast; NodeId operand, type; };  // op CastOp
/// function: QName. op CallSyntax (EXTRACT's field is a String literal as first argument). window: WindowSpec or a
/// Name (of a named window). An argument may also be a Star, NamedArg, Lambda, or a SelectItem: struct(a AS b).
struct Call { static constexpr NodeKind kind = NodeKind::Call;
              NodeId function, arguments /* * */, within_group /* List? of OrderItem */, filter /* ? */, window /* ? */; };
struct NamedArg { static constexpr NodeKind kind = NodeKind::NamedArg; NodeId value; };  // name => value
struct Lambda { static constexpr NodeKind kind = NodeKind::Lambda; NodeId params /* * of Name */, body; };
struct Exists { static constexpr NodeKind kind = NodeKind::Exists; NodeId query; };
struct ScalarQuery { static constexpr NodeKind kind = NodeKind::ScalarQuery; NodeId query; };
struct Subscript { static constexpr NodeKind kind = NodeKind::Subscript; NodeId operand, index /* Star: v:a[*] */; };
struct Field { static constexpr NodeKind kind = NodeKind::Field; NodeId operand; };        // name: after the dot
struct PathStep { static constexpr NodeKind kind = NodeKind::PathStep; NodeId operand, index /* ? */; };  // v:name, v:[i]
struct Collate { static constexpr NodeKind kind = NodeKind::Collate; NodeId operand; };    // name: of the collation
/// (a, b), also (). An item may also be a SelectItem or a Star.
struct Row { static constexpr NodeKind kind = NodeKind::Row; NodeId items /* * */; };
struct Paren { static constexpr NodeKind kind = NodeKind::Paren; NodeId inner; };          // kept for the author's shape

// ---- types
/// name: lower-case type name; "array", "map", "struct", "interval" too. children: arguments (Literal), element
/// DataTypes, or StructFields. "interval day to second" is name "interval", children two Names. "string collate c" is
/// name "string", child the Name c.
struct DataType { static constexpr NodeKind kind = NodeKind::DataType; };
struct StructField { static constexpr NodeKind kind = NodeKind::StructField; NodeId type; };

// ---- queries
/// kAll: LIMIT ALL. body: Select, SetOp, Values, TableQuery, FromQuery, Pipe, or another Query (in
/// parentheses).
struct Query { static constexpr NodeKind kind = NodeKind::Query;
               NodeId with /* ? */, body, order /* List? of OrderItem or one OrderAll */, sort /* ? */, cluster /* ? */,
                   distribute /* ? */, windows /* List? of NamedWindow */, limit /* ? */, offset /* ? */; };
struct With { static constexpr NodeKind kind = NodeKind::With; NodeId ctes /* * */; };
struct Cte { static constexpr NodeKind kind = NodeKind::Cte; NodeId columns /* List? of Name */, query, limit /* ?: MAX RECURSION LEVEL */,
                 needs /* List? of StructField */; };  // name. needs: what a function asks of a table, see semantic/table_functions.h
struct SetOp { static constexpr NodeKind kind = NodeKind::SetOp; NodeId left, right; };  // op SetOpKind
/// op SelectForm.
struct Select { static constexpr NodeKind kind = NodeKind::Select;
                NodeId hints /* List? of Hint */, items /* * */, from /* List? of relations */, views /* List? of LateralView */,
                    where /* ? */, group /* GroupBy? */, having /* ? */, qualify /* ? */; };
struct Hint { static constexpr NodeKind kind = NodeKind::Hint; NodeId arguments /* * */; };
/// name: the alias, or empty. An item may also be a Star node itself.
struct SelectItem { static constexpr NodeKind kind = NodeKind::SelectItem; NodeId value, aliases /* List? of Name: AS (a, b) */; };
struct Values { static constexpr NodeKind kind = NodeKind::Values; NodeId rows /* * of expressions */, alias /* ? */; };
struct TableQuery { static constexpr NodeKind kind = NodeKind::TableQuery; NodeId table /* QName */; };
/// FROM t without a SELECT.
struct FromQuery { static constexpr NodeKind kind = NodeKind::FromQuery; NodeId from /* * of relations */, views /* List? of LateralView */; };
struct Pipe { static constexpr NodeKind kind = NodeKind::Pipe; NodeId input /* as a Query's body */, steps /* * of PipeStep */; };
/// op PipeOp. operand: Select (its items alone); Extend: List of SelectItem; Set: List of Assignment; Drop: List of QName;
/// As: Alias; Where: the condition; Relation: Join, Pivot or Unpivot without left or input; Sample; SetOp without left;
/// Aggregate: List? of SelectItem; Tail: Query without body.
struct PipeStep { static constexpr NodeKind kind = NodeKind::PipeStep;
                  NodeId operand, more /* Select: List? of NamedWindow. Aggregate: GroupBy?, its items SelectItems */; };
struct LateralView { static constexpr NodeKind kind = NodeKind::LateralView;
                     NodeId function /* Call */, columns /* List? of Name */; };  // name: the view's alias
struct GroupBy { static constexpr NodeKind kind = NodeKind::GroupBy; NodeId items /* * */, sets /* List? */; };  // op GroupKind
struct GroupingSets { static constexpr NodeKind kind = NodeKind::GroupingSets; NodeId sets /* * */; };
struct OrderItem { static constexpr NodeKind kind = NodeKind::OrderItem; NodeId value; };
struct OrderAll { static constexpr NodeKind kind = NodeKind::OrderAll; };
struct NamedWindow { static constexpr NodeKind kind = NodeKind::NamedWindow; NodeId spec; };  // name
/// name: the window that it extends, or empty.
struct WindowSpec { static constexpr NodeKind kind = NodeKind::WindowSpec;
                    NodeId partition /* List? */, order /* List? */, frame /* ? */; };
struct Frame { static constexpr NodeKind kind = NodeKind::Frame; NodeId start, end /* ? */; };  // op FrameUnit
struct FrameBound { static constexpr NodeKind kind = NodeKind::FrameBound; NodeId value /* ? */; };  // op BoundKind

// ---- relations
struct TableRef { static constexpr NodeKind kind = NodeKind::TableRef; NodeId table /* QName */, temporal /* ? */, sample /* ? */, alias /* ? */; };
struct TableFunction { static constexpr NodeKind kind = NodeKind::TableFunction; NodeId function /* QName */, arguments /* * */, alias /* ? */; };
struct QueryRef { static constexpr NodeKind kind = NodeKind::QueryRef; NodeId query, sample /* ? */, alias /* ? */; };
struct ValuesRef { static constexpr NodeKind kind = NodeKind::ValuesRef; NodeId rows /* * */, alias /* ? */; };
struct ParenRef { static constexpr NodeKind kind = NodeKind::ParenRef; NodeId relation, sample /* ? */, alias /* ? */; };
struct Join { static constexpr NodeKind kind = NodeKind::Join; NodeId left, right, condition /* expression, Using, or none */; };  // op JoinKind
struct Using { static constexpr NodeKind kind = NodeKind::Using; };  // children: Name
struct Lateral { static constexpr NodeKind kind = NodeKind::Lateral; NodeId relation; };
struct Alias { static constexpr NodeKind kind = NodeKind::Alias; NodeId columns /* List? of Name */; };  // name (may be empty)
struct Temporal { static constexpr NodeKind kind = NodeKind::Temporal; NodeId value; };  // name: "version" or "timestamp"
struct Sample { static constexpr NodeKind kind = NodeKind::Sample; NodeId value, of /* ?: BUCKET x OUT OF y */, seed /* ? */; };
struct Pivot { static constexpr NodeKind kind = NodeKind::Pivot;
               NodeId input, aggregates /* * of SelectItem */, columns /* * of Name */, values /* * of SelectItem */, alias /* ? */; };
/// kAll: INCLUDE NULLS. value/name columns by Name lists; inputs: SelectItem (a column, or a Row of columns).
struct Unpivot { static constexpr NodeKind kind = NodeKind::Unpivot;
                 NodeId input, values /* * of Name */, label /* Name */, inputs /* * of SelectItem */, alias /* ? */; };

// ---- statements
/// op InsertMode. table: TableRef or QName. columns: List? of Name. where: of REPLACE WHERE. assignments: ON CONFLICT DO
/// UPDATE.
struct Insert { static constexpr NodeKind kind = NodeKind::Insert;
                NodeId table, columns, query, where, conflict_key /* List? of Name */, assignments /* List? */, update_where /* ? */; };
struct Merge { static constexpr NodeKind kind = NodeKind::Merge;
               NodeId target /* TableRef */, source /* TableRef or QueryRef */, condition, clauses /* * */; };
struct MergeClause { static constexpr NodeKind kind = NodeKind::MergeClause;
                     NodeId condition /* ? */, assignments /* List? of Assignment; insert: name and value */; };  // op MergeClauseKind
struct Assignment { static constexpr NodeKind kind = NodeKind::Assignment; NodeId value; };  // name: the column
struct Delete { static constexpr NodeKind kind = NodeKind::Delete; NodeId table /* TableRef */, from /* List? USING */, where /* ? */; };
struct Update { static constexpr NodeKind kind = NodeKind::Update; NodeId table /* TableRef */, assignments /* * */, where /* ? */; };
/// columns: TableColumn, or Ddl for a constraint. options: List of Ddl fragments printed one a line after the columns
/// (USING DELTA, CLUSTER BY, COMMENT ...).
struct CreateTable { static constexpr NodeKind kind = NodeKind::CreateTable; NodeId table, columns /* * of TableColumn */, options /* * */; };
struct CreateTableAs { static constexpr NodeKind kind = NodeKind::CreateTableAs; NodeId table, options /* * */, query; };
struct CreateView { static constexpr NodeKind kind = NodeKind::CreateView;
                    NodeId view, columns /* * of TableColumn (type none) */, options /* * */, query; };
struct TableColumn { static constexpr NodeKind kind = NodeKind::TableColumn; NodeId type /* ? */, comment /* Literal? */; };  // name
/// A statement, or a part of one, that no analysis reads: name is a template that stands in our source code (never
/// text of a specification), each "{}" in it is the next child, printed with quoting.
struct Ddl { static constexpr NodeKind kind = NodeKind::Ddl; };
/// PostgreSQL: what `body` prints, as a string constant in dollar quotes whose tag the body does not hold.
struct DollarBody { static constexpr NodeKind kind = NodeKind::DollarBody; NodeId body /* none: the name is its text */; };
/// Stands for a subtree of another tree; print/rewrites.h says for which.
struct Embedded { static constexpr NodeKind kind = NodeKind::Embedded; };

// ---- declarations. `name` is the declared name where it is one word; annotations: List of Annotation.
struct SourceDecl { static constexpr NodeKind kind = NodeKind::SourceDecl; NodeId annotations, items /* Property, TableDecl */; };
struct CdcDecl { static constexpr NodeKind kind = NodeKind::CdcDecl;
                 NodeId annotations, target /* QName, last child Wildcard for .* */, source, except /* List? of QName */, items /* Property */; };
struct FunctionDecl { static constexpr NodeKind kind = NodeKind::FunctionDecl;
                      NodeId annotations, name /* QName */, params /* * of ParamDecl */, returns /* DataType; none: table */,
                          body /* ?: external. An expression, or a Query */; };
struct ModelDecl { static constexpr NodeKind kind = NodeKind::ModelDecl;
                   NodeId annotations, name /* QName */, items /* Property, Columns, Expect */, query /* ? */; };
struct CheckDecl { static constexpr NodeKind kind = NodeKind::CheckDecl;
                   NodeId annotations, target /* QName */, items /* Property */, query; };
/// The table that a load or a snapshot fills, and what it reads.
struct LoadDecl { static constexpr NodeKind kind = NodeKind::LoadDecl;
                  NodeId annotations, name /* QName */, source /* QName */, items /* Property */; };
struct SnapshotDecl { static constexpr NodeKind kind = NodeKind::SnapshotDecl;
                      NodeId annotations, name /* QName */, source /* QName */, items /* Property */; };
struct SeedDecl { static constexpr NodeKind kind = NodeKind::SeedDecl;
                  NodeId annotations, name /* QName */, items /* Property, Columns */; };
/// name: the title. A step is a Property "step" with a List of Property; rows are Property "rows": List of Name, then a
/// List of Row.
struct TestDecl { static constexpr NodeKind kind = NodeKind::TestDecl; NodeId annotations, target /* QName */, items; };
struct PublishDecl { static constexpr NodeKind kind = NodeKind::PublishDecl; NodeId annotations, items; };
struct EntityDecl { static constexpr NodeKind kind = NodeKind::EntityDecl; NodeId annotations, target /* QName */, items; };
struct MetricDecl { static constexpr NodeKind kind = NodeKind::MetricDecl; NodeId annotations, target /* QName */, items; };
struct DashboardDecl { static constexpr NodeKind kind = NodeKind::DashboardDecl; NodeId annotations, items; };
struct JobDecl { static constexpr NodeKind kind = NodeKind::JobDecl; NodeId annotations, items /* Property, Columns */; };
struct DestinationDecl { static constexpr NodeKind kind = NodeKind::DestinationDecl; NodeId annotations, items; };
struct ExportDecl { static constexpr NodeKind kind = NodeKind::ExportDecl;
                    NodeId annotations, name /* QName */, destination /* Name */, source /* QName */, items; };
struct ScheduleDecl { static constexpr NodeKind kind = NodeKind::ScheduleDecl; NodeId annotations, items; };
struct Annotation { static constexpr NodeKind kind = NodeKind::Annotation; NodeId arguments /* * of AnnotationArg */; };  // name
struct AnnotationArg { static constexpr NodeKind kind = NodeKind::AnnotationArg; NodeId value /* Literal or Name */; };  // name or empty
/// One item of a block: name = its keyword(s), one space between them ("timestamps in", "on new column").
/// children: its values in order: Literal, Word, Name, QName, Duration, Secret, List, or a nested List of Property for { }.
struct Property { static constexpr NodeKind kind = NodeKind::Property; };
struct Word { static constexpr NodeKind kind = NodeKind::Word; };          // a word of a closed list, checked by meaning
struct Duration { static constexpr NodeKind kind = NodeKind::Duration; };  // name: "10 minutes" (number, space, word)
struct Secret { static constexpr NodeKind kind = NodeKind::Secret; };      // name: of the reference
struct Wildcard { static constexpr NodeKind kind = NodeKind::Wildcard; };
struct TableDecl { static constexpr NodeKind kind = NodeKind::TableDecl;
                   NodeId name /* QName */, properties /* * */, items /* * of ColumnDecl, TableKey, ForeignKey */, annotations; };
/// `resource` or `topic` of a source (op 0 or 1).
struct ResourceDecl { static constexpr NodeKind kind = NodeKind::ResourceDecl;
                      NodeId name /* QName */, items /* Property, Columns */, annotations; };
struct TableKey { static constexpr NodeKind kind = NodeKind::TableKey; NodeId columns /* * of Name */; };  // op AttrKind PrimaryKey | Unique
struct ForeignKey { static constexpr NodeKind kind = NodeKind::ForeignKey; NodeId columns, table, referenced /* List? */; };
/// type: NativeType in a table of a source (DataType of array, map or struct), DataType elsewhere.
struct ColumnDecl { static constexpr NodeKind kind = NodeKind::ColumnDecl; NodeId type, attributes /* * of ColumnAttr */, annotations; };
/// name: the type as the database spells it, in lower case, one space between words ("timestamp with time zone",
/// "double precision", "nvarchar"); arguments: Literal (or Word for max); array dimensions in op.
struct NativeType { static constexpr NodeKind kind = NodeKind::NativeType; NodeId arguments /* * */; };
/// op AttrKind. value: References: QName; Default, As: expression; RenamedFrom, UnnestAs: Name; Timezone, From, Format:
/// Literal. columns: of References and FromParent.
struct ColumnAttr { static constexpr NodeKind kind = NodeKind::ColumnAttr; NodeId value /* ? */, columns /* List? */; };
/// op ParamKind. type: of a value; of a column, if any; of a table, a List of StructField.
struct ParamDecl { static constexpr NodeKind kind = NodeKind::ParamDecl; NodeId type /* ? */, fallback /* ? */, annotations; };  // name
struct Columns { static constexpr NodeKind kind = NodeKind::Columns; NodeId columns /* * of ColumnDecl */; };
/// condition: an expression; `unique (a)` is a Call; not_null is the list of `not null (a, b)`. name: else-policy or empty.
struct Expect { static constexpr NodeKind kind = NodeKind::Expect;
                NodeId condition /* ? */, not_null /* List? of Name */, references /* QName? */, referenced /* List? */,
                    quarantine /* QName? */; };
struct IndexColumn { static constexpr NodeKind kind = NodeKind::IndexColumn; };  // name; kDesc
/// op SelectionKind. target: QName? ; tags: List? of Name; name: unused.
struct Selection { static constexpr NodeKind kind = NodeKind::Selection; NodeId target /* ? */, tags /* List? */, except /* List? of Selection */; };

}  // namespace pipec::ast
