// Just enough SQL to put the probe's questions to the rules: columns, literals, calls, casts, one operator a
// level.
#include <cctype>
#include <optional>
#include <stdexcept>

#include "notation.h"
#include "sql/coercion_rules.h"

namespace pipec::sql::test {
namespace {

struct Rejected {};
struct Unknown {};

struct Parser {
  std::string_view text;
  size_t at = 0;
  std::vector<std::pair<std::string, Operand>> scope;  // parameters of lambdas

  void blanks() {
    while (at < text.size() && text[at] == ' ') ++at;
  }
  bool take(std::string_view word) {
    blanks();
    if (text.size() - at < word.size()) return false;
    for (size_t i = 0; i < word.size(); ++i) {
      if (std::tolower(static_cast<unsigned char>(text[at + i])) != word[i]) return false;
    }
    bool letter = std::isalpha(static_cast<unsigned char>(word.back()));
    if (letter && at + word.size() < text.size() &&
        (std::isalnum(static_cast<unsigned char>(text[at + word.size()])) || text[at + word.size()] == '_')) {
      return false;
    }
    at += word.size();
    return true;
  }
  void expect(std::string_view word) {
    if (!take(word)) throw std::runtime_error(std::string(text) + ": expected " + std::string(word));
  }
  std::string_view until(char end) {
    size_t start = at, depth = 0;
    for (; at < text.size() && (depth > 0 || text[at] != end); ++at) {
      if (text[at] == '(' || text[at] == '<') ++depth;
      if (text[at] == ')' || text[at] == '>') --depth;
    }
    return text.substr(start, at - start);
  }

  Argument argument() {
    Argument left = primary();
    if (take("in")) {
      expect("(");
      std::vector<Type> types{left.operand.type};
      bool nullable = left.operand.nullable;
      std::vector<Operand> operands{left.operand};
      do {
        operands.push_back(argument().operand);
        types.push_back(operands.back().type);
        nullable = nullable || operands.back().nullable;
      } while (take(","));
      expect(")");
      bool same = true;
      for (Type type : types) same = same && same_shape(type, types[0]);
      auto common = common_type(types);
      if (!same && !common) throw Rejected();
      if (!is_orderable(same ? types[0] : *common)) throw Rejected();
      for (const Operand& o : operands) {
        if (!same && cast_nullable(o.type, *common, o.nullable, false)) nullable = true;
      }
      return value(TypeKind::Boolean, nullable);
    }
    if (take("is null") || take("is not null")) return value(TypeKind::Boolean, false);
    if (take("between")) {
      Argument low = primary();
      expect("and");
      Argument high = primary();
      Argument above = binary(ast::BinaryOp::GtEq, left, low), below = binary(ast::BinaryOp::LtEq, left, high);
      return binary(ast::BinaryOp::And, above, below);
    }
    static const std::pair<std::string_view, ast::BinaryOp> kOps[] = {{"<=>", ast::BinaryOp::NullSafeEq},
                                                                      {"!=", ast::BinaryOp::NotEq},
                                                                      {">>>", ast::BinaryOp::ShiftRightUnsigned},
                                                                      {"<<", ast::BinaryOp::ShiftLeft},
                                                                      {">>", ast::BinaryOp::ShiftRight},
                                                                      {"||", ast::BinaryOp::Concat},
                                                                      {"<=", ast::BinaryOp::LtEq},
                                                                      {">=", ast::BinaryOp::GtEq},
                                                                      {"<", ast::BinaryOp::Lt},
                                                                      {">", ast::BinaryOp::Gt},
                                                                      {"=", ast::BinaryOp::Eq},
                                                                      {"+", ast::BinaryOp::Add},
                                                                      {"-", ast::BinaryOp::Subtract},
                                                                      {"*", ast::BinaryOp::Multiply},
                                                                      {"/", ast::BinaryOp::Divide},
                                                                      {"%", ast::BinaryOp::Modulo},
                                                                      {"div", ast::BinaryOp::IntDiv},
                                                                      {"&", ast::BinaryOp::BitAnd},
                                                                      {"|", ast::BinaryOp::BitOr},
                                                                      {"^", ast::BinaryOp::BitXor},
                                                                      {"and", ast::BinaryOp::And},
                                                                      {"or", ast::BinaryOp::Or}};
    for (auto& [word, op] : kOps) {
      if (take(word)) return binary(op, left, primary());
    }
    return left;
  }

  static Argument value(Type type, bool nullable) {
    Argument result;
    result.operand.type = type;
    result.operand.nullable = nullable;
    return result;
  }
  static Argument binary(ast::BinaryOp op, const Argument& left, const Argument& right) {
    auto result = binary_result(op, left.operand, right.operand);
    if (!result) throw Rejected();
    Argument out = value(result->type, result->nullable);
    out.operand.foldable = left.operand.foldable && right.operand.foldable;
    return out;
  }

  Argument unary(ast::UnaryOp op) {
    Argument operand = primary();
    auto type = unary_result(op, operand.operand);
    if (!type) throw Rejected();
    Argument out = value(*type, unary_nullable(op, operand.operand));
    out.operand.foldable = operand.operand.foldable;
    return out;
  }

  Argument cast(bool is_try) {
    Argument from = argument();
    expect("as");
    blanks();
    Type type = parse_marked(until(')')).type;
    expect(")");
    if (!(is_try ? can_try_cast : can_cast)(from.operand.type, type)) throw Rejected();
    Argument out = value(type, cast_nullable(from.operand.type, type, from.operand.nullable, is_try));
    out.operand.foldable = from.operand.foldable;
    return out;
  }

  Argument number() {
    size_t start = at;
    bool minus = take("-");
    bool point = false, exponent = false;
    while (at < text.size() &&
           (std::isdigit(static_cast<unsigned char>(text[at])) || text[at] == '.' || text[at] == 'e')) {
      point = point || text[at] == '.';
      exponent = exponent || text[at] == 'e';
      ++at;
    }
    std::string digits(text.substr(start + minus, at - start - minus));
    Argument out = value(TypeKind::Int, false);
    out.operand.foldable = true;
    if (take("bd")) {
      out.operand.type = Type::decimal(21, 0);
      out.operand.decimal_literal = true;
    } else if (take("d") || exponent) {
      out.operand.type = TypeKind::Double;
    } else if (take("f")) {
      out.operand.type = TypeKind::Float;
    } else if (point || digits.size() > 18) {
      size_t dot = digits.find('.');
      int scale = dot == std::string::npos ? 0 : static_cast<int>(digits.size() - dot - 1);
      int precision = static_cast<int>(digits.size()) - (dot == std::string::npos ? 0 : 1);
      if (precision > scale && digits[0] == '0') --precision;
      out.operand.type = Type::decimal(std::max(precision, scale), scale);
      out.operand.decimal_literal = true;
    } else {
      out.operand.integer = std::stoll(digits) * (minus ? -1 : 1);
      if (take("l") || *out.operand.integer > INT32_MAX || *out.operand.integer < INT32_MIN)
        out.operand.type = TypeKind::BigInt;
      else if (take("s"))
        out.operand.type = TypeKind::SmallInt;
      else if (take("y"))
        out.operand.type = TypeKind::TinyInt;
    }
    return out;
  }

  Argument primary() {
    blanks();
    if (at >= text.size()) throw std::runtime_error("nothing left: " + std::string(text));
    char c = text[at];
    if (c == '`') {
      ++at;
      size_t end = text.find('`', at);
      Marked column = parse_marked(text.substr(at, end - at));
      at = end + 1;
      return value(column.type, column.nullable);
    }
    if (take("interval '")) {  // the only typed literal that the questions need
      until('\'');
      ++at;
      std::string_view unit = word();
      Argument out = value(parse_marked("interval " + std::string(unit)).type, false);
      out.operand.foldable = true;
      return out;
    }
    if (take("x'")) {
      until('\'');
      ++at;
      Argument out = value(TypeKind::Binary, false);
      out.operand.foldable = true;
      return out;
    }
    if (c == '\'') {
      ++at;
      size_t end = text.find('\'', at);
      Argument out = value(TypeKind::String, false);
      out.operand.foldable = true;
      out.is_string_literal = true;
      out.string_literal = text.substr(at, end - at);
      at = end + 1;
      return out;
    }
    if (std::isdigit(static_cast<unsigned char>(c))) return number();
    if (c == '-' && at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1]))) return number();
    if (take("-")) return unary(ast::UnaryOp::Minus);
    if (take("+")) return unary(ast::UnaryOp::Plus);
    if (take("~")) return unary(ast::UnaryOp::BitNot);
    if (take("not")) return unary(ast::UnaryOp::Not);
    if (take("(")) {
      Argument inner = argument();
      expect(")");
      return inner;
    }
    if (take("null")) {
      Argument out = value(TypeKind::Void, true);
      out.operand.foldable = true;
      return out;
    }
    if (take("true") || take("false")) {
      Argument out = value(TypeKind::Boolean, false);
      out.operand.foldable = true;
      return out;
    }
    if (take("cast(")) return cast(false);
    if (take("try_cast(")) return cast(true);
    return call();
  }

  std::string_view word() {
    blanks();
    size_t start = at;
    while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_')) ++at;
    return text.substr(start, at - start);
  }

  // "x -> " or "(a, b) -> ": the parameters' names, or none and nothing is read.
  std::vector<std::string> lambda_names() {
    size_t before = at;
    std::vector<std::string> names;
    bool several = take("(");
    do names.emplace_back(word());
    while (several && take(","));
    if ((several && !take(")")) || names[0].empty() || !take("->")) {
      at = before;
      names.clear();
    }
    return names;
  }

  struct Lambda {
    size_t index = 0, at = 0;
    std::vector<std::string> names;
  };

  Argument call_argument(std::vector<Lambda>& lambdas, size_t index) {
    std::vector<std::string> names = lambda_names();
    if (!names.empty()) {
      lambdas.push_back({index, at, names});
      size_t depth = 0;
      for (; at < text.size() && (depth > 0 || (text[at] != ',' && text[at] != ')')); ++at) {
        if (text[at] == '(') ++depth;
        if (text[at] == ')') --depth;
      }
      Argument out;
      out.is_lambda = true;
      out.lambda_arity = static_cast<int>(names.size());
      return out;
    }
    size_t before = at;
    std::string_view name = word();
    if (!name.empty() && take("=>")) {
      Argument out = argument();
      out.name = name;
      return out;
    }
    at = before;
    return argument();
  }

  Argument call() {
    std::string_view name = word();
    for (auto& [parameter, operand] : scope) {
      if (parameter == name) return value(operand.type, operand.nullable);
    }
    if (name.empty() || !take("(")) throw std::runtime_error("no expression: " + std::string(text.substr(at)));
    std::vector<Argument> arguments;
    std::vector<Lambda> lambdas;
    if (take("*")) {
      arguments.push_back(value(TypeKind::Int, false));
      expect(")");
    } else if (!take(")")) {
      do arguments.push_back(call_argument(lambdas, arguments.size()));
      while (take(","));
      expect(")");
    }
    if (take("within group (order by")) {
      arguments.push_back(argument());
      arguments.back().within_group = true;
      expect(")");
    }
    if (take("over")) {
      expect("(");
      until(')');
      expect(")");
    }
    const FunctionInfo* function = find_function(name);
    if (function == nullptr) throw Unknown();
    std::vector<Operand> bodies;
    for (const Lambda& lambda : lambdas) {
      auto parameters = lambda_parameters(*function, arguments, static_cast<int>(lambda.index), bodies);
      if (!parameters) throw Rejected();
      Parser body = *this;
      body.at = lambda.at;
      for (size_t i = 0; i < lambda.names.size(); ++i) body.scope.emplace_back(lambda.names[i], (*parameters)[i]);
      bodies.push_back(body.argument().operand);
    }
    CallResult result =
        lambdas.empty() ? resolve_call(*function, arguments) : resolve_higher_order(*function, arguments, bodies);
    if (result.error == CallError::Unsupported) throw Unknown();
    if (result.error != CallError::None) throw Rejected();
    Argument out = value(result.call.type, result.call.nullable);
    out.operand.foldable =
        function->kind == FunctionKind::Scalar && function->determinism == Determinism::Deterministic;
    for (const Argument& a : arguments) out.operand.foldable = out.operand.foldable && a.operand.foldable;
    if (function->kind == FunctionKind::Generator) generator = true;
    return out;
  }
  bool generator = false;
};

}  // namespace

std::string answer(std::string_view expression) {
  try {
    Parser parser;
    parser.text = expression;
    Argument result = parser.argument();
    parser.blanks();
    if (parser.at != expression.size()) throw std::runtime_error("after the expression: " + std::string(expression));
    if (result.operand.type.is_error()) return "UNKNOWN";
    if (parser.generator) {  // one column each
      std::string columns;
      for (const StructFieldType& field : result.operand.type.fields()) {
        columns += (columns.empty() ? "" : "; ") + notation(field.type, field.nullable);
      }
      return columns;
    }
    return notation(result.operand.type, result.operand.nullable);
  } catch (const Rejected&) {
    return "ERROR";
  } catch (const Unknown&) {
    return "UNKNOWN";
  }
}

}  // namespace pipec::sql::test
