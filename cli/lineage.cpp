#include <filesystem>
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
  command->add_flag("--upstream", *upstream, "Only what it is made of");
  command->add_flag("--downstream", *downstream, "Only what is made of it");
  command->add_option("--format", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
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
    request->format = *format == "json" ? driver::LineageFormat::Json : driver::LineageFormat::Text;
    result = driver::run_lineage(*request);
  });
}

}  // namespace pipec::cli
