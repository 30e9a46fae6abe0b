#include <vector>

#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

namespace {

constexpr uint32_t kMaxDepth = 3000;  // of nested expressions; no tree of the parser is that deep

Level tighter(Level level) {
  return static_cast<Level>(static_cast<uint8_t>(level) + 1);
}

}  // namespace

// ---- how tightly a node holds together

Level SqlWriter::level(NodeId id) const {
  switch (tree().kind(id)) {
    case NodeKind::Unary: {
      UnaryOp op = tree().op<UnaryOp>(id);
      return op == UnaryOp::Not ? Level::Not : op == UnaryOp::BitNot ? dialect_.bit_not : Level::Unary;
    }
    case NodeKind::Binary:
      return dialect_.operators[node(id).op].level;
    case NodeKind::Between:
    case NodeKind::InList:
    case NodeKind::InQuery:
    case NodeKind::Like:
    case NodeKind::LikeQuantified:
    case NodeKind::Is:
    case NodeKind::IsDistinct:
    case NodeKind::Exists:
      return Level::Predicate;
    case NodeKind::Lambda:
    case NodeKind::NamedArg:
    case NodeKind::SelectItem:
    case NodeKind::Ddl:
    case NodeKind::Embedded:
      return Level::Any;
    default:
      return Level::Postfix;
  }
}

void SqlWriter::expr(NodeId id, Level least, bool own_lines) {
  if (!id) return;
  if (++depth_ > kMaxDepth) {
    if (depth_ == kMaxDepth + 1) error(id, "an expression is nested too deeply");
    --depth_;
    return;
  }
  Commented around(*this, id);
  const Expansion* expanded = tree().kind(id) == NodeKind::Call ? rewrite(&Rewrites::expansions, id) : nullptr;
  const Expansion::Argument* given =
      here_->expansion != nullptr && tree().kind(id) == NodeKind::ColumnRef ? parameter(id) : nullptr;
  if (expanded != nullptr) {
    expansion(id, *expanded, least);
  } else if (given != nullptr) {
    argument(id, *given, least);
  } else if (level(id) < least) {
    parenthesised([&] { expr_bare(id, true); });
  } else {
    expr_bare(id, own_lines);
  }
  --depth_;
}

void SqlWriter::expr_bare(NodeId id, bool own_lines) {
  switch (tree().kind(id)) {
    case NodeKind::Literal:
      return literal(id);
    case NodeKind::TypedLiteral: {
      put(dialect_.typed_literals[node(id).op]);
      put(" ");
      return string_constant(id, node(id).name.text());
    }
    case NodeKind::IntervalLiteral:
      return interval(id);
    case NodeKind::Param:
      return param(id);
    case NodeKind::ColumnRef:
      return path(id, {});
    case NodeKind::Star:
      return star(id);
    case NodeKind::Unary:
      return unary(id);
    case NodeKind::Binary:
      return binary(id, own_lines);
    case NodeKind::Between:
    case NodeKind::InList:
    case NodeKind::InQuery:
    case NodeKind::Is:
    case NodeKind::IsDistinct:
      return predicate(id);
    case NodeKind::Like:
    case NodeKind::LikeQuantified:
      return like(id);
    case NodeKind::Case:
      return case_expr(id);
    case NodeKind::Cast:
      return cast(id);
    case NodeKind::Call:
      return call(id);
    case NodeKind::NamedArg:
      put_identifier(node(id).name, id, node(id).has(kQuoted));
      put(" => ");
      return expr(tree().get<NamedArg>(id).value, Level::Any);
    case NodeKind::Lambda:
      return lambda(id);
    case NodeKind::Exists:
      put("exists ");
      return query_parens(tree().get<Exists>(id).query);
    case NodeKind::ScalarQuery:
      return query_parens(tree().get<ScalarQuery>(id).query);
    case NodeKind::Subscript: {
      supports(Feature::Subscript, id, "positions in an array that start at 0");
      Subscript parts = tree().get<Subscript>(id);
      postfix_operand(parts.operand);
      put("[");
      emit(parts.index);
      return put("]");
    }
    case NodeKind::Field: {
      NodeId operand = tree().get<Field>(id).operand;
      if (tree().is<ColumnRef>(operand)) {  // a.b would be a column of a relation
        parenthesised([&] { expr(operand, Level::Any); });
      } else {
        postfix_operand(operand);
      }
      put(".");
      return put_identifier(node(id).name, id, node(id).has(kQuoted));
    }
    case NodeKind::PathStep: {
      supports(Feature::Path, id, "paths into a value (`v:name`)");
      PathStep parts = tree().get<PathStep>(id);
      postfix_operand(parts.operand);
      put(":");
      if (!parts.index) return put_identifier(node(id).name, id, node(id).has(kQuoted));
      put("[");
      emit(parts.index);
      return put("]");
    }
    case NodeKind::Collate:
      expr(tree().get<Collate>(id).operand, Level::Postfix);
      put(" collate ");
      return put_identifier(node(id).name, id, node(id).has(kQuoted));
    case NodeKind::Row:
      return row(id);
    case NodeKind::Paren: {
      NodeId inner = tree().get<Paren>(id).inner;
      return parenthesised([&] {
        hoist(inner);
        expr(inner, Level::Any, true);
      });
    }
    case NodeKind::Ddl:
    case NodeKind::Embedded:
      return emit_bare(id);
    case NodeKind::Error:
      return error(id, "a part that could not be parsed");
    default:
      error(id, "`" + std::string(kind_name(tree().kind(id))) + "` is no part of a statement");
  }
}

/// What a postfix stands behind. A literal there would read as another thing: 1.b.
void SqlWriter::postfix_operand(NodeId id) {
  NodeKind kind = tree().kind(id);
  bool clear = kind != NodeKind::Literal && kind != NodeKind::TypedLiteral && kind != NodeKind::IntervalLiteral;
  if (kind == NodeKind::ColumnRef) clear = here_->expansion == nullptr;
  if (kind == NodeKind::Call && rewrite(&Rewrites::expansions, id) != nullptr) clear = false;
  if (clear) return expr(id, Level::Postfix);
  parenthesised([&] { expr(id, Level::Any); });
}

// ---- operators

void SqlWriter::unary(NodeId id) {
  NodeId operand = tree().get<Unary>(id).operand;
  UnaryOp op = tree().op<UnaryOp>(id);
  if (op == UnaryOp::Not) {
    put("not ");
    return expr(operand, Level::Not);
  }
  // "--" would begin a comment, and "~-" is an operator of its own on PostgreSQL.
  char last = layout_.last();
  if (last == '-' || last == '+' || last == '~') put(" ");
  put(op == UnaryOp::Minus ? "-" : op == UnaryOp::Plus ? "+" : "~");
  bool loose = op == UnaryOp::BitNot && dialect_.bit_not != Level::Unary;
  expr(operand, loose ? tighter(dialect_.bit_not) : Level::Unary);
}

void SqlWriter::operator_text(NodeId id) {
  const Operator& op = dialect_.operators[node(id).op];
  if (op.text.empty()) return unsupported(id, "such operator");
  put(op.text);
  put(" ");
}

void SqlWriter::binary(NodeId id, bool own_lines) {
  Binary parts = tree().get<Binary>(id);
  if (tree().op<BinaryOp>(id) == BinaryOp::NullSafeEq && !dialect_.has(Feature::NullSafeEq)) {
    expr(parts.left, Level::BitOr);
    put(" is not distinct from ");
    return expr(parts.right, Level::BitOr);
  }
  Level own = dialect_.operators[node(id).op].level;
  if (own != Level::Comparison) return chain(id, own, own_lines);
  expr(parts.left, dialect_.has(Feature::ComparisonChains) ? Level::Comparison : Level::BitOr);
  put(" ");
  operator_text(id);
  expr(parts.right, Level::BitOr);
}

/// Operators of one level, read from the left: each operand on a line of its own where they do not fit on
/// one.
void SqlWriter::chain(NodeId id, Level own, bool own_lines) {
  std::vector<NodeId> spine;
  NodeId first = id;
  while (tree().is<Binary>(first) && level(first) == own) {
    spine.push_back(first);
    first = tree().get<Binary>(first).left;
  }
  Layout::Group group(layout_);
  if (!own_lines) layout_.begin_indent();
  for (NodeId inner : spine) {
    if (inner != id && comments_here()) before(inner);
  }
  expr(first, operand_level(first, own));
  for (size_t i = spine.size(); i-- > 0;) {
    NodeId right = tree().get<Binary>(spine[i]).right;
    layout_.line();
    hoist(right);
    operator_text(spine[i]);
    expr(right, operand_level(right, own));
    if (spine[i] != id && comments_here()) after(spine[i]);
  }
  if (!own_lines) layout_.end_indent();
}

/// AND inside OR, where we wrote it ourselves, has parentheses for the reader.
Level SqlWriter::operand_level(NodeId operand, Level own) const {
  bool ours = own == Level::Or && node(operand).span.empty();
  return ours && level(operand) == Level::And ? Level::Not : tighter(own);
}

/// A keyword and the condition behind it, whose later lines stand deeper.
void SqlWriter::condition(std::string_view keyword, NodeId id) {
  hoist(id, true);
  put(keyword);
  put(" ");
  expr(id, Level::Any);
}

// ---- predicates

void SqlWriter::predicate(NodeId id) {
  NodeId operand = tree().children(id)[0];
  bool negated = node(id).has(kNegated);
  expr(operand, Level::BitOr);
  switch (tree().kind(id)) {
    case NodeKind::Between: {
      Between parts = tree().get<Between>(id);
      put(negated ? " not between " : " between ");
      expr(parts.low, Level::BitOr);
      put(" and ");
      return expr(parts.high, Level::BitOr);
    }
    case NodeKind::InList: {
      put(negated ? " not in " : " in ");
      return paren_list(tree().list(tree().get<InList>(id).items));
    }
    case NodeKind::InQuery:
      put(negated ? " not in " : " in ");
      return query_parens(tree().get<InQuery>(id).query);
    case NodeKind::Is: {
      static constexpr std::string_view kWords[] = {"null", "true", "false", "unknown"};
      put(negated ? " is not " : " is ");
      return put(kWords[node(id).op]);
    }
    default:
      put(negated ? " is not distinct from " : " is distinct from ");
      expr(tree().get<IsDistinct>(id).right, Level::BitOr);
  }
}

void SqlWriter::like(NodeId id) {
  static constexpr std::string_view kWords[] = {"like", "ilike", "rlike"};
  static constexpr std::string_view kQuantifiers[] = {" any ", " some ", " all "};
  uint8_t op = node(id).op;
  expr(tree().children(id)[0], Level::BitOr);
  bool quantified = tree().is<LikeQuantified>(id);
  put(" ");
  if ((op & 15) == static_cast<uint8_t>(LikeOp::RLike) && !dialect_.has(Feature::RLike)) {
    if (quantified) return unsupported(id, "regular expressions of this kind");
    put(node(id).has(kNegated) ? "!~ " : "~ ");
    return expr(tree().get<Like>(id).pattern, Level::BitOr);
  }
  if (node(id).has(kNegated)) put("not ");
  put(kWords[op & 15]);
  if (quantified) {
    supports(Feature::QuantifiedLike, id, "LIKE with ANY, SOME or ALL patterns in a list");
    put(kQuantifiers[op >> 4]);
    return paren_list(tree().list(tree().get<LikeQuantified>(id).patterns));
  }
  put(" ");
  Like parts = tree().get<Like>(id);
  expr(parts.pattern, Level::BitOr);
  if (!parts.escape) return;
  put(" escape ");
  expr(parts.escape, Level::Postfix);
}

// ---- forms with words

void SqlWriter::case_expr(NodeId id) {
  Case parts = tree().get<Case>(id);
  Layout::Group group(layout_);
  put("case");
  if (parts.operand) {
    put(" ");
    expr(parts.operand, Level::Any);
  }
  {
    Layout::Indent indent(layout_);
    for (NodeId when : tree().list(parts.whens)) {
      layout_.line();
      hoist(when);
      Commented around(*this, when);
      When branch = tree().get<When>(when);
      Layout::Group line(layout_);
      put("when ");
      expr(branch.condition, Level::Any);
      Layout::Indent deeper(layout_);
      layout_.line();
      hoist(branch.result);
      put("then ");
      expr(branch.result, Level::Any);
    }
    if (parts.otherwise) {
      layout_.line();
      hoist(parts.otherwise);
      put("else ");
      expr(parts.otherwise, Level::Any);
    }
  }
  layout_.line();
  put("end");
}

void SqlWriter::cast(NodeId id) {
  Cast parts = tree().get<Cast>(id);
  CastOp op = tree().op<CastOp>(id);
  if (op == CastOp::DoubleColon) {
    expr(parts.operand, Level::Postfix);
    put("::");
    return emit(parts.type);
  }
  if (op == CastOp::TryCast) supports(Feature::TryCast, id, "TRY_CAST");
  put(op == CastOp::TryCast ? "try_cast" : "cast");
  parenthesised([&] {
    hoist(parts.operand);
    expr(parts.operand, Level::Any, true);
    put(" as ");
    emit(parts.type);
  });
}

void SqlWriter::row(NodeId id) {
  NodeId items = tree().get<Row>(id).items;
  Commented around(*this, items);
  paren_list(tree().list(items));
}

void SqlWriter::lambda(NodeId id) {
  supports(Feature::Lambda, id, "lambdas");
  Lambda parts = tree().get<Lambda>(id);
  std::span<const NodeId> params = tree().list(parts.params);
  size_t outer = here_->lambda_names.size();
  if (here_->expansion != nullptr) {
    for (NodeId param : params) {
      Symbol written = node(param).name;
      here_->lambda_names.push_back({written.folded(), fresh_lambda_name(written)});
    }
  }
  bool alone = params.size() == 1;
  if (!alone) put("(");
  for (size_t i = 0; i < params.size(); ++i) {
    if (i != 0) put(", ");
    Commented around(*this, params[i]);
    put_identifier(lambda_name(node(params[i]).name), params[i], node(params[i]).has(kQuoted));
  }
  put(alone ? " -> " : ") -> ");
  expr(parts.body, Level::Any);
  here_->lambda_names.resize(outer);
}

}  // namespace pipec::print
