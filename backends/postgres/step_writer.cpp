#include "postgres/step_writer.h"

#include <fmt/format.h>

namespace pipec::backend::postgres {

using pipeline::Phase;
using pipeline::Step;
using pipeline::StepKind;

namespace {

/// "-- export customer_value (serving.pipe)"; nothing in a name may end the line.
std::string header_of(const pipeline::Head& head) {
  std::string declared(head.declaration.text());
  if (size_t colon = declared.find(':'); colon != std::string::npos) declared[colon] = ' ';
  std::string line = fmt::format("-- {} ({})", declared, head.file.text());
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line + "\n";
}

}  // namespace

StepWriter::StepWriter(Symbol owner, Symbol destination, std::string folder, const pipeline::Head& head)
    : destination_(destination), declaration_(head.declaration), folder_(std::move(folder)), header_(header_of(head)) {
  list_.owner = owner;
}

Step& StepWriter::add(Phase phase, StepKind kind, std::string id) {
  Step& step = list_.steps.emplace_back();
  step.phase = phase;
  step.kind = kind;
  step.path = fmt::format("{}postgres/{}/{}.sql", phase == Phase::Verify ? "verify/" : "", folder_, file_part(id));
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
  print::SqlStyle style{.dialect = &print::kPostgres, .parameters = print::ParameterStyle::Percent, .terminator = true};
  print::PrintResult printed = print::print_sql(tree, root, style);
  const bool has_parameters = !printed.parameters.empty();
  if (!has_parameters) {
    // Without parameters psycopg leaves percent signs alone, and so does psql.
    style.parameters = print::ParameterStyle::Colon;
    printed = print::print_sql(tree, root, style);
  }
  set_text(step, printed, has_parameters);
  return step;
}

Step& StepWriter::warehouse(StepKind kind, std::string id, const Build& build) {
  Step& step = add(Phase::Run, kind, std::move(id));
  if (kind == StepKind::Copy) step.destination = destination_;
  ast::Tree tree;
  ast::SqlBuilder sql(tree);
  const ast::NodeId root = build(sql);
  set_text(step, print::print_sql(tree, root), false);
  return step;
}

void StepWriter::set_text(Step& step, const print::PrintResult& printed, bool double_percent) {
  for (const print::PrintError& error : printed.errors) refusals_.push_back({declaration_, error.message});
  for (char c : header_) {
    step.sql += c;
    if (c == '%' && double_percent) step.sql += c;
  }
  step.sql += printed.sql + "\n";
  for (Symbol name : printed.parameters) step.params.emplace_back(name.text());
  const std::string file = fmt::format("{}/{}.sql", folder_, file_part(step.id));
  files_[step.phase == Phase::Verify ? "verify/" + file : file] = step.sql;
}

Output StepWriter::take() {
  Output output;
  output.steps.push_back(std::move(list_));
  output.files = std::move(files_);
  output.refusals = std::move(refusals_);
  return output;
}

}  // namespace pipec::backend::postgres
