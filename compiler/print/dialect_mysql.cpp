// MySQL 8, for scripts that the mysql client runs.
#include "print/dialect.h"

namespace pipec::print {
namespace {

constexpr std::string_view kOperatorText[] = {"or", "and", "=",  "<=>", "<>", "<", "<=", ">", ">=", "",  "|",
                                              "^",  "&",   "<<", ">>",  "",   "+", "-",  "*", "/",  "%", "div"};

/// A backslash means another thing under NO_BACKSLASH_ESCAPES, and there is no spelling that means one in both modes.
std::string_view wrong(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return "a script for MySQL cannot say a control character";
    if (c == '\\') return "a script for MySQL cannot say a backslash";
  }
  return {};
}

std::string_view string_literal(std::string& out, std::string_view value) {
  if (std::string_view reason = wrong(value); !reason.empty()) return reason;
  out += '\'';
  for (char c : value) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
  return {};
}

void binary_literal(std::string& out, std::string_view hex) {
  out += "X'";
  out += hex;
  out += '\'';
}

consteval std::array<Operator, kBinaryOps> operators() {
  std::array<Operator, kBinaryOps> all;
  for (size_t i = 0; i < kBinaryOps; ++i) all[i] = {kOperatorText[i], Level::Any};
  return all;
}

}  // namespace

const Dialect kMySql = {
    .title = "MySQL",
    .features = 0,
    .identifier_quote = '`',
    .identifier_end = 0,
    .quotes_all = true,
    .folds_case = false,
    .max_identifier = 64,
    .reserved = {},
    .special = {},
    .operators = operators(),
    .bit_not = Level::Unary,
    .set_operations = {"union", "intersect", "except", "except"},
    .window_first = false,
    .types = {},
    .typed_literals = {},
    .string = string_literal,
    .binary = binary_literal,
    .bad_identifier = wrong,
};

}  // namespace pipec::print
