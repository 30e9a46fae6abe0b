#include "postgres/step_writer.h"

#include <cassert>

#include <fmt/format.h>

namespace pipec::backend::postgres {

using pipeline::Phase;
using pipeline::Step;
using pipeline::StepKind;

namespace {

void set_params(Step& step, const print::PrintResult& printed) {
  step.params.clear();
  for (Symbol name : printed.parameters) step.params.emplace_back(name.text());
}

}  // namespace

StepWriter::StepWriter(Symbol owner, Symbol destination, std::string folder)
    : destination_(destination), folder_(std::move(folder)) {
  list_.owner = owner;
}

Step& StepWriter::add(Phase phase, StepKind kind, std::string id) {
  Step& step = list_.steps.emplace_back();
  step.phase = phase;
  step.kind = kind;
  step.path = fmt::format("postgres/{}/{}.sql", folder_, file_part(id));
  step.id = std::move(id);
  step.reads = reads;
  step.writes = writes;
  step.loop = loop;
  step.transaction = transaction;
  return step;
}

Step& StepWriter::serving(Phase phase, StepKind kind, std::string id, const Build& build) {
  Step& step = add(phase, kind, std::move(id));
  step.engine = pipeline::EngineKind::Serving;
  step.destination = destination_;
  ast::Tree tree;
  ast::SqlBuilder sql(tree);
  const ast::NodeId root = build(sql);
  print::SqlStyle style{
      .dialect = &print::kPostgres, .parameters = print::ParameterStyle::Percent, .terminator = true};
  print::PrintResult printed = print::print_sql(tree, root, style);
  if (printed.parameters.empty()) {
    // Without parameters psycopg leaves percent signs alone, and so does psql.
    style.parameters = print::ParameterStyle::Colon;
    printed = print::print_sql(tree, root, style);
  }
  assert(printed.ok());
  step.sql = printed.sql + "\n";
  set_params(step, printed);
  files_[step.path.substr(sizeof("postgres/") - 1)] = step.sql;
  return step;
}

Step& StepWriter::warehouse(StepKind kind, std::string id, const Build& build) {
  Step& step = add(Phase::Run, kind, std::move(id));
  if (kind == StepKind::Copy) step.destination = destination_;
  ast::Tree tree;
  ast::SqlBuilder sql(tree);
  const ast::NodeId root = build(sql);
  const print::PrintResult printed = print::print_sql(tree, root);
  assert(printed.ok());
  step.sql = printed.sql + "\n";
  set_params(step, printed);
  files_[step.path.substr(sizeof("postgres/") - 1)] = step.sql;
  return step;
}

Output StepWriter::take() {
  Output output;
  output.steps.push_back(std::move(list_));
  output.files = std::move(files_);
  return output;
}

}  // namespace pipec::backend::postgres
