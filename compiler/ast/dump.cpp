// The tree as text for tests: (Kind.Op "name" +flag child ...), a list as [...], an absent child as -. Absent
// children at the end are left out. A subtree that is wider than a line is broken, one child a line.
#include <span>

#include "ast/tree.h"

namespace pipec::ast {
namespace {

constexpr size_t kWidth = 100;

std::string_view pick(std::span<const std::string_view> names, uint8_t op) {
  return op < names.size() ? names[op] : std::string_view("?");
}

constexpr std::string_view kLiteral[] = {"Null",    "True",    "False",  "Integer", "BigInt", "SmallInt",
                                         "TinyInt", "Decimal", "Double", "Float",   "String", "Binary"};
constexpr std::string_view kTyped[] = {"Date", "Timestamp", "TimestampNtz", "TimestampLtz", "Time"};
constexpr std::string_view kUnit[] = {"",       "Year",   "Month",       "Week",        "Day",        "Hour",
                                      "Minute", "Second", "Millisecond", "Microsecond", "Nanosecond", "Quarter"};
constexpr std::string_view kUnary[] = {"Not", "Minus", "Plus", "BitNot"};
constexpr std::string_view kBinary[] = {
    "Or",   "And",      "Eq",       "NullSafeEq", "NotEq",  "Lt",        "LtEq",       "Gt",
    "GtEq", "Concat",   "BitOr",    "BitXor",     "BitAnd", "ShiftLeft", "ShiftRight", "ShiftRightUnsigned",
    "Add",  "Subtract", "Multiply", "Divide",     "Modulo", "IntDiv"};
constexpr std::string_view kLike[] = {"Like", "ILike", "RLike"};
constexpr std::string_view kQuantifier[] = {"Any", "Some", "All"};
constexpr std::string_view kIs[] = {"Null", "True", "False", "Unknown"};
constexpr std::string_view kCast[] = {"", "Try", "DoubleColon"};
constexpr std::string_view kCall[] = {
    "",           "ExtractFrom",   "Trim", "TrimBoth", "TrimLeading", "TrimTrailing", "SubstringFrom",
    "PositionIn", "OverlayPlacing"};
constexpr std::string_view kSetOp[] = {"Union", "Intersect", "Except", "Minus"};
constexpr std::string_view kJoin[] = {"Comma", "Inner",    "Cross",    "Left", "Right",
                                      "Full",  "LeftSemi", "LeftAnti", "Semi", "Anti"};
constexpr std::string_view kPipe[] = {"select",   "extend", "set",    "drop",      "as",  "where",
                                      "relation", "sample", "set_op", "aggregate", "tail"};
constexpr std::string_view kGroup[] = {"", "Rollup", "Cube", "GroupingSets"};
constexpr std::string_view kFrame[] = {"Rows", "Range"};
constexpr std::string_view kBound[] = {"UnboundedPreceding", "Preceding", "CurrentRow", "Following",
                                       "UnboundedFollowing"};
constexpr std::string_view kInsert[] = {"Into", "Overwrite", "ReplaceWhere", "OnConflictUpdate", "OnConflictNothing"};
constexpr std::string_view kMerge[] = {"MatchedUpdate", "MatchedDelete", "NotMatchedInsert", "NotMatchedBySourceDelete",
                                       "NotMatchedBySourceUpdate"};
constexpr std::string_view kAttr[] = {"NotNull",    "Null",        "PrimaryKey", "Unique",  "References",
                                      "Default",    "RenamedFrom", "Timezone",   "Collate", "From",
                                      "FromParent", "As",          "Format",     "UnnestAs"};
constexpr std::string_view kSelection[] = {"All", "Node", "SchemaAll", "DownstreamOf", "UpstreamOf", "LoadOf"};

std::string op_text(const Node& node) {
  switch (node.kind) {
    case NodeKind::Literal:
      return std::string(pick(kLiteral, node.op));
    case NodeKind::TypedLiteral:
      return std::string(pick(kTyped, node.op));
    case NodeKind::IntervalLiteral:
    case NodeKind::IntervalPart:
      return std::string(pick(kUnit, node.op));
    case NodeKind::Unary:
      return std::string(pick(kUnary, node.op));
    case NodeKind::Binary:
      return std::string(pick(kBinary, node.op));
    case NodeKind::Like:
      return std::string(pick(kLike, node.op));
    case NodeKind::LikeQuantified:
      return std::string(pick(kLike, node.op & 15)).append(pick(kQuantifier, node.op >> 4));
    case NodeKind::Is:
      return std::string(pick(kIs, node.op));
    case NodeKind::Cast:
      return std::string(pick(kCast, node.op));
    case NodeKind::Call:
      return std::string(pick(kCall, node.op));
    case NodeKind::SetOp:
      return std::string(pick(kSetOp, node.op));
    case NodeKind::Join:
      return std::string(pick(kJoin, node.op));
    case NodeKind::GroupBy:
      return std::string(pick(kGroup, node.op));
    case NodeKind::PipeStep:
      return std::string(pick(kPipe, node.op));
    case NodeKind::Select:
      return node.op == 0 ? std::string() : "from_first";
    case NodeKind::Frame:
      return std::string(pick(kFrame, node.op));
    case NodeKind::FrameBound:
      return std::string(pick(kBound, node.op));
    case NodeKind::Insert:
      return std::string(pick(kInsert, node.op));
    case NodeKind::MergeClause:
      return std::string(pick(kMerge, node.op));
    case NodeKind::TableKey:
    case NodeKind::ColumnAttr:
      return std::string(pick(kAttr, node.op));
    case NodeKind::Selection:
      return std::string(pick(kSelection, node.op));
    default:
      return node.op == 0 ? std::string() : std::to_string(node.op);
  }
}

constexpr std::string_view kFlags[] = {"quoted", "not",         "distinct",   "all",    "recursive",    "natural",
                                       "desc",   "nulls_first", "nulls_last", "asc",    "ignore_nulls", "respect_nulls",
                                       "outer",  "by_name",     "not_null",   "percent"};

std::string quoted(std::string_view text, char mark) {
  std::string out(1, mark);
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == mark || c == '\\') {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  out += mark;
  return out;
}

std::string name_text(const Node& node) {
  if (node.kind == NodeKind::Literal && static_cast<LiteralKind>(node.op) == LiteralKind::String) {
    return quoted(node.name.text(), '\'');
  }
  if (node.name.empty()) return {};
  if (node.has(kQuoted)) return quoted(node.name.text(), '`');
  bool plain = node.name.text().find_first_of(" \n()[]'\"`") == std::string_view::npos;
  return plain ? std::string(node.name.text()) : quoted(node.name.text(), '"');
}

std::string head(const Node& node) {
  if (node.kind == NodeKind::List) return {};
  std::string out(kind_name(node.kind));
  if (std::string op = op_text(node); !op.empty()) out += '.' + op;
  if (std::string name = name_text(node); !name.empty()) out += ' ' + name;
  for (size_t bit = 1; bit < std::size(kFlags); ++bit) {  // kQuoted shows in the name
    if (node.flags & (1u << bit)) out.append(" +").append(kFlags[bit]);
  }
  return out;
}

std::string render(const Tree& tree, NodeId id, size_t indent) {
  if (!id) return "-";
  const Node& node = tree[id];
  if (node.kind == NodeKind::Name && node.child_count == 0) return name_text(node);
  bool list = node.kind == NodeKind::List;
  auto children = tree.children(id);
  while (!list && !children.empty() && !children.back()) children = children.first(children.size() - 1);
  std::string first = head(node);
  std::vector<std::string> parts;
  size_t width = indent + first.size() + 2;
  bool broken = false;
  for (NodeId child : children) {
    parts.push_back(render(tree, child, indent + 2));
    width += parts.back().size() + 1;
    broken |= parts.back().find('\n') != std::string::npos;
  }
  broken |= width > kWidth;
  std::string out(1, list ? '[' : '(');
  out += first;
  bool gap = !first.empty();
  for (const std::string& part : parts) {
    if (broken) {
      out += '\n';
      out.append(indent + 2, ' ');
    } else if (gap) {
      out += ' ';
    }
    gap = true;
    out += part;
  }
  out += list ? ']' : ')';
  return out;
}

}  // namespace

std::string dump(const Tree& tree, NodeId root) {
  return render(tree, root, 0);
}

}  // namespace pipec::ast
