// Pieces of printed SQL, and documents, for tests/consumers/test_printer_strings.py, which puts them before the real engines.
// A request a line: {"dialect": "postgres", "kind": "string" | "identifier" | "expression", "value": text or
// seed}. An answer a line: {"sql": ...} or {"error": ...}; for an expression also "full", the same tree with
// all parentheses. The dialects "yaml", "json" and "python" give a document {value: [value]}.
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "artifact/document.h"
#include "ast/build.h"
#include "print/sql_printer.h"

using namespace pipec;
using namespace pipec::ast;

namespace {

/// Expressions of numbers and conditions that no engine fails on.
class Generator {
 public:
  Generator(SqlBuilder& sql, uint64_t seed) : sql_(sql), random_(seed) {}

  NodeId condition(int depth) {
    if (depth == 0) return pick(3) == 0 ? sql_.cast(sql_.null(), sql_.type("boolean")) : sql_.boolean(pick(2) == 0);
    auto number = [&] { return this->number(depth - 1); };
    auto same = [&] { return condition(depth - 1); };
    switch (pick(10)) {
      case 0:
        return sql_.not_(same());
      case 1:
        return negated(NodeKind::Is, {number()});
      case 2:
        return negated(NodeKind::IsDistinct, {number(), number()});
      case 3:
        return negated(NodeKind::Between, {number(), number(), number()});
      case 4:
        return negated(NodeKind::InList, {number(), sql_.list({number(), number()})});
      case 5:
        return sql_.null_safe_eq(number(), number());
      case 6:
        return sql_.binary(static_cast<BinaryOp>(static_cast<int>(BinaryOp::Eq) + 2 * pick(2)), same(), same());
      case 7:
        return sql_.binary(BinaryOp::Or, same(), same());
      case 8:
        return sql_.binary(BinaryOp::And, same(), same());
      default:
        return sql_.binary(static_cast<BinaryOp>(static_cast<int>(BinaryOp::Lt) + pick(4)), number(), number());
    }
  }

  NodeId number(int depth) {
    if (depth == 0) return sql_.integer(pick(7) - 3);
    auto same = [&] { return number(depth - 1); };
    constexpr BinaryOp kOps[] = {BinaryOp::Add, BinaryOp::Subtract, BinaryOp::BitAnd, BinaryOp::BitOr,
                                 BinaryOp::BitXor};
    switch (pick(8)) {
      case 0:
        return sql_.case_when({{condition(depth - 1), same()}}, same());
      case 1:
        return unary(UnaryOp::Minus, same());
      case 2:
        return unary(UnaryOp::BitNot, same());
      case 3:
        return sql_.binary(BinaryOp::Multiply, number(depth / 2), number(depth / 2));
      case 4:
        return sql_.call("coalesce", {same(), same()});
      default:
        return sql_.binary(kOps[pick(5)], same(), same());
    }
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }
  NodeId unary(UnaryOp op, NodeId operand) {
    return sql_.tree().add(NodeKind::Unary, {operand}, {}, static_cast<uint8_t>(op));
  }
  NodeId negated(NodeKind kind, std::initializer_list<NodeId> children) {
    return sql_.tree().add(kind, children, {}, 0, pick(2) == 0 ? kNegated : 0);
  }

  SqlBuilder& sql_;
  std::mt19937_64 random_;
};

/// The same with parentheses around every operator.
NodeId in_parens(const Tree& from, NodeId id, Tree& to) {
  if (!id) return {};
  std::vector<NodeId> children;
  for (NodeId child : from.children(id)) children.push_back(in_parens(from, child, to));
  const Node& node = from[id];
  NodeId copy = to.add(node.kind, children, node.name, node.op, node.flags);
  bool open = node.kind == NodeKind::Unary || node.kind == NodeKind::Binary || node.kind == NodeKind::Is ||
              node.kind == NodeKind::IsDistinct || node.kind == NodeKind::Between || node.kind == NodeKind::InList;
  return open ? to.add(NodeKind::Paren, {copy}) : copy;
}

/// The text as a key and as a value.
nlohmann::json document(const std::string& dialect, const std::string& text) {
  const Value value = Value::object({{text, Value::array({text})}});
  return {{"sql", dialect == "yaml"   ? print_yaml(value)
                  : dialect == "json" ? print_json(value)
                                      : python_literal(value)}};
}

nlohmann::json answer(const nlohmann::json& request) {
  const std::string dialect = request["dialect"];
  if (dialect == "yaml" || dialect == "json" || dialect == "python") return document(dialect, request["value"]);
  print::SqlStyle style;
  if (dialect == "postgres") style.dialect = &print::kPostgres;
  Tree tree;
  SqlBuilder sql(tree);
  std::string kind = request["kind"];
  NodeId root;
  if (kind == "expression") {
    root = Generator(sql, request["value"].get<uint64_t>()).condition(5);
  } else {
    std::string value = request["value"];
    root = kind == "string" ? sql.string(value) : sql.name(value);
  }
  print::PrintResult result = print::print_sql(tree, root, style);
  if (!result.ok()) return {{"error", result.errors[0].message}};
  nlohmann::json out = {{"sql", result.sql}};
  if (kind == "expression") {
    Tree full;
    NodeId full_root = in_parens(tree, root, full);
    out["full"] = print::print_sql(full, full_root, style).sql;
  }
  return out;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(nlohmann::json::parse(line)).dump() << '\n';
}
