#include <filesystem>
#include <map>
#include <utility>

#include "commands.h"

namespace pipec::cli {

void add_lineage(CLI::App& app, driver::CommandResult& result) {
  CLI::App* command = app.add_subcommand("lineage", "Show what columns are made of, and what is made of them");
  auto request = std::make_shared<driver::LineageRequest>();
  auto options = std::make_shared<ProjectOptions>(*command, *request);
  auto format = std::make_shared<std::string>("text");
  auto upstream = std::make_shared<bool>(false), downstream = std::make_shared<bool>(false);
  command->add_option("NAME", request->name, "gold.sales or gold.sales.amount; every edge if not given");
  auto* up = command->add_flag("--upstream", *upstream, "Only what it is made of");
  auto* down = command->add_flag("--downstream", *downstream, "Only what is made of it");
  auto* to = command->add_option("--to", request->to, "Only what lies on the way from NAME to this one");
  to->excludes(up)->excludes(down);
  command->add_flag("--nodes", request->nodes, "Tables, not columns");
  const std::map<std::string, driver::LineageFormat> formats = {{"text", driver::LineageFormat::Text},
                                                                {"json", driver::LineageFormat::Json},
                                                                {"mermaid", driver::LineageFormat::Mermaid},
                                                                {"openlineage", driver::LineageFormat::OpenLineage}};
  command->add_option("--format", *format, "text, json, mermaid (a diagram) or openlineage (a list of its JobEvents)")
      ->check(CLI::IsMember({"text", "json", "mermaid", "openlineage"}))
      ->capture_default_str();
  command->add_option("--time", request->time, "eventTime of OpenLineage's events")->capture_default_str();
  command->callback([=, &result] {
    // `pipec lineage gold.sales`: one word that is no folder names a node of the project here.
    std::error_code ignored;
    bool only_name =
        request->name.empty() && request->project != "." && !std::filesystem::is_directory(request->project, ignored);
    if (only_name) request->name = std::exchange(request->project, ".");
    options->finish();
    if (*upstream != *downstream) {
      request->upstream = *upstream;
      request->downstream = *downstream;
    }
    request->format = formats.at(*format);
    result = driver::run_lineage(*request);
  });
}

}  // namespace pipec::cli
