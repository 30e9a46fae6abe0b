#include "semantic/contract.h"

#include <fmt/format.h>

#include <algorithm>

#include "semantic/diagnostics.h"
#include "sql/coercion.h"
#include "sql/type_sources.h"

namespace pipec::semantic {
namespace {

class Contract {
 public:
  Contract(const Resolving& context, const sql::BoundQuery& bound, const std::vector<ContractColumn>& contract)
      : context_(context), bound_(bound), contract_(contract) {}

  void run() {
    std::vector<std::string_view> names;
    for (const ContractColumn& column : contract_) names.push_back(column.column.name.text());
    for (size_t i = 0; i < bound_.outputs.size(); ++i) {
      Symbol name = bound_.outputs[i].name;
      auto same = [&](const ContractColumn& c) { return c.column.name.folded() == name.folded(); };
      if (std::any_of(contract_.begin(), contract_.end(), same)) continue;
      if (bound_.outputs[i].type.is_error()) continue;
      std::string suggestion = did_you_mean(name.text(), names);
      // Near to a column of the contract that the query lacks, it is that column under another name: one mistake.
      if (!suggestion.empty() && bound_.ok && is_missing(suggest(name.text(), names)[0])) {
        misspelt_.emplace_back(suggest(name.text(), names)[0], i);
        continue;
      }
      context_.sink
          .report(diag::ContractExtra, output_place(i),
                  fmt::format("the query gives `{}`, which the contract does not have", name.text()))
          .about(missing_column(name))
          .help(suggestion.empty() ? "add it to `columns (...)`, or take it out of the query" : suggestion);
    }
    for (const ContractColumn& column : contract_) match_column(column);
  }

 private:
  Place output_place(size_t i) const { return Place::in(context_.declaration.key, bound_.outputs[i].span); }

  size_t find_output(Symbol name) const {
    size_t i = 0;
    while (i < bound_.outputs.size() && bound_.outputs[i].name.folded() != name.folded()) ++i;
    return i;
  }

  bool is_missing(std::string_view name) const {
    return std::none_of(bound_.outputs.begin(), bound_.outputs.end(),
                        [&](const auto& output) { return output.name.folded() == Symbol::of(name).folded(); });
  }

  /// The column that an output is, under whatever name: of `select a b`, where a comma is lost, `a`.
  Symbol read_from(size_t output) const {
    const Symbol column = sql::table_column(bound_.ir, bound_.outputs[output].column);
    return column.empty() ? column : Symbol::of(column.text().substr(column.text().rfind('.') + 1));
  }
  bool is_other_missing(Symbol read, Symbol name) const {
    if (read.empty() || read == name.folded() || !is_missing(read.text())) return false;
    return std::any_of(contract_.begin(), contract_.end(),
                       [&](const ContractColumn& column) { return column.column.name.folded() == read; });
  }

  Symbol missing_column(Symbol name) const {
    return Symbol::of(fmt::format("column:{}.{}", context_.declaration.name.text(), name.folded().text()));
  }

  void match_column(const ContractColumn& wanted) {
    size_t i = find_output(wanted.column.name);
    if (i == bound_.outputs.size()) {
      if (!bound_.ok) return;  // what is missing may be what was reported
      std::vector<std::string_view> names;
      for (const auto& output : bound_.outputs) names.push_back(output.name.text());
      std::string suggestion = did_you_mean(wanted.column.name.text(), names);
      DiagnosticBuilder builder =
          context_
              .report(diag::ContractMissing, wanted.node,
                      fmt::format("the query gives no column `{}`", wanted.column.name.text()))
              .help(suggestion.empty() ? "add it to the query, or take it out of the contract" : suggestion);
      for (const auto& [name, output] : misspelt_) {
        if (name != wanted.column.name.text()) continue;
        builder.label(output_place(output), "the contract has no such column")
            .about(missing_column(bound_.outputs[output].name));
      }
      for (size_t other = 0; other < bound_.outputs.size(); ++other) {
        if (read_from(other) == wanted.column.name.folded())
          builder.label(output_place(other), fmt::format("here it is called `{}`", bound_.outputs[other].name.text()));
      }
      return;
    }
    sql::Type given = bound_.outputs[i].type, declared = wanted.column.type;
    if (given.is_error() || declared.is_error() || given == declared || sql::widens(given, declared)) return;
    if (is_other_missing(read_from(i), wanted.column.name)) return;  // reported as that one
    std::vector<Symbol> typed_by = sql::columns_within(bound_.ir, context_.tree, bound_.outputs[i].span);
    typed_by.push_back(column_of(context_.declaration.name.text(), wanted.column));
    context_.sink
        .report(diag::ContractType, output_place(i),
                fmt::format("`{}` is {} here, but the contract says {}", wanted.column.name.text(), given.text(),
                            declared.text()))
        .typed_by(std::move(typed_by))
        .label(context_.place(wanted.type), "declared here")
        .help(narrowing_help(given, declared));
  }

  const Resolving& context_;
  const sql::BoundQuery& bound_;
  const std::vector<ContractColumn>& contract_;
  std::vector<std::pair<std::string_view, size_t>> misspelt_;  // a contract's column, the output that may be it
};

}  // namespace

void check_contract(const Resolving& context, const sql::BoundQuery& bound,
                    const std::vector<ContractColumn>& contract) {
  Contract(context, bound, contract).run();
}

// A cast to a text of some length gives a string in Spark, whose columns alone have lengths.
std::string narrowing_help(sql::Type given, sql::Type declared) {
  if (declared.is(sql::TypeKind::Char) || declared.is(sql::TypeKind::Varchar)) {
    return fmt::format(
        "declare string, and hold the length with a check: only a column that is handed on as it is is {}",
        declared.text());
  }
  return fmt::format("write `cast(... as {})` if losing digits is meant, or declare {}", declared.text(), given.text());
}

}  // namespace pipec::semantic
