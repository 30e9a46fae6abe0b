// PostgreSQL 15 and later.
#include <fmt/format.h>

#include "print/dialect.h"

namespace pipec::print {
namespace {

// Reserved words, and those that can only be functions or types.
constexpr std::string_view kReservedText =
    "all analyse analyze and any array as asc asymmetric authorization between binary both case cast "
    "check coalesce collate collation column concurrently constraint create cross current_catalog "
    "current_date current_role current_schema current_time current_timestamp current_user default "
    "deferrable desc distinct do else end except exists extract false fetch for foreign freeze from full "
    "grant group having ilike in initially inner intersect interval into is isnull join lateral leading "
    "left like limit localtime localtimestamp natural not notnull null offset on only or order outer "
    "overlaps overlay placing position primary references returning right row select session_user similar "
    "some substring symmetric system_user table tablesample then to trailing treat trim true union unique "
    "user using values variadic verbose when where window with";
constexpr auto kReserved = split_words<count_words(kReservedText)>(kReservedText);

constexpr std::string_view kSpecialText =
    "current_catalog current_date current_role current_schema current_time current_timestamp current_user "
    "default localtime localtimestamp session_user system_user user";
constexpr auto kSpecial = split_words<count_words(kSpecialText)>(kSpecialText);

// All operators between comparison and + are one level here, read from the left.
constexpr std::array<Operator, kBinaryOps> kOperators = {{
    {"or", Level::Or},         {"and", Level::And},      {"=", Level::Comparison},  {"", Level::Predicate},
    {"<>", Level::Comparison}, {"<", Level::Comparison}, {"<=", Level::Comparison}, {">", Level::Comparison},
    {">=", Level::Comparison}, {"||", Level::BitOr},     {"|", Level::BitOr},       {"#", Level::BitOr},
    {"&", Level::BitOr},       {"<<", Level::BitOr},     {">>", Level::BitOr},      {"", Level::BitOr},
    {"+", Level::Add},         {"-", Level::Add},        {"*", Level::Multiply},    {"/", Level::Multiply},
    {"%", Level::Multiply},    {"", Level::Multiply},
}};

// Databricks' names, then the engine's own for what a backend says itself.
constexpr TypeName kTypes[] = {
    {"bigint", "bigint"},
    {"bigserial", "bigserial"},
    {"binary", "bytea"},
    {"bool", "boolean"},
    {"boolean", "boolean"},
    {"byte", "smallint"},
    {"bytea", "bytea"},
    {"char", "char"},
    {"character", "char"},
    {"date", "date"},
    {"dec", "numeric"},
    {"decimal", "numeric"},
    {"double", "double precision"},
    {"float", "real"},
    {"int", "integer"},
    {"integer", "integer"},
    {"json", "json"},
    {"jsonb", "jsonb"},
    {"long", "bigint"},
    {"name", "name"},
    {"numeric", "numeric"},
    {"oid", "oid"},
    {"real", "real"},
    {"regclass", "regclass"},
    {"short", "smallint"},
    {"smallint", "smallint"},
    {"string", "text"},
    {"text", "text"},
    {"time", "time"},
    {"timestamp", "timestamptz"},
    {"timestamp_ltz", "timestamptz"},
    {"timestamp_ntz", "timestamp"},
    {"timestamptz", "timestamptz"},
    {"tinyint", "smallint"},
    {"uuid", "uuid"},
    {"varchar", "varchar"},
    {"variant", "jsonb"},
    {"vector", "vector"},
};

std::string_view string_literal(std::string& out, std::string_view value) {
  bool control = false;
  for (char c : value) {
    if (c == '\0') return "PostgreSQL has no text with a NUL character";
    control |= static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  }
  // Ends of lines stay out of the text of a statement, where a version control system could rewrite them.
  out += control ? "E'" : "'";
  for (char c : value) {
    if (c == '\'') {
      out += "''";
    } else if (!control) {
      out += c;
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '\'';
  return {};
}

void binary_literal(std::string& out, std::string_view hex) {
  out += "'\\x";
  out += hex;
  out += "'::bytea";
}

std::string_view bad_identifier(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "a name cannot hold a NUL character";
  return {};
}

constexpr uint64_t features() {
  uint64_t all = 0;
  for (Feature feature : {Feature::OnConflict, Feature::DeleteUsing, Feature::DollarQuotes}) {
    all |= static_cast<uint64_t>(feature);
  }
  return all;
}

}  // namespace

const Dialect kPostgres = {
    .title = "PostgreSQL",
    .features = features(),
    .identifier_quote = '"',
    .folds_case = true,
    .max_identifier = 63,
    .reserved = kReserved,
    .special = kSpecial,
    .operators = kOperators,
    .bit_not = Level::BitOr,  // one of the operators between comparison and +
    .set_operations = {"union", "intersect", "except", "except"},
    .window_first = true,
    .types = kTypes,
    .typed_literals = {"date", "timestamptz", "timestamp", "timestamptz", "time"},
    .string = string_literal,
    .binary = binary_literal,
    .bad_identifier = bad_identifier,
};

}  // namespace pipec::print
