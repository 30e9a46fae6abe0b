// Databricks SQL, which is Spark SQL with ANSI mode on.
#include <fmt/format.h>

#include "print/dialect.h"

namespace pipec::print {
namespace {

// Spark's reserved words, and those that our own grammar does not take as a name everywhere.
constexpr std::string_view kReservedText =
    "all and anti any array as asof authorization between both by case cast check cluster collate "
    "constraint create cross cube default distinct distribute div drop else end escape except execute "
    "exists extract false fetch filter for foreign from full function grant group grouping having ilike "
    "in inner insert intersect interval into is join lateral leading left like limit map merge minus "
    "natural not null of offset on only or order outer over overlaps overlay pivot position primary "
    "qualify references regexp repeatable right rlike rollup row rows select semi set some sort struct "
    "substr substring system_time system_version table tablesample then to trailing trim true try_cast "
    "unbounded union unique unknown unpivot update using values version when where window with within";
constexpr auto kReserved = split_words<count_words(kReservedText)>(kReservedText);

constexpr std::string_view kSpecialText =
    "current_catalog current_database current_date current_path current_schema current_time current_timestamp "
    "current_timezone current_user localtimestamp now session_user user";
constexpr auto kSpecial = split_words<count_words(kSpecialText)>(kSpecialText);

constexpr std::array<Operator, kBinaryOps> kOperators = {{
    {"or", Level::Or},         {"and", Level::And},      {"=", Level::Comparison},  {"<=>", Level::Comparison},
    {"<>", Level::Comparison}, {"<", Level::Comparison}, {"<=", Level::Comparison}, {">", Level::Comparison},
    {">=", Level::Comparison}, {"||", Level::Add},       {"|", Level::BitOr},       {"^", Level::BitXor},
    {"&", Level::BitAnd},      {"<<", Level::Shift},     {">>", Level::Shift},      {">>>", Level::Shift},
    {"+", Level::Add},         {"-", Level::Add},        {"*", Level::Multiply},    {"/", Level::Multiply},
    {"%", Level::Multiply},    {"div", Level::Multiply},
}};

// What Spark's reader would take for something else is escaped, and so are ends of lines. "${" and "{{" are
// hidden from Spark's substitution of variables and from the templates of SQL files in Databricks jobs.
std::string_view string_literal(std::string& out, std::string_view value) {
  out += '\'';
  for (size_t i = 0; i < value.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(value[i]);
    char next = i + 1 < value.size() ? value[i + 1] : '\0';
    switch (c) {
      case '\'':
        out += "\\'";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c == 0) {
          out += "\\000";
        } else if (c < 0x20 || c == 0x7F || (c == '$' && next == '{') || (c == '{' && next == '{')) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        } else {
          out += static_cast<char>(c);
        }
    }
  }
  out += '\'';
  return {};
}

void binary_literal(std::string& out, std::string_view hex) {
  out += "X'";
  out += hex;
  out += '\'';
}

// Spark replaces ${x} before it parses, in backticks too and by nothing if it knows no x; nothing escapes it
// there.
std::string_view bad_identifier(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "a name cannot hold a NUL character";
  size_t variable = text.find("${");
  if (variable != std::string_view::npos && text.find('}', variable) != std::string_view::npos) {
    return "Spark would replace the variable in this name";
  }
  return {};
}

constexpr uint64_t kNot = static_cast<uint64_t>(Feature::OnConflict) | static_cast<uint64_t>(Feature::DeleteUsing);

}  // namespace

const Dialect kDatabricks = {
    .title = "Databricks SQL",
    .features = ~kNot,
    .identifier_quote = '`',
    .folds_case = false,
    .max_identifier = 0,
    .reserved = kReserved,
    .special = kSpecial,
    .operators = kOperators,
    .bit_not = Level::Unary,
    .set_operations = {"union", "intersect", "except", "minus"},
    .window_first = false,
    .types = {},
    .typed_literals = {"date", "timestamp", "timestamp_ntz", "timestamp_ltz", "time"},
    .string = string_literal,
    .binary = binary_literal,
    .bad_identifier = bad_identifier,
};

}  // namespace pipec::print
