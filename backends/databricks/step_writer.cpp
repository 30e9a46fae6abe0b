#include "databricks/step_writer.h"

#include <fmt/format.h>

namespace pipec::backend::databricks {

using pipeline::Phase;
using pipeline::Step;
using pipeline::StepKind;

namespace {

constexpr std::string_view kFolder = "databricks/";

std::string folder_of(std::string_view owner) {
  size_t colon = owner.find(':');
  if (colon != std::string_view::npos) {
    return fmt::format("{}/{}", file_part(owner.substr(0, colon)), file_part(owner.substr(colon + 1)));
  }
  size_t dot = owner.find('.');
  if (dot == std::string_view::npos) return file_part(owner);
  return fmt::format("{}/{}", file_part(owner.substr(0, dot)), file_part(owner.substr(dot + 1)));
}

/// A name in a comment: nothing in it may end the line.
std::string in_comment(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return clean;
}

std::string header_of(Symbol owner, const pipeline::Head* head) {
  if (!head) return fmt::format("-- {}\n", in_comment(owner.text()));
  std::string declared(head->declaration.text());
  if (size_t colon = declared.find(':'); colon != std::string::npos) declared[colon] = ' ';
  std::string line = fmt::format("-- {} ({})", declared, head->file.text());
  if (head->name != owner && !owner.text().starts_with("check:")) line += fmt::format(": {}", owner.text());
  return in_comment(line) + "\n";
}

}  // namespace

std::string printed(const ast::Tree& tree, ast::NodeId root, const print::Rewrites* rewrites) {
  print::SqlStyle style;
  style.comments = false;
  style.width = 1'000'000;
  return print::print_sql(tree, root, style, rewrites).sql;
}

StepWriter::StepWriter(Symbol owner, const pipeline::Head* head)
    : folder_(folder_of(owner.text())),
      header_(header_of(owner, head)),
      declaration_(head ? head->declaration : Symbol()) {
  list_.owner = owner;
}

Step& StepWriter::migrate(std::string id, const Build& build) {
  return add(Phase::Migrate, StepKind::Execute, std::move(id), build);
}

Step& StepWriter::verify(std::string id, const Build& build) {
  return add(Phase::Verify, StepKind::Execute, std::move(id), build);
}

Step& StepWriter::run(StepKind kind, std::string id, const Build& build) {
  return add(Phase::Run, kind, std::move(id), build);
}

Step& StepWriter::backfill(std::string id, const Build& build) {
  return add(Phase::Backfill, StepKind::Execute, std::move(id), build);
}

Step& StepWriter::for_each(std::string id, const Build& build) {
  Step& step = run(StepKind::ForEach, id, build);
  loops_.push_back(std::move(id));
  return step;
}

Step& StepWriter::add(Phase phase, StepKind kind, std::string id, const Build& build) {
  Statement statement;
  ast::NodeId root = build(statement);
  print::PrintResult result = print::print_sql(statement.tree, root, {}, &statement.rewrites);
  for (print::PrintError& error : result.errors) refusals_.push_back({declaration_, std::move(error.message)});
  Step& step = list_.steps.emplace_back();
  std::string file;
  if (phase == Phase::Verify) {
    file = fmt::format("verify/{}/{}.sql", folder_, file_part(id));
  } else {
    const std::string_view when = phase == Phase::Migrate ? "migrate" : phase == Phase::Backfill ? "backfill" : "run";
    file = fmt::format("{}/{}_{:02}_{}.sql", folder_, when, ++numbers_[phase], file_part(id));
  }
  step.id = std::move(id);
  step.phase = phase;
  step.kind = kind;
  step.sql = fmt::format("{}{}\n", header_, result.sql);
  for (Symbol name : result.parameters) step.params.emplace_back(name.text());
  step.reads = reads;
  step.writes = writes;
  step.loop = loop();
  step.path = phase == Phase::Verify
                  ? fmt::format("verify/{}{}", kFolder, file.substr(std::string_view("verify/").size()))
                  : fmt::format("{}{}", kFolder, file);
  files_[file] = step.sql;
  return step;
}

Step& StepWriter::document(StepKind kind, std::string id, const Value& value) {
  Step& step = list_.steps.emplace_back();
  std::string file = fmt::format("{}/run_{:02}_{}.json", folder_, ++numbers_[Phase::Run], file_part(id));
  step.id = std::move(id);
  step.kind = kind;
  step.sql = print_json(value);
  step.params = {"run_id"};
  step.reads = reads;
  step.writes = writes;
  step.loop = loop();
  step.path = fmt::format("{}{}", kFolder, file);
  files_[file] = step.sql;
  return step;
}

std::string StepWriter::beside(std::string_view name, std::string text) {
  std::string file = fmt::format("{}/{}", folder_, name);
  std::string path = fmt::format("{}{}", kFolder, file);
  files_[std::move(file)] = std::move(text);
  return path;
}

void StepWriter::take(Output& output) {
  output.steps.push_back(std::move(list_));
  output.files.merge(files_);
  output.refusals.insert(output.refusals.end(), refusals_.begin(), refusals_.end());
}

}  // namespace pipec::backend::databricks
