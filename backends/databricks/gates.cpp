#include "databricks/gates.h"

#include <algorithm>

#include <fmt/format.h>

#include "databricks/lookup.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::ElsePolicy;
using pipeline::Expect;
using pipeline::ExpectKind;
using pipeline::GatePolicy;
using pipeline::StepKind;

namespace {

GatePolicy policy_of(ElsePolicy policy) {
  switch (policy) {
    case ElsePolicy::Fail:
      return GatePolicy::Fail;
    case ElsePolicy::Warn:
      return GatePolicy::Warn;
    default:
      return GatePolicy::Block;
  }
}

/// So that a condition may name the table that it is about.
Symbol alias_of(Symbol model) {
  std::string_view name = model.text();
  return Symbol::of(name.substr(name.find('.') + 1));
}

void add_gate(StepWriter& steps, std::string name, GatePolicy policy, const StepWriter::Build& build) {
  pipeline::Step& gate = steps.run(StepKind::Gate, fmt::format("expect.{}", name), build);
  gate.check = std::move(name);
  gate.policy = policy;
}

NodeId count_failures(SqlBuilder& sql, NodeId from, NodeId where) {
  return sql.select({.items = {sql.item(sql.count_star(), "failures")}, .from = {from}, .where = where});
}

SqlBuilder::Ids each_not_null(SqlBuilder& sql, ast::Text qualifier, const std::vector<Symbol>& columns) {
  SqlBuilder::Ids conditions;
  for (Symbol name : columns) conditions.push_back(sql.is_not_null(sql.column(qualifier, name)));
  return conditions;
}

bool covers(const std::vector<Symbol>& columns, const std::vector<Symbol>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](Symbol name) {
    return std::any_of(columns.begin(), columns.end(), [&](Symbol c) { return c.folded() == name.folded(); });
  });
}

/// A key that is declared is asked of every batch, unless an expectation or the way of building does it already.
bool needs_key_gate(const pipeline::Model& model) {
  auto is_key = [&](const std::vector<Symbol>& columns) {
    return covers(columns, model.key) && covers(model.key, columns);
  };
  if (model.key.empty()) return false;
  if (model.materialization == pipeline::Materialization::IncrementalByKey && is_key(model.incremental.columns)) {
    return false;
  }
  return std::none_of(model.expects.begin(), model.expects.end(), [&](const Expect& expect) {
    return expect.kind == ExpectKind::Unique && expect.policy == ElsePolicy::Block && is_key(expect.columns);
  });
}

}  // namespace

void add_unique_gate(StepWriter& steps, const Audited& audited, const std::vector<Symbol>& columns,
                     const std::string& name, GatePolicy policy) {
  steps.reads = audited.reads;
  add_gate(steps, name, policy, [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    // As for a constraint: rows with a NULL are equal to none.
    NodeId rows = sql.table(audited.rows);
    bool apart = !audited.kept || (!audited.batch_columns.empty() && covers(columns, audited.batch_columns));
    if (!apart) {
      NodeId batch = sql.select({.items = sql.columns({}, columns), .from = {rows}});
      NodeId rest = sql.select({.items = sql.columns({}, columns), .from = {audited.kept(s, columns)}});
      rows = sql.query_ref(sql.union_all({batch, rest}), "rows");
    }
    NodeId twice = sql.select({.items = sql.columns({}, columns),
                               .from = {rows},
                               .where = sql.and_all(each_not_null(sql, {}, columns)),
                               .group = sql.columns({}, columns),
                               .having = sql.gt(sql.count_star(), sql.integer(1))});
    return count_failures(sql, sql.query_ref(twice, "twice"), {});
  });
}

void add_gates(StepWriter& steps, pipeline::Lookup& lookup, const Names& names, Author& author,
               const pipeline::Model& model, const Audited& audited) {
  steps.writes.clear();
  if (needs_key_gate(model)) add_unique_gate(steps, audited, model.key, "key", GatePolicy::Block);
  for (const Expect& expect : model.expects) {
    steps.reads = audited.reads;
    std::string name(expect.name.text());
    GatePolicy policy = policy_of(expect.policy);
    Symbol alias = alias_of(model.head.name);
    switch (expect.kind) {
      case ExpectKind::Unique:
        add_unique_gate(steps, audited, expect.columns, name, policy);
        break;
      case ExpectKind::NotNull:
        add_gate(steps, name, policy, [&](Statement& s) {
          SqlBuilder::Ids nulls;
          for (Symbol column : expect.columns) nulls.push_back(s.sql.is_null(s.sql.column(column)));
          return count_failures(s.sql, s.sql.table(audited.rows), s.sql.or_all(nulls));
        });
        break;
      case ExpectKind::Condition:
        add_gate(steps, name, policy, [&](Statement& s) {
          NodeId holds = s.embed(author.expression(expect.condition));
          // NULL passes, as in a CHECK of SQL.
          return count_failures(s.sql, s.sql.table(audited.rows, alias), s.sql.not_(holds));
        });
        break;
      case ExpectKind::References: {
        const pipeline::Node* other = lookup.node(expect.referenced);
        if (!other) break;
        steps.reads.push_back(expect.referenced);
        add_gate(steps, name, policy, [&](Statement& s) {
          SqlBuilder& sql = s.sql;
          SqlBuilder::Ids same;
          for (size_t i = 0; i < expect.columns.size(); ++i) {
            same.push_back(sql.eq(sql.column("r", expect.referenced_columns[i]), sql.column("b", expect.columns[i])));
          }
          NodeId from = sql.join(ast::JoinKind::LeftAnti, sql.table(audited.rows, "b"),
                                 sql.table(names.node(expect.referenced), "r"), sql.and_all(same));
          return count_failures(sql, from, sql.and_all(each_not_null(sql, "b", expect.columns)));
        });
        break;
      }
    }
  }
  steps.reads.clear();
}

void lower_check(View& view, const Names& names, Symbol name, Output& output) {
  const pipeline::Check* check = view.check(name);
  if (!check || !check->query.bound) return;
  ViewLookup lookup(view);
  Author author(lookup, names);
  StepWriter steps(Symbol::of(fmt::format("check:{}", name.text())), &check->head);
  steps.reads = check->reads;
  pipeline::Step& gate = steps.run(StepKind::Gate, "wrong_rows", [&](Statement& s) {
    NodeId wrong = s.sql.query_ref(s.embed(author.query(check->query)), "wrong");
    return count_failures(s.sql, wrong, {});
  });
  gate.check = std::string(name.text());
  gate.policy = policy_of(check->policy);
  steps.take(output);
}

}  // namespace pipec::backend::databricks
