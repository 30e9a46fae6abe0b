// Transact-SQL, for scripts that sqlcmd runs.
#include "print/dialect.h"

namespace pipec::print {
namespace {

constexpr std::string_view kOperatorText[] = {"or", "and", "=", "", "<>", "<", "<=", ">", ">=", "+", "|",
                                              "^",  "&",   "",  "", "",   "+", "-",  "*", "/",  "%", ""};

/// What sqlcmd and the server would read as something else, wherever it stands: a variable, the end of a batch (GO on
/// a line of its own), a line that goes on.
std::string_view wrong(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return "a script for SQL Server cannot say a control character";
  }
  if (text.find("$(") != std::string_view::npos) return "sqlcmd would replace the variable in this text";
  return {};
}

std::string_view string_literal(std::string& out, std::string_view value) {
  if (std::string_view reason = wrong(value); !reason.empty()) return reason;
  out += "N'";
  for (char c : value) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
  return {};
}

void binary_literal(std::string& out, std::string_view hex) {
  out += "0x";
  out += hex;
}

consteval std::array<Operator, kBinaryOps> operators() {
  std::array<Operator, kBinaryOps> all;
  for (size_t i = 0; i < kBinaryOps; ++i) all[i] = {kOperatorText[i], Level::Any};
  return all;
}

}  // namespace

const Dialect kSqlServer = {
    .title = "Transact-SQL",
    .features = 0,
    .identifier_quote = '[',
    .identifier_end = ']',
    .quotes_all = true,
    .folds_case = false,
    .max_identifier = 0,
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
